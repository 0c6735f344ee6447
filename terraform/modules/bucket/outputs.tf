output "arn" {
  description = "The bucket's ARN, which a plan knows."
  value       = local.arn
}

output "name" {
  description = "The bucket's name, known once a log can be delivered to it."
  value       = aws_s3_bucket.this.bucket
  depends_on  = [aws_s3_bucket_policy.this, aws_s3_bucket_ownership_controls.this]
}

output "domain_name" {
  description = "The bucket's domain name, likewise."
  value       = aws_s3_bucket.this.bucket_domain_name
  depends_on  = [aws_s3_bucket_policy.this, aws_s3_bucket_ownership_controls.this]
}
