# A cluster of its own or one that exists, and what runs there.

mock_provider "aws" {
  source = "./tests/aws"
}

mock_provider "aws" {
  alias  = "global"
  source = "./tests/aws"
}

variables {
  name                            = "test"
  cluster_arn                     = "arn:aws:ecs:eu-central-1:123456789012:cluster/shared"
  cluster_name                    = "shared"
  image                           = "test:1"
  repository_arn                  = "arn:aws:ecr:eu-central-1:123456789012:repository/test"
  architecture                    = "X86_64"
  cpu                             = 4096
  memory                          = 8192
  container_port                  = 8000
  settings                        = { ATTRACTOR_MAX_STEPS = "1000" }
  trusted_proxies                 = ["10.0.0.0/16", "192.0.2.0/24"]
  times                           = { max = 25, keep_alive = 135, drain = 20, stop = 30 }
  spot                            = false
  public_addresses                = false
  release_alarm_name              = "test-release"
  min_tasks                       = 2
  max_tasks                       = 4
  cpu_target                      = 60
  requests_per_target             = 1000
  vpc_id                          = "vpc-0"
  subnet_ids                      = ["subnet-0a", "subnet-0b"]
  endpoints                       = null
  load_balancer_security_group_id = "sg-0"
  load_balancer_suffix            = "app/test/0"
  target_group_arn                = "arn:aws:elasticloadbalancing:eu-central-1:123456789012:targetgroup/test/0"
  target_group_suffix             = "targetgroup/test/0"
  kms_key_arn                     = "arn:aws:kms:eu-central-1:123456789012:key/a"
  log_retention_days              = 365
  tags                            = {}
}

run "what_runs" {
  command = plan

  module {
    source = "./modules/service"
  }

  assert {
    condition     = aws_ecs_service.this.cluster == var.cluster_arn && aws_appautoscaling_target.this.resource_id == "service/shared/test"
    error_message = "the service is in the cluster that was named, and scaling is told of it"
  }

  assert {
    condition     = contains(jsondecode(aws_ecs_task_definition.this.container_definitions)[0].environment, { name = "ATTRACTOR_KEEP_ALIVE_SECONDS", value = "135" })
    error_message = "times reach the container"
  }

  assert {
    condition     = contains(jsondecode(aws_ecs_task_definition.this.container_definitions)[0].environment, { name = "WORKERS", value = "4" })
    error_message = "four cores are four workers"
  }

  assert {
    condition     = contains(jsondecode(aws_ecs_task_definition.this.container_definitions)[0].environment, { name = "ATTRACTOR_MAX_STEPS", value = "1000" })
    error_message = "settings reach the container"
  }

  assert {
    condition     = contains(jsondecode(aws_ecs_task_definition.this.container_definitions)[0].environment, { name = "ATTRACTOR_TRUSTED_PROXIES", value = "10.0.0.0/16,192.0.2.0/24" })
    error_message = "who hands requests on is believed, so that clients are told apart"
  }
}

run "a_trial" {
  command = plan

  module {
    source = "./modules/service"
  }

  variables {
    spot             = true
    public_addresses = true
  }

  assert {
    condition     = one(aws_ecs_service.this.capacity_provider_strategy).capacity_provider == "FARGATE_SPOT"
    error_message = "tasks run on Spot"
  }

  assert {
    condition     = aws_ecs_service.this.network_configuration[0].assign_public_ip
    error_message = "tasks have an address by which they reach the image"
  }
}
