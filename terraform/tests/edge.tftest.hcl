# Which listeners there are, and who may come in.

mock_provider "aws" {
  source = "./tests/aws"
}

variables {
  name                      = "test"
  vpc_id                    = "vpc-0"
  subnet_ids                = ["subnet-0a", "subnet-0b"]
  ingress_cidrs             = ["0.0.0.0/0"]
  behind_cdn                = false
  domain_name               = null
  zone_id                   = null
  certificate_arn           = null
  ssl_policy                = "ELBSecurityPolicy-TLS13-1-2-2021-06"
  container_port            = 8000
  drain_seconds             = 20
  idle_seconds              = 60
  access_log_retention_days = 90
  deletion_protection       = true
  tags                      = {}
}

run "plain_http" {
  command = plan

  module {
    source = "./modules/edge"
  }

  assert {
    condition     = length(aws_lb_listener.plain) == 1 && length(aws_lb_listener.https) == 0
    error_message = "without a domain port 80 serves"
  }

  assert {
    condition     = keys(aws_vpc_security_group_ingress_rule.world) == ["0.0.0.0/0 80"]
    error_message = "and it alone is open"
  }
}

run "https_in_a_zone_of_route_53" {
  command = plan

  module {
    source = "./modules/edge"
  }

  variables {
    domain_name = "orbits.example.org"
    zone_id     = "Z0123456789"
  }

  assert {
    condition     = length(aws_lb_listener.https) == 1 && length(aws_lb_listener.plain) == 0
    error_message = "with a domain port 443 serves"
  }

  assert {
    condition     = aws_lb_listener.redirect[0].default_action[0].redirect[0].protocol == "HTTPS"
    error_message = "and port 80 redirects to it"
  }

  assert {
    condition     = length(aws_acm_certificate.this) == 1 && length(aws_route53_record.this) == 1
    error_message = "the certificate is issued and the record made"
  }
}

run "https_with_a_certificate_and_dns_elsewhere" {
  command = plan

  module {
    source = "./modules/edge"
  }

  variables {
    domain_name     = "orbits.example.org"
    certificate_arn = "arn:aws:acm:eu-central-1:123456789012:certificate/a"
  }

  assert {
    condition     = aws_lb_listener.https[0].certificate_arn == var.certificate_arn
    error_message = "the certificate that was named is used"
  }

  assert {
    condition     = length(aws_acm_certificate.this) == 0 && length(aws_route53_record.this) == 0
    error_message = "no certificate is issued and no record made"
  }
}

run "behind_the_cdn" {
  command = plan

  module {
    source = "./modules/edge"
  }

  variables {
    domain_name = "orbits.example.org"
    zone_id     = "Z0123456789"
    behind_cdn  = true
  }

  assert {
    condition     = length(aws_lb_listener.redirect) == 0 && length(aws_vpc_security_group_ingress_rule.world) == 0
    error_message = "CloudFront comes by HTTPS, and nobody else may come"
  }

  assert {
    condition     = length(aws_route53_record.this) == 0
    error_message = "the domain's record is CloudFront's"
  }
}
