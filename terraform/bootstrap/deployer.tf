# Roles for GitHub Actions that apply a stack, one each. GitHub says of a job that it is one of an environment once that
# environment's reviewers have agreed, and of nothing else is the role taken. Without AWS's policy a role could not make
# what a stack has; with it, it can do nearly what the account can but change who may do what.

locals {
  # A stack's workspace is its environment, as terraform/variables.tf names it.
  environments = { for stack in var.github_deploys : stack => stack == "attractor" ? "default" : trimprefix(stack, "attractor-") }
}

resource "aws_iam_role" "deployer" {
  for_each = local.environments

  name                 = "${each.key}-deployer"
  description          = "GitHub Actions of ${var.github_repository}: applies ${each.key}, in the environment ${each.value}"
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
          "${local.issuer}:sub" = "repo:${var.github_repository}:environment:${each.value}"
        }
      }
    }]
  })

  depends_on = [aws_iam_openid_connect_provider.github]
}

resource "aws_iam_role_policy_attachment" "deployer" {
  for_each = aws_iam_role.deployer

  role       = each.value.name
  policy_arn = "arn:${local.partition}:iam::aws:policy/PowerUserAccess" # all but IAM
}

resource "aws_iam_role_policy" "deployer" {
  for_each = aws_iam_role.deployer

  name = "own-roles"
  role = each.value.id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Sid    = "OwnRoles"
      Effect = "Allow"
      Action = [
        "iam:CreateRole", "iam:DeleteRole", "iam:DeleteRolePolicy", "iam:GetRole", "iam:GetRolePolicy",
        "iam:ListAttachedRolePolicies", "iam:ListInstanceProfilesForRole", "iam:ListRolePolicies", "iam:PassRole",
        "iam:PutRolePolicy", "iam:TagRole", "iam:UntagRole", "iam:UpdateAssumeRolePolicy", "iam:UpdateRole",
      ]
      Resource = [
        for role in ["flow", "service-execution", "service-task", "sweep-execution", "sweep-task"] : "arn:${local.partition}:iam::${local.account}:role/${each.key}-${role}-${var.aws_region}"
      ]
    }]
  })
}
