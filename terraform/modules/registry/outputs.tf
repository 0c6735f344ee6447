output "repository_url" {
  description = "What to tag an image with, without the tag."
  value       = "${local.account}.dkr.ecr.${local.region}.${data.aws_partition.current.dns_suffix}/${aws_ecr_repository.this.name}"
}

output "repository_arn" {
  description = "The repository."
  value       = "arn:${data.aws_partition.current.partition}:ecr:${local.region}:${local.account}:repository/${aws_ecr_repository.this.name}"
}
