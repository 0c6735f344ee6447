# variables/trial.tfvars, by which it is planned: the cheapest that runs.

mock_provider "aws" {
  source = "./tests/aws"
}

mock_provider "aws" {
  alias  = "global"
  source = "./tests/aws"
}

run "one_task_on_spot" {
  command = plan

  assert {
    condition     = var.spot && var.min_tasks == 1 && length(aws_ecs_cluster_capacity_providers.this) == 1
    error_message = "one task is on Spot, which its own cluster offers"
  }

  assert {
    condition     = aws_ecs_cluster.this[0].setting != null && one(aws_ecs_cluster.this[0].setting).value == "disabled"
    error_message = "metrics of containers would cost more than the task"
  }

  assert {
    condition     = length(module.network) + length(module.cdn) + length(module.firewall) + length(module.cdn_firewall) == 0
    error_message = "nothing is paid for but the task, the load balancer and addresses"
  }

  assert {
    condition     = tonumber(var.settings.ATTRACTOR_MAX_BINARY_RECORDS) <= 1000000
    error_message = "one anonymous request costs a fraction of a cent"
  }
}
