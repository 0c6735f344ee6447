# Which listeners there are, and who may come in.

mock_provider "aws" {
  source = "./tests/aws"
}

mock_provider "aws" {
  alias  = "global"
  source = "./tests/aws"
}

variables {
  name                      = "test"
  vpc_id                    = "vpc-0"
  subnet_ids                = ["subnet-0a", "subnet-0b"]
  ingress_cidrs             = ["0.0.0.0/0"]
  behind_cdn                = false
  is_https                  = false
  certificate_arn           = null
  ssl_policy                = "ELBSecurityPolicy-TLS13-1-2-2021-06"
  container_port            = 8000
  idle_seconds              = 120
  deregistration_delay      = 300
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
    condition     = aws_lb_listener_rule.world[0].action[0].type == "forward" && length(aws_lb_listener.https) == 0
    error_message = "without a domain port 80 serves"
  }

  assert {
    condition     = keys(aws_vpc_security_group_ingress_rule.world) == ["0.0.0.0/0 80"]
    error_message = "and it alone is open"
  }
}

run "https" {
  command = plan

  module {
    source = "./modules/edge"
  }

  variables {
    is_https        = true
    certificate_arn = "arn:aws:acm:eu-central-1:123456789012:certificate/a"
  }

  assert {
    condition     = aws_lb_listener.https[0].certificate_arn == var.certificate_arn
    error_message = "with a domain port 443 serves, with the certificate that was named"
  }

  assert {
    condition     = aws_lb_listener.http.default_action[0].redirect[0].protocol == "HTTPS"
    error_message = "and port 80 redirects to it"
  }

  assert {
    condition     = aws_lb_listener.https[0].routing_http_response_strict_transport_security_header_value == "max-age=31536000"
    error_message = "and browsers are told to ask by HTTPS alone"
  }
}

run "behind_the_cdn" {
  command = plan

  module {
    source = "./modules/edge"
  }

  variables {
    is_https        = true
    certificate_arn = "arn:aws:acm:eu-central-1:123456789012:certificate/a"
    behind_cdn      = true
    cdn_secret      = { header = "X-Attractor-Origin", value = "secret" }
  }

  assert {
    condition     = length(aws_lb_listener_rule.world) == 0 && length(aws_lb_listener_rule.cdn) == 1
    error_message = "who does not know the secret is not let through"
  }

  assert {
    condition     = length(aws_vpc_security_group_ingress_rule.world) == 0 && aws_vpc_security_group_ingress_rule.cdn[0].from_port == 443
    error_message = "CloudFront comes by HTTPS, and nobody else may come"
  }
}
