output "service_name" {
  description = "The service."
  value       = aws_ecs_service.this.name
}

output "task_definition" {
  description = "The revision in use, family:number."
  value       = "${aws_ecs_task_definition.this.family}:${aws_ecs_task_definition.this.revision}"
}

output "log_group" {
  description = "Where the service logs to."
  value       = module.task.log_group
}
