# The key that encrypts logs, and one more in us-east-1 where CloudFront's firewall has its log there.

locals {
  key_policies = { for region in toset([var.aws_region, "us-east-1"]) : region => jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Sid       = "Account" # IAM policies of the account decide, as for any key
        Effect    = "Allow"
        Principal = { AWS = "arn:${data.aws_partition.current.partition}:iam::${data.aws_caller_identity.current.account_id}:root" }
        Action    = "kms:*"
        Resource  = "*"
      },
      {
        Sid       = "Logs"
        Effect    = "Allow"
        Principal = { Service = "logs.${region}.amazonaws.com" }
        Action    = ["kms:Decrypt", "kms:DescribeKey", "kms:Encrypt", "kms:GenerateDataKey*", "kms:ReEncrypt*"]
        Resource  = "*"
        Condition = { ArnLike = { "kms:EncryptionContext:aws:logs:arn" = [
          for pattern in ["/${var.name}/*", "aws-waf-logs-${var.name}", "aws-waf-logs-${var.name}-${var.aws_region}-cdn"] : join(":", [
            "arn", data.aws_partition.current.partition, "logs", region,
            data.aws_caller_identity.current.account_id, "log-group", pattern,
          ])
        ] } }
      },
    ]
  }) }
}

resource "aws_kms_key" "this" {
  description             = "Logs of ${var.name}"
  enable_key_rotation     = true
  deletion_window_in_days = 7
  tags                    = local.tags
  policy                  = local.key_policies[var.aws_region]
}

resource "aws_kms_alias" "this" {
  name          = "alias/${var.name}"
  target_key_id = aws_kms_key.this.id
}

resource "aws_kms_key" "global" {
  count    = var.firewall && local.with_cdn ? 1 : 0
  provider = aws.global

  description             = "Log of the firewall of ${var.name}"
  enable_key_rotation     = true
  deletion_window_in_days = 7
  tags                    = local.tags
  policy                  = local.key_policies["us-east-1"]
}
