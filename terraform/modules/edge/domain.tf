# The domain: its certificate, validated through DNS, and its record. Both only where the zone is in Route 53.

locals {
  certificate_arn = var.certificate_arn != null ? var.certificate_arn : one(aws_acm_certificate_validation.this[*].certificate_arn)
  is_issued       = var.domain_name != null && var.certificate_arn == null
}

resource "aws_acm_certificate" "this" {
  count = local.is_issued ? 1 : 0

  domain_name       = var.domain_name
  validation_method = "DNS"
  tags              = var.tags

  lifecycle {
    create_before_destroy = true # a listener cannot be without one
  }
}

resource "aws_route53_record" "validation" {
  for_each = local.is_issued ? toset([var.domain_name]) : toset([])

  zone_id         = var.zone_id
  name            = one(aws_acm_certificate.this[0].domain_validation_options).resource_record_name
  type            = one(aws_acm_certificate.this[0].domain_validation_options).resource_record_type
  records         = [one(aws_acm_certificate.this[0].domain_validation_options).resource_record_value]
  ttl             = 300
  allow_overwrite = true # a second stack of the same domain has the same record
}

resource "aws_acm_certificate_validation" "this" {
  count = local.is_issued ? 1 : 0

  certificate_arn         = aws_acm_certificate.this[0].arn
  validation_record_fqdns = values(aws_route53_record.validation)[*].fqdn
}

resource "aws_route53_record" "this" {
  count = var.zone_id != null && !var.behind_cdn ? 1 : 0

  zone_id = var.zone_id
  name    = var.domain_name
  type    = "A"

  alias {
    name                   = aws_lb.this.dns_name
    zone_id                = aws_lb.this.zone_id
    evaluate_target_health = true
  }
}
