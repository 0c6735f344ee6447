# What every task on Fargate has, whatever runs in it: a log, whom it may reach, and what it may do: next to nothing.

data "aws_caller_identity" "current" {}

data "aws_partition" "current" {}

data "aws_region" "current" {}

# ARNs are written by name, not by attribute: so a plan shows each policy whole before anything of it is made.
locals {
  account       = data.aws_caller_identity.current.account_id
  partition     = data.aws_partition.current.partition
  region        = data.aws_region.current.name
  full_name     = "${var.name}-${var.kind}"
  stream_prefix = "attractor"
  roles         = "arn:${local.partition}:iam::${local.account}:role"

  trust = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = { Service = "ecs-tasks.amazonaws.com" }
      Action    = "sts:AssumeRole"
      Condition = { StringEquals = { "aws:SourceAccount" = local.account } }
    }]
  })
}

resource "aws_cloudwatch_log_group" "this" {
  name              = "/${var.name}/${var.kind}"
  retention_in_days = var.log_retention_days
  kms_key_id        = var.kms_key_arn
  tags              = var.tags
}

resource "aws_security_group" "this" {
  name        = local.full_name
  description = "Tasks of ${var.name}: ${var.kind}"
  vpc_id      = var.vpc_id
  tags        = merge(var.tags, { Name = local.full_name })
}

resource "aws_vpc_security_group_egress_rule" "registry" {
  security_group_id            = aws_security_group.this.id
  description                  = "Image and log, over HTTPS"
  referenced_security_group_id = try(var.endpoints.security_group_id, null)
  cidr_ipv4                    = var.endpoints == null ? "0.0.0.0/0" : null # they have no fixed address
  ip_protocol                  = "tcp"
  from_port                    = 443
  to_port                      = 443
  tags                         = var.tags
}

resource "aws_vpc_security_group_egress_rule" "s3" {
  count = var.endpoints == null ? 0 : 1

  security_group_id = aws_security_group.this.id
  description       = "Layers of the image, from S3"
  prefix_list_id    = var.endpoints.s3_prefix_list_id
  ip_protocol       = "tcp"
  from_port         = 443
  to_port           = 443
  tags              = var.tags
}

# What ECS does to start a task.
resource "aws_iam_role" "execution" {
  name               = "${local.full_name}-execution-${local.region}"
  assume_role_policy = local.trust
  tags               = var.tags
}

resource "aws_iam_role_policy" "account_wide" {
  name = "log-in"
  role = aws_iam_role.execution.id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect   = "Allow"
      Action   = "ecr:GetAuthorizationToken" # the one call that names no repository
      Resource = "*"
    }]
  })
}

resource "aws_iam_role_policy" "execution" {
  name = "start-tasks"
  role = aws_iam_role.execution.id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = concat(
      var.repository_arn == null ? [] : [{
        Sid      = "Pull"
        Effect   = "Allow"
        Action   = ["ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"]
        Resource = var.repository_arn
      }],
      [{
        Sid      = "Log"
        Effect   = "Allow"
        Action   = ["logs:CreateLogStream", "logs:PutLogEvents"]
        Resource = "arn:${local.partition}:logs:${local.region}:${local.account}:log-group:${aws_cloudwatch_log_group.this.name}:log-stream:${local.stream_prefix}/*"
      }],
    )
  })
}

# What runs in the task does in AWS what its module adds here.
resource "aws_iam_role" "task" {
  name               = "${local.full_name}-task-${local.region}"
  assume_role_policy = local.trust
  tags               = var.tags
}
