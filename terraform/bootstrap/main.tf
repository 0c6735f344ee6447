# Once for an account: the bucket that holds Terraform's state, encrypted, versioned and locked by Terraform itself.
# Its own state stays on the machine that applies it, and is lost without harm: `terraform import` finds the bucket.

terraform {
  required_version = ">= 1.10"

  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = "~> 5.100"
    }
  }
}

data "aws_caller_identity" "current" {}

data "aws_partition" "current" {}

data "aws_region" "current" {}

variable "name" {
  type        = string
  default     = "attractor-state"
  description = "Name of the bucket; the account's number is added, since bucket names are shared by everyone."

  validation {
    condition     = can(regex("^[a-z0-9][a-z0-9-]{1,48}[a-z0-9]$", var.name))
    error_message = "name: write 3 to 50 lower-case letters, digits and hyphens, for instance attractor-state."
  }
}

variable "tags" {
  type        = map(string)
  default     = { Project = "attractor", ManagedBy = "terraform" }
  description = "Tags of every resource."
}

resource "aws_s3_bucket" "state" {
  #checkov:skip=CKV_AWS_18:The one reader is Terraform; who it was is in CloudTrail.
  #checkov:skip=CKV_AWS_144:A few kilobytes that describe one region, of no use without it.
  #checkov:skip=CKV2_AWS_62:Nothing acts on a change of state, so nobody is notified.
  bucket = "${var.name}-${data.aws_caller_identity.current.account_id}"
  tags   = var.tags

  lifecycle {
    prevent_destroy = true
  }
}

resource "aws_kms_key" "state" {
  description             = "Terraform's state in ${var.name}"
  enable_key_rotation     = true
  deletion_window_in_days = 30
  tags                    = var.tags
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Sid       = "Account" # IAM policies of the account decide, as for any key
      Effect    = "Allow"
      Principal = { AWS = "arn:${data.aws_partition.current.partition}:iam::${data.aws_caller_identity.current.account_id}:root" }
      Action    = "kms:*"
      Resource  = "*"
    }]
  })
}

resource "aws_s3_bucket_versioning" "state" {
  bucket = aws_s3_bucket.state.id

  versioning_configuration {
    status = "Enabled"
  }
}

resource "aws_s3_bucket_server_side_encryption_configuration" "state" {
  bucket = aws_s3_bucket.state.id

  rule {
    bucket_key_enabled = true

    apply_server_side_encryption_by_default {
      sse_algorithm     = "aws:kms"
      kms_master_key_id = aws_kms_key.state.arn
    }
  }
}

resource "aws_s3_bucket_public_access_block" "state" {
  bucket                  = aws_s3_bucket.state.id
  block_public_acls       = true
  block_public_policy     = true
  ignore_public_acls      = true
  restrict_public_buckets = true
}

resource "aws_s3_bucket_lifecycle_configuration" "state" {
  bucket = aws_s3_bucket.state.id

  rule {
    id     = "old-versions"
    status = "Enabled"

    filter {}

    noncurrent_version_expiration {
      noncurrent_days = 365
    }

    abort_incomplete_multipart_upload {
      days_after_initiation = 1
    }
  }

  depends_on = [aws_s3_bucket_versioning.state]
}

resource "aws_s3_bucket_policy" "state" {
  bucket = aws_s3_bucket.state.id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Sid       = "TlsOnly"
      Effect    = "Deny"
      Principal = "*"
      Action    = "s3:*"
      Resource  = [aws_s3_bucket.state.arn, "${aws_s3_bucket.state.arn}/*"]
      Condition = { Bool = { "aws:SecureTransport" = "false" } }
    }]
  })

  depends_on = [aws_s3_bucket_public_access_block.state]
}

output "backend" {
  description = "What to write to backend.tf beside the configuration whose state it is to hold."
  value       = <<-EOT
    terraform {
      backend "s3" {
        bucket       = "${aws_s3_bucket.state.id}"
        key          = "attractor/terraform.tfstate"
        region       = "${data.aws_region.current.name}"
        encrypt      = true
        kms_key_id   = "${aws_kms_key.state.arn}" # or the backend asks for S3's own key in place of the bucket's
        use_lockfile = true
      }
    }
  EOT
}
