# What a task may reach, and what it may do.

mock_provider "aws" {
  source = "./tests/aws"
}

mock_provider "aws" {
  alias  = "global"
  source = "./tests/aws"
}

variables {
  name               = "test"
  kind               = "service"
  vpc_id             = "vpc-0"
  endpoints          = null
  repository_arn     = "arn:aws:ecr:eu-central-1:123456789012:repository/test"
  kms_key_arn        = "arn:aws:kms:eu-central-1:123456789012:key/a"
  log_retention_days = 365
  tags               = {}
}

run "a_task_in_a_network_without_endpoints" {
  command = plan

  module {
    source = "./modules/task"
  }

  variables {
    repository_arn = null
  }

  assert {
    condition     = aws_vpc_security_group_egress_rule.registry.cidr_ipv4 == "0.0.0.0/0"
    error_message = "without endpoints AWS has no fixed address"
  }

  assert {
    condition     = !strcontains(aws_iam_role_policy.execution.policy, "ecr:")
    error_message = "an image of another registry needs no repository of ECR"
  }
}

run "endpoints_are_all_that_a_task_may_reach" {
  command = plan

  module {
    source = "./modules/task"
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
