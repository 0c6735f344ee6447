# A web application firewall before the load balancer, or before CloudFront where that is on, whose firewalls are in
# us-east-1: either way it sees the address that asks. Rules that AWS maintains, and a limit on each address.

resource "aws_wafv2_web_acl" "this" {
  name        = var.name
  description = "Firewall of ${var.name}"
  scope       = var.behind_cdn ? "CLOUDFRONT" : "REGIONAL"
  tags        = var.tags

  default_action {
    allow {}
  }

  custom_response_body { # the members of the service's own problems
    key          = "too-many"
    content_type = "APPLICATION_JSON"
    content      = jsonencode({ type = "about:blank", title = "Too Many Requests", status = 429, detail = "One address may ask ${var.rate_limit} times in five minutes." })
  }

  rule {
    name     = "rate"
    priority = 0

    action {
      block {
        custom_response {
          response_code            = 429
          custom_response_body_key = "too-many"
        }
      }
    }

    statement {
      rate_based_statement {
        limit                 = var.rate_limit
        evaluation_window_sec = 300
        aggregate_key_type    = "IP"
      }
    }

    visibility_config {
      metric_name                = "${var.name}-rate"
      cloudwatch_metrics_enabled = true
      sampled_requests_enabled   = true
    }
  }

  dynamic "rule" {
    for_each = ["AWSManagedRulesAmazonIpReputationList", "AWSManagedRulesKnownBadInputsRuleSet", "AWSManagedRulesCommonRuleSet"]

    content {
      name     = rule.value
      priority = rule.key + 1

      override_action {
        none {}
      }

      statement {
        managed_rule_group_statement {
          vendor_name = "AWS"
          name        = rule.value

          # They refuse what the service answers: queries of more than 2 KiB, bodies of more than 8, clients without a name.
          dynamic "rule_action_override" {
            for_each = rule.value == "AWSManagedRulesCommonRuleSet" ? ["SizeRestrictions_QUERYSTRING", "SizeRestrictions_BODY", "NoUserAgent_HEADER"] : []

            content {
              name = rule_action_override.value

              action_to_use {
                count {}
              }
            }
          }
        }
      }

      visibility_config {
        metric_name                = "${var.name}-${rule.value}"
        cloudwatch_metrics_enabled = true
        sampled_requests_enabled   = true
      }
    }
  }

  visibility_config {
    metric_name                = var.name
    cloudwatch_metrics_enabled = true
    sampled_requests_enabled   = true
  }
}

resource "aws_wafv2_web_acl_association" "this" {
  count = var.behind_cdn ? 0 : 1 # a distribution names its firewall itself

  resource_arn = var.load_balancer_arn
  web_acl_arn  = aws_wafv2_web_acl.this.arn

  lifecycle {
    create_before_destroy = true # it goes once the domain's record points at the CDN
  }
}

resource "aws_cloudwatch_log_group" "this" {
  name              = "aws-waf-logs-${var.name}${var.behind_cdn ? "-cdn" : ""}" # the firewall writes to no name that begins otherwise
  retention_in_days = var.log_retention_days
  kms_key_id        = var.kms_key_arn
  tags              = var.tags
}

resource "aws_wafv2_web_acl_logging_configuration" "this" {
  resource_arn            = aws_wafv2_web_acl.this.arn
  log_destination_configs = [aws_cloudwatch_log_group.this.arn]

  logging_filter { # only what was refused: the rest is in the load balancer's log
    default_behavior = "DROP"

    filter {
      behavior    = "KEEP"
      requirement = "MEETS_ANY"

      condition {
        action_condition {
          action = "BLOCK"
        }
      }
    }
  }
}
