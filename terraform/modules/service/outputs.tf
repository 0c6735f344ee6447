output "cluster_name" {
  description = "The cluster that the service runs in."
  value       = local.cluster
}

output "service_name" {
  description = "The service."
  value       = aws_ecs_service.this.name
}

output "service_arn" {
  description = "The same."
  value       = "arn:${local.partition}:ecs:${local.region}:${local.account}:service/${local.cluster}/${aws_ecs_service.this.name}"
}

output "task_definition" {
  description = "The revision in use, family:number."
  value       = "${aws_ecs_task_definition.this.family}:${aws_ecs_task_definition.this.revision}"
}

output "role_arns" {
  description = "The roles that a task is given."
  value = [
    for role in [aws_iam_role.execution, aws_iam_role.task] : "arn:${local.partition}:iam::${local.account}:role/${role.name}"
  ]
}

output "log_group" {
  description = "Where the service logs to."
  value       = aws_cloudwatch_log_group.this.name
}
