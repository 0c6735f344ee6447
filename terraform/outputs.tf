output "url" {
  description = "Where the service answers."
  value       = var.domain_name != null ? "https://${var.domain_name}" : "http://${module.edge.dns_name}"
}

output "dns_target" {
  description = "What a DNS record of the domain must point at where its zone is not in Route 53."
  value       = local.with_cdn ? one(module.cdn[*].domain_name) : module.edge.dns_name
}

output "region" {
  description = "Where all of this is."
  value       = var.aws_region
}

output "image" {
  description = "The image that is deployed, by its digest where ECR of this region holds it."
  value       = local.image
}

output "cluster_name" {
  description = "The ECS cluster."
  value       = local.cluster_name
}

output "service_name" {
  description = "The ECS service."
  value       = module.service.service_name
}

output "task_definition" {
  description = "The revision in use, family:number."
  value       = module.service.task_definition
}

output "log_group" {
  description = "Where the service logs to: `aws logs tail`."
  value       = module.service.log_group
}

output "dashboard_name" {
  description = "The CloudWatch dashboard."
  value       = aws_cloudwatch_dashboard.this.dashboard_name
}
