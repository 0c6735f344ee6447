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
  value       = data.aws_region.current.name
}

output "repository_url" {
  description = "The image repository."
  value       = module.registry.repository_url
}

output "image" {
  description = "The image that is deployed."
  value       = local.image
}

output "push_commands" {
  description = "What pushes an image, from the root of the repository."
  value       = <<-EOT
    aws ecr get-login-password --region ${data.aws_region.current.name} | docker login --username AWS --password-stdin ${split("/", module.registry.repository_url)[0]}
    docker build --platform linux/${var.architecture == "ARM64" ? "arm64" : "amd64"} --tag ${module.registry.repository_url}:${var.image_tag} .
    docker push ${module.registry.repository_url}:${var.image_tag}
  EOT
}

output "cluster_name" {
  description = "The ECS cluster."
  value       = module.service.cluster_name
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
  value       = module.watch.dashboard_name
}

output "publisher_role_arn" {
  description = "The role that GitHub Actions take; null where there is none."
  value       = one(module.publisher[*].role_arn)
}
