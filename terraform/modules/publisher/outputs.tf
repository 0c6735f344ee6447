output "role_arn" {
  description = "What `role-to-assume` of aws-actions/configure-aws-credentials takes."
  value       = aws_iam_role.this.arn
}
