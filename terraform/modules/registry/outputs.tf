output "repository_url" {
  description = "What to tag an image with, without the tag."
  value       = aws_ecr_repository.this.repository_url
}

output "repository_arn" {
  description = "The repository."
  value       = aws_ecr_repository.this.arn
}
