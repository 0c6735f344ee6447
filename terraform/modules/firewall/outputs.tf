output "web_acl_arn" {
  description = "The firewall, as a distribution names it."
  value       = aws_wafv2_web_acl.this.arn
}
