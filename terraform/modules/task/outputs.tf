output "security_group_id" {
  description = "The group of the tasks, known once they reach their image."
  value       = aws_security_group.this.id
  depends_on  = [aws_vpc_security_group_egress_rule.registry, aws_vpc_security_group_egress_rule.s3]
}

output "execution_role_arn" {
  description = "The role by which tasks are started, known once it may."
  value       = "${local.roles}/${aws_iam_role.execution.name}"
  depends_on  = [aws_iam_role_policy.execution, aws_iam_role_policy.account_wide]
}

output "task_role_arn" {
  description = "The role of what runs in them."
  value       = "${local.roles}/${aws_iam_role.task.name}"
}

output "task_role_name" {
  description = "Its name, for policies."
  value       = aws_iam_role.task.name
}

output "log_group" {
  description = "Where they log to."
  value       = aws_cloudwatch_log_group.this.name
}

output "log_configuration" {
  description = "The same as a container's logConfiguration."
  value = {
    logDriver = "awslogs"
    options = {
      awslogs-group         = aws_cloudwatch_log_group.this.name
      awslogs-region        = local.region
      awslogs-stream-prefix = local.stream_prefix
    }
  }
}
