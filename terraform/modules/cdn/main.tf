# CloudFront: an answer is a pure function of its URL and the edition, so each is computed once and then served from near its reader.

resource "aws_cloudfront_distribution" "this" {
  #checkov:skip=CKV_AWS_68:The firewall is a module of its own, put in front by `firewall`; terraform/compliance holds production to it.
  #checkov:skip=CKV2_AWS_32:Its headers are those of SecurityHeadersPolicy, which AWS keeps; the check knows only policies made or looked up here.
  #checkov:skip=CKV2_AWS_46:The one origin is a load balancer; the bucket that the check finds takes the access log.
  #checkov:skip=CKV2_AWS_47:The rules against Log4j are among those of the firewall, which is a module of its own.
  #checkov:skip=CKV_AWS_305:The service answers at / itself, so CloudFront has no object to put there.
  #checkov:skip=CKV_AWS_310:The one origin is a load balancer over several zones, which fails over by itself.
  #checkov:skip=CKV_AWS_374:The service is public, for readers in every country.
  enabled         = true
  comment         = var.name
  aliases         = [var.domain_name]
  is_ipv6_enabled = true
  http_version    = "http2and3"
  price_class     = var.price_class
  web_acl_id      = var.web_acl_arn
  tags            = var.tags

  origin {
    origin_id   = "load-balancer"
    domain_name = var.origin_domain_name

    connection_attempts = 1 # else an answer that is long in coming is computed again

    custom_header {
      name  = var.secret.header
      value = var.secret.value
    }

    custom_origin_config {
      http_port              = 80
      https_port             = 443
      origin_protocol_policy = "https-only" # its certificate is that of the Host which the cache policy passes on
      origin_ssl_protocols   = ["TLSv1.2"]
      origin_read_timeout    = 60
    }
  }

  default_cache_behavior {
    target_origin_id           = "load-balancer"
    viewer_protocol_policy     = "redirect-to-https"
    allowed_methods            = ["GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE"] # the service says which it takes
    cached_methods             = ["GET", "HEAD"]
    compress                   = false # the service compresses, and knows what
    cache_policy_id            = aws_cloudfront_cache_policy.this.id
    origin_request_policy_id   = aws_cloudfront_origin_request_policy.this.id
    response_headers_policy_id = local.security_headers
  }

  # CloudFront would keep an error for ten seconds, and hand a refusal to everybody who asks the same. It knows no 429.
  dynamic "custom_error_response" {
    for_each = [400, 403, 404, 405, 414, 416, 500, 501, 502, 503, 504]

    content {
      error_code            = custom_error_response.value
      error_caching_min_ttl = 0
    }
  }

  viewer_certificate {
    acm_certificate_arn      = var.certificate_arn
    ssl_support_method       = "sni-only"
    minimum_protocol_version = "TLSv1.2_2021"
  }

  restrictions {
    geo_restriction {
      restriction_type = "none"
    }
  }

  logging_config {
    bucket = module.access_log.domain_name
  }

  lifecycle {
    create_before_destroy = true # it ends once the domain's record points elsewhere
  }
}

resource "aws_cloudfront_cache_policy" "this" {
  name        = "${var.name}-${data.aws_region.current.name}" # there is one for the whole account
  comment     = "The whole URL, Accept and the content coding; as long as the answer says"
  min_ttl     = 0
  default_ttl = 0
  max_ttl     = 31536000

  parameters_in_cache_key_and_forwarded_to_origin {
    enable_accept_encoding_gzip   = true
    enable_accept_encoding_brotli = false # the service speaks gzip and zstd

    query_strings_config {
      query_string_behavior = "all"
    }

    headers_config {
      header_behavior = "whitelist"

      headers {
        items = ["Accept", "Host"]
      }
    }

    cookies_config {
      cookie_behavior = "none"
    }
  }
}

# What the service is told beside the key: who asks, the request's id and trace, and what a preflight asks for.
resource "aws_cloudfront_origin_request_policy" "this" {
  name    = "${var.name}-${data.aws_region.current.name}"
  comment = "The viewer's address, ids of requests, preflights"

  query_strings_config {
    query_string_behavior = "all"
  }

  headers_config {
    header_behavior = "whitelist"

    headers {
      items = [
        "CloudFront-Viewer-Address", "X-Request-ID", "traceparent",
        "Origin", "Access-Control-Request-Method", "Access-Control-Request-Headers",
      ]
    }
  }

  cookies_config {
    cookie_behavior = "none"
  }
}

data "aws_region" "current" {}

locals {
  security_headers = "67f7725c-6f97-4210-82d7-5512b31e9d03" # SecurityHeadersPolicy, which CloudFront has in every account
}

module "access_log" {
  source = "../bucket"

  name           = "${var.name}-cdn"
  acl_delivery   = true
  retention_days = var.access_log_retention_days
  force_destroy  = !var.deletion_protection
  tags           = var.tags
}
