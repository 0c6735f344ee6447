# A role for GitHub Actions, by OpenID Connect and so without a stored key: it pushes images and rolls the service.

locals {
  issuer    = "token.actions.githubusercontent.com"
  account   = data.aws_caller_identity.current.account_id
  partition = data.aws_partition.current.partition

  # ARNs are written by name, not by attribute: so a plan shows each policy whole before anything of it is made.
  provider_arn = coalesce(var.provider_arn, "arn:${local.partition}:iam::${local.account}:oidc-provider/${local.issuer}")
  ecs          = "arn:${local.partition}:ecs:${data.aws_region.current.name}:${local.account}"
}

data "aws_caller_identity" "current" {}

data "aws_partition" "current" {}

data "aws_region" "current" {}

resource "aws_iam_openid_connect_provider" "github" {
  count = var.provider_arn == null ? 1 : 0

  url            = "https://${local.issuer}"
  client_id_list = ["sts.amazonaws.com"]
  tags           = var.tags
}

resource "aws_iam_role" "this" {
  name                 = "${var.name}-publisher"
  description          = "GitHub Actions of ${var.repository}: pushes images, rolls the service"
  max_session_duration = 3600
  tags                 = var.tags
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = { Federated = local.provider_arn }
      Action    = "sts:AssumeRoleWithWebIdentity"
      Condition = {
        StringEquals = {
          "${local.issuer}:aud" = "sts.amazonaws.com"
          "${local.issuer}:sub" = "repo:${var.repository}:${var.subject}"
        }
      }
    }]
  })

  depends_on = [aws_iam_openid_connect_provider.github]
}

resource "aws_iam_role_policy" "account_wide" {
  name = "log-in"
  role = aws_iam_role.this.id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect   = "Allow"
      Action   = ["ecr:GetAuthorizationToken", "ecs:DescribeTaskDefinition"] # the calls that know no resource
      Resource = "*"
    }]
  })
}

resource "aws_iam_role_policy" "this" {
  name = "publish"
  role = aws_iam_role.this.id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Sid    = "Push"
        Effect = "Allow"
        Action = [
          "ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:CompleteLayerUpload", "ecr:DescribeImages",
          "ecr:GetDownloadUrlForLayer", "ecr:InitiateLayerUpload", "ecr:PutImage", "ecr:UploadLayerPart",
        ]
        Resource = var.repository_arn
      },
      {
        Sid      = "Register"
        Effect   = "Allow"
        Action   = "ecs:RegisterTaskDefinition"
        Resource = "${local.ecs}:task-definition/${var.name}:*"
      },
      {
        Sid      = "Roll"
        Effect   = "Allow"
        Action   = ["ecs:DescribeServices", "ecs:UpdateService"]
        Resource = var.service_arn
      },
      {
        Sid       = "GiveRoles"
        Effect    = "Allow"
        Action    = "iam:PassRole"
        Resource  = var.role_arns
        Condition = { StringEquals = { "iam:PassedToService" = "ecs-tasks.amazonaws.com" } }
      },
    ]
  })
}
