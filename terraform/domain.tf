# The domain: its certificate, validated through DNS, and its record. Both only where the zone is in Route 53.
# The record is one, whose alias is switched when the CDN comes or goes: the name is never without an answer.

locals {
  certificate_arn = var.certificate_arn != null ? var.certificate_arn : one(aws_acm_certificate_validation.this[*].certificate_arn)
  is_issued       = var.domain_name != null && var.certificate_arn == null
}

resource "aws_acm_certificate" "this" {
  count = local.is_issued ? 1 : 0

  domain_name       = var.domain_name
  validation_method = "DNS"
  tags              = local.tags

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
  for_each = var.zone_id == null ? toset([]) : local.with_cdn ? toset(["A", "AAAA"]) : toset(["A"])

  zone_id = var.zone_id
  name    = var.domain_name
  type    = each.key

  alias {
    name                   = local.with_cdn ? module.cdn[0].domain_name : module.edge.dns_name
    zone_id                = local.with_cdn ? module.cdn[0].zone_id : module.edge.zone_id
    evaluate_target_health = !local.with_cdn
  }

  depends_on = [module.firewall] # it goes when nobody comes this way any more
}
