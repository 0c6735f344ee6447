# The cluster that the tasks run in: one that exists, or one of the stack's own.

locals {
  cluster_name = var.cluster_name == null ? var.name : var.cluster_name
  cluster_arn  = one(concat(aws_ecs_cluster.this[*].arn, data.aws_ecs_cluster.existing[*].arn))
}

resource "aws_ecs_cluster" "this" {
  #checkov:skip=CKV_AWS_65:It is on but for trying out on Spot, where its metrics would cost more than the task.
  count = var.cluster_name == null ? 1 : 0

  name = var.name
  tags = local.tags

  setting {
    name  = "containerInsights"
    value = var.spot ? "disabled" : "enabled"
  }
}

resource "aws_ecs_cluster_capacity_providers" "this" {
  count = var.cluster_name == null && var.spot ? 1 : 0

  cluster_name       = aws_ecs_cluster.this[0].name
  capacity_providers = ["FARGATE", "FARGATE_SPOT"]
}

data "aws_ecs_clusters" "all" {
  count = var.cluster_name == null ? 0 : 1

  lifecycle {
    postcondition {
      condition     = contains([for arn in self.cluster_arns : element(split("/", arn), -1)], var.cluster_name)
      error_message = "cluster_name: there is no cluster \"${var.cluster_name}\" in ${var.aws_region}; there are: ${length(self.cluster_arns) == 0 ? "none" : join(", ", sort([for arn in self.cluster_arns : element(split("/", arn), -1)]))}. Name one of them, or leave cluster_name out to make one."
    }
  }
}

data "aws_ecs_cluster" "existing" {
  count = length(data.aws_ecs_clusters.all)

  cluster_name = var.cluster_name

  lifecycle {
    postcondition {
      condition     = self.status == "ACTIVE"
      error_message = "cluster_name: the cluster \"${var.cluster_name}\" is ${self.status}, which takes no service. Name an active one, or leave cluster_name out to make one."
    }
  }
}
