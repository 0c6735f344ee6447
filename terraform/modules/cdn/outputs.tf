output "domain_name" {
  description = "The distribution's own domain name, for a DNS record kept elsewhere."
  value       = aws_cloudfront_distribution.this.domain_name
}

output "zone_id" {
  description = "Route 53's zone of that name, for an alias."
  value       = aws_cloudfront_distribution.this.hosted_zone_id
}
