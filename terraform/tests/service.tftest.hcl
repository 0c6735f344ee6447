# A cluster of its own or one that exists, and what a task may reach.

mock_provider "aws" {
  source = "./tests/aws"
}

variables {
  name                            = "test"
  cluster_name                    = null
  image                           = "test:1"
  repository_arn                  = "arn:aws:ecr:eu-central-1:123456789012:repository/test"
  architecture                    = "X86_64"
  cpu                             = 4096
  memory                          = 8192
  container_port                  = 8000
  settings                        = { ATTRACTOR_MAX_STEPS = "1000" }
  trusted_proxies                 = ["10.0.0.0/16", "192.0.2.0/24"]
  drain_seconds                   = 20
  keep_alive_seconds              = 75
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

run "a_new_cluster" {
  command = plan

  module {
    source = "./modules/service"
  }

  assert {
    condition     = aws_ecs_cluster.this[0].name == "test"
    error_message = "without cluster_name a cluster is made"
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

  assert {
    condition     = aws_vpc_security_group_egress_rule.registry.cidr_ipv4 == "0.0.0.0/0"
    error_message = "without endpoints AWS has no fixed address"
  }
}

run "a_cluster_that_exists" {
  command = plan

  module {
    source = "./modules/service"
  }

  variables {
    cluster_name = "shared"
  }

  assert {
    condition     = length(aws_ecs_cluster.this) == 0 && aws_ecs_service.this.cluster == "arn:aws:ecs:eu-central-1:123456789012:cluster/shared"
    error_message = "the service is in the cluster that was named, and no other is made"
  }

  assert {
    condition     = aws_appautoscaling_target.this.resource_id == "service/shared/test"
    error_message = "scaling is told of that cluster"
  }
}

run "endpoints_are_all_that_a_task_may_reach" {
  command = plan

  module {
    source = "./modules/service"
  }

  variables {
    endpoints = { security_group_id = "sg-1", s3_prefix_list_id = "pl-1" }
  }

  assert {
    condition     = aws_vpc_security_group_egress_rule.registry.cidr_ipv4 == null && aws_vpc_security_group_egress_rule.registry.referenced_security_group_id == "sg-1"
    error_message = "image and log come by the endpoints"
  }

  assert {
    condition     = aws_vpc_security_group_egress_rule.s3[0].prefix_list_id == "pl-1"
    error_message = "layers come from S3 alone"
  }
}
