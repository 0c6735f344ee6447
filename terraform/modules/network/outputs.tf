output "vpc_id" {
  description = "The VPC."
  value       = aws_vpc.this.id
}

output "public_subnet_ids" {
  description = "Subnets of the load balancer, one a zone."
  value       = values(aws_subnet.public)[*].id
}

output "private_subnet_ids" {
  description = "Subnets of the tasks, one a zone."
  value       = values(aws_subnet.private)[*].id
}

output "endpoint_security_group_id" {
  description = "Security group of the interface endpoints; null where egress goes through NAT."
  value       = one(aws_security_group.endpoints[*].id)
}

output "s3_prefix_list_id" {
  description = "Addresses of S3 in this region, for security group rules."
  value       = aws_vpc_endpoint.s3.prefix_list_id
}
