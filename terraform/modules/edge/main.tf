# What the world reaches: the load balancer, its listeners, and where they send a request.

data "aws_caller_identity" "current" {}

data "aws_partition" "current" {}

data "aws_region" "current" {}

locals {
  ports = var.behind_cdn ? [443] : var.is_https ? [80, 443] : [80]
  refusal = { # the members of the service's own problems
    status_code  = "403"
    content_type = "application/json"
    message_body = jsonencode({ type = "about:blank", title = "Forbidden", status = 403, detail = "ask by the service's own domain" })
  }
  listener = var.is_https ? one(aws_lb_listener.https[*].arn) : aws_lb_listener.http.arn
}

resource "aws_lb" "this" {
  #checkov:skip=CKV_AWS_150:It is on unless deletion_protection is false, as in trial.tfvars; terraform/compliance holds production to it.
  #checkov:skip=CKV2_AWS_20:With a domain HTTP redirects, or behind CloudFront is not open at all; without one there is no HTTPS to redirect to.
  #checkov:skip=CKV2_AWS_28:The firewall is a module of its own, put in front by `firewall`; terraform/compliance holds production to it.
  name                       = var.name
  load_balancer_type         = "application"
  subnets                    = var.subnet_ids
  security_groups            = [aws_security_group.this.id]
  drop_invalid_header_fields = true
  enable_deletion_protection = var.deletion_protection
  idle_timeout               = var.idle_seconds
  tags                       = var.tags

  access_logs {
    bucket  = module.access_log.name
    enabled = true
  }
}

module "access_log" {
  source = "../bucket"

  name           = "${var.name}-access"
  retention_days = var.access_log_retention_days
  force_destroy  = !var.deletion_protection
  tags           = var.tags
  writers = {
    "logdelivery.elasticloadbalancing.amazonaws.com" = join(":", [
      "arn", data.aws_partition.current.partition, "elasticloadbalancing", data.aws_region.current.name,
      data.aws_caller_identity.current.account_id, "loadbalancer/*",
    ])
  }
}

# Who may come in.

resource "aws_security_group" "this" {
  #checkov:skip=CKV2_AWS_5:The load balancer has it; in a plan checkov takes it for the group of the same name in modules/task.
  name        = "${var.name}-alb"
  description = "Load balancer of ${var.name}"
  vpc_id      = var.vpc_id
  tags        = merge(var.tags, { Name = "${var.name}-alb" })
}

data "aws_ec2_managed_prefix_list" "cloudfront" {
  count = var.behind_cdn ? 1 : 0

  name = "com.amazonaws.global.cloudfront.origin-facing"
}

resource "aws_vpc_security_group_ingress_rule" "world" {
  #checkov:skip=CKV_AWS_260:Port 80 redirects to HTTPS, or serves where allow_http asks for that; ingress_cidrs says to whom.
  for_each = var.behind_cdn ? {} : {
    for pair in setproduct(var.ingress_cidrs, local.ports) : "${pair[0]} ${pair[1]}" => { cidr = pair[0], port = pair[1] }
  }

  security_group_id = aws_security_group.this.id
  description       = "Port ${each.value.port} from ${each.value.cidr}"
  cidr_ipv4         = each.value.cidr
  ip_protocol       = "tcp"
  from_port         = each.value.port
  to_port           = each.value.port
  tags              = var.tags

  lifecycle {
    create_before_destroy = true # it closes once the domain's record points at the CDN
  }
}

resource "aws_vpc_security_group_ingress_rule" "cdn" {
  count = var.behind_cdn ? 1 : 0

  security_group_id = aws_security_group.this.id
  description       = "HTTPS from CloudFront"
  prefix_list_id    = one(data.aws_ec2_managed_prefix_list.cloudfront[*].id)
  ip_protocol       = "tcp"
  from_port         = 443
  to_port           = 443
  tags              = var.tags
}

# Where a request goes.

resource "aws_lb_target_group" "this" {
  #checkov:skip=CKV_AWS_378:TLS ends at the load balancer; behind it a request crosses only this VPC, between two security groups, and holds nothing secret.
  name                          = var.name
  vpc_id                        = var.vpc_id
  target_type                   = "ip"
  protocol                      = "HTTP"
  port                          = var.container_port
  deregistration_delay          = var.deregistration_delay
  load_balancing_algorithm_type = "least_outstanding_requests" # an orbit may cost a microsecond or a minute
  tags                          = var.tags

  health_check {
    path                = "/health/ready"
    matcher             = "200"
    interval            = 10
    timeout             = 5
    healthy_threshold   = 2
    unhealthy_threshold = 3
  }
}

resource "aws_lb_listener" "https" {
  count = var.is_https ? 1 : 0

  load_balancer_arn = aws_lb.this.arn
  port              = 443
  protocol          = "HTTPS"
  ssl_policy        = var.ssl_policy
  certificate_arn   = var.certificate_arn
  tags              = var.tags

  routing_http_response_strict_transport_security_header_value = "max-age=31536000" # browsers ask by HTTPS alone then

  default_action {
    type = "fixed-response"

    fixed_response {
      status_code  = local.refusal.status_code
      content_type = local.refusal.content_type
      message_body = local.refusal.message_body
    }
  }
}

# One listener on port 80 whatever it does: two would claim the port while one replaces the other.
resource "aws_lb_listener" "http" {
  #checkov:skip=CKV_AWS_2:It serves only where allow_http asks for that, for trying out without a domain; else it redirects.
  #checkov:skip=CKV_AWS_103:Without a domain there is no certificate; the listener with TLS is aws_lb_listener.https.
  load_balancer_arn = aws_lb.this.arn
  port              = 80
  protocol          = "HTTP"
  tags              = var.tags

  default_action {
    type = var.is_https ? "redirect" : "fixed-response"

    dynamic "fixed_response" {
      for_each = var.is_https ? [] : [local.refusal]

      content {
        status_code  = fixed_response.value.status_code
        content_type = fixed_response.value.content_type
        message_body = fixed_response.value.message_body
      }
    }

    dynamic "redirect" {
      for_each = var.is_https ? [true] : []

      content {
        port        = "443"
        protocol    = "HTTPS"
        status_code = "HTTP_301"
      }
    }
  }
}

# Who is let through. Each rule comes before the other goes, and so the name has an answer while the CDN comes and goes.

resource "aws_lb_listener_rule" "world" {
  count = var.behind_cdn ? 0 : 1

  listener_arn = local.listener
  priority     = 100
  tags         = var.tags

  condition {
    path_pattern {
      values = ["*"]
    }
  }

  action {
    type             = "forward"
    target_group_arn = aws_lb_target_group.this.arn
  }

  lifecycle {
    create_before_destroy = true # it closes once the domain's record points at the CDN
  }
}

resource "aws_lb_listener_rule" "cdn" { # the ranges of CloudFront are those of every distribution in the world
  count = var.behind_cdn ? 1 : 0

  listener_arn = local.listener
  priority     = 50
  tags         = var.tags

  condition {
    http_header {
      http_header_name = var.cdn_secret.header
      values           = [var.cdn_secret.value]
    }
  }

  action {
    type             = "forward"
    target_group_arn = aws_lb_target_group.this.arn
  }
}

resource "aws_lb_listener_rule" "metrics" { # they are for operators, not for the world
  listener_arn = local.listener
  priority     = 1
  tags         = var.tags

  condition {
    path_pattern {
      values = ["/metrics", "/metrics/*"]
    }
  }

  action {
    type = "fixed-response"

    fixed_response {
      status_code  = "404"
      content_type = "text/plain"
      message_body = "Not Found"
    }
  }
}
