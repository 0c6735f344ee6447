# A role for GitHub Actions, by OpenID Connect and so without a stored key: it pushes images, and can do nothing else. What runs is Terraform's to say.

locals {
  issuer       = "token.actions.githubusercontent.com"
  provider_arn = coalesce(var.github_provider_arn, "arn:${local.partition}:iam::${local.account}:oidc-provider/${local.issuer}")
}

resource "aws_iam_openid_connect_provider" "github" {
  count = var.github_repository != null && var.github_provider_arn == null ? 1 : 0

  url            = "https://${local.issuer}"
  client_id_list = ["sts.amazonaws.com"]
  tags           = local.tags
}

resource "aws_iam_role" "publisher" {
  count = var.github_repository != null ? 1 : 0

  name                 = "${var.name}-publisher"
  description          = "GitHub Actions of ${var.github_repository}: pushes images"
  max_session_duration = 3600
  tags                 = local.tags
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = { Federated = local.provider_arn }
      Action    = "sts:AssumeRoleWithWebIdentity"
      Condition = {
        StringEquals = {
          "${local.issuer}:aud" = "sts.amazonaws.com"
          "${local.issuer}:sub" = "repo:${var.github_repository}:${var.github_subject}"
        }
      }
    }]
  })

  depends_on = [aws_iam_openid_connect_provider.github]
}

resource "aws_iam_role_policy" "account_wide" {
  count = length(aws_iam_role.publisher)

  name = "log-in"
  role = aws_iam_role.publisher[0].id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect   = "Allow"
      Action   = "ecr:GetAuthorizationToken" # the one call that names no repository
      Resource = "*"
    }]
  })
}

resource "aws_iam_role_policy" "publisher" {
  count = length(aws_iam_role.publisher)

  name = "push"
  role = aws_iam_role.publisher[0].id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Sid    = "Push"
      Effect = "Allow"
      Action = [
        "ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:CompleteLayerUpload", "ecr:DescribeImages",
        "ecr:GetDownloadUrlForLayer", "ecr:InitiateLayerUpload", "ecr:PutImage", "ecr:UploadLayerPart",
      ]
      Resource = "arn:${local.partition}:ecr:${var.aws_region}:${local.account}:repository/${var.name}"
    }]
  })
}
