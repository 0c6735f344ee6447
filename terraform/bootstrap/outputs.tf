output "repository_url" {
  description = "What `image` begins with; a colon and the tag follow."
  value       = aws_ecr_repository.this.repository_url
}

output "publisher_role_arn" {
  description = "What `role-to-assume` of aws-actions/configure-aws-credentials takes; null where nobody publishes."
  value       = one(aws_iam_role.publisher[*].arn)
}

output "deployer_role_arns" {
  description = "Likewise, of each stack that Actions apply."
  value       = { for stack, role in aws_iam_role.deployer : stack => role.arn }
}

output "backend" {
  description = "What to write to terraform/backend.tf, for the state to be shared; each workspace has its own in there."
  value       = <<-EOT
    terraform {
      backend "s3" {
        bucket       = "${aws_s3_bucket.state.id}"
        key          = "attractor/terraform.tfstate"
        region       = "${var.aws_region}"
        encrypt      = true
        kms_key_id   = "${aws_kms_key.state.arn}" # or the backend asks for S3's own key in place of the bucket's
        use_lockfile = true
      }
    }
  EOT
}
