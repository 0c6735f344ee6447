output "url" {
  description = "Where the service answers."
  value       = var.domain_name != null ? "https://${var.domain_name}" : "http://${module.edge.dns_name}"

  precondition {
    condition = !local.is_named || try(
      length(local.named_zones.public) == length(local.named.public) && length(local.named_zones.private) >= 2, false
    )
    error_message = "network: a load balancer has one subnet in a zone, and tasks are in two zones at least. The public subnets are in ${join(", ", local.named_zones.public)}, the private ones in ${join(", ", local.named_zones.private)}."
  }
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
  value       = local.images["service"]
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

output "sweep" {
  description = "Where sweeps are submitted and kept, as docs/sweeps.md tells; null where `sweep` is not set."
  value       = one(module.sweep[*])
}
