output "domain_name" {
  description = "The distribution's own domain name, for a DNS record kept elsewhere."
  value       = aws_cloudfront_distribution.this.domain_name
}
