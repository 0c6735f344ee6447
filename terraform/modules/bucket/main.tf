# A private bucket: for an access log that an AWS service delivers, or for what sweeps compute.

data "aws_caller_identity" "current" {}

data "aws_partition" "current" {}

data "aws_region" "current" {}

locals {
  account = data.aws_caller_identity.current.account_id
  arn     = "arn:${data.aws_partition.current.partition}:s3:::${aws_s3_bucket.this.bucket}" # a plan knows it, and so the policy
}

resource "aws_s3_bucket" "this" {
  #checkov:skip=CKV_AWS_18:A bucket of access logs would log itself without end; to one of sweeps writes one role.
  #checkov:skip=CKV_AWS_144:Access logs expire within months, and a sweep is computed again; a copy elsewhere is worth less than it costs.
  #checkov:skip=CKV_AWS_145:Load balancers deliver only to buckets encrypted with S3's own keys (AWS documentation, access logs), and what a sweep computes is no secret.
  #checkov:skip=CKV2_AWS_62:Nothing acts on what arrives, so nobody is notified.
  bucket        = "${var.name}-${data.aws_region.current.name}-${local.account}"
  force_destroy = var.force_destroy
  tags          = var.tags
}

resource "aws_s3_bucket_public_access_block" "this" {
  bucket                  = aws_s3_bucket.this.id
  block_public_acls       = true
  block_public_policy     = true
  ignore_public_acls      = true
  restrict_public_buckets = true
}

resource "aws_s3_bucket_ownership_controls" "this" {
  #checkov:skip=CKV2_AWS_65:CloudFront's standard log is delivered through an ACL; only its bucket allows any.
  bucket = aws_s3_bucket.this.id

  rule {
    object_ownership = var.acl_delivery ? "BucketOwnerPreferred" : "BucketOwnerEnforced"
  }
}

resource "aws_s3_bucket_server_side_encryption_configuration" "this" {
  bucket = aws_s3_bucket.this.id

  rule {
    apply_server_side_encryption_by_default {
      sse_algorithm = "AES256"
    }
  }
}

resource "aws_s3_bucket_versioning" "this" {
  bucket = aws_s3_bucket.this.id

  versioning_configuration {
    status = "Enabled"
  }
}

resource "aws_s3_bucket_lifecycle_configuration" "this" {
  bucket = aws_s3_bucket.this.id

  rule {
    id     = "expire"
    status = "Enabled"

    filter {}

    dynamic "expiration" {
      for_each = var.retention_days[*]

      content {
        days = expiration.value
      }
    }

    noncurrent_version_expiration {
      noncurrent_days = 1
    }

    abort_incomplete_multipart_upload {
      days_after_initiation = 1
    }
  }

  depends_on = [aws_s3_bucket_versioning.this]
}

resource "aws_s3_bucket_policy" "this" {
  bucket = aws_s3_bucket.this.id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = concat(
      [{
        Sid       = "TlsOnly"
        Effect    = "Deny"
        Principal = "*"
        Action    = "s3:*"
        Resource  = [local.arn, "${local.arn}/*"]
        Condition = { Bool = { "aws:SecureTransport" = "false" } }
      }],
      [for service, source_arn in var.writers : {
        Sid       = "Delivery"
        Effect    = "Allow"
        Principal = { Service = service }
        Action    = "s3:PutObject"
        Resource  = "${local.arn}/AWSLogs/${local.account}/*"
        Condition = { ArnLike = { "aws:SourceArn" = source_arn } }
      }],
    )
  })

  depends_on = [aws_s3_bucket_public_access_block.this]
}
