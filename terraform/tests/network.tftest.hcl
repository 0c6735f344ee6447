# How private subnets reach AWS.

mock_provider "aws" {
  source = "./tests/aws"
}

mock_provider "aws" {
  alias  = "global"
  source = "./tests/aws"
}

variables {
  name               = "test"
  cidr               = "10.0.0.0/16"
  zone_count         = 3
  egress             = "endpoints"
  kms_key_arn        = "arn:aws:kms:eu-central-1:123456789012:key/a"
  log_retention_days = 365
  tags               = {}
}

run "endpoints_leave_no_way_to_the_internet" {
  command = plan

  module {
    source = "./modules/network"
  }

  assert {
    condition     = length(aws_route.nat) == 0 && length(aws_nat_gateway.this) == 0
    error_message = "no private subnet has a route out"
  }

  assert {
    condition     = keys(aws_vpc_endpoint.interface) == ["ecr.api", "ecr.dkr", "logs"]
    error_message = "what a task needs has an endpoint"
  }
}

run "one_gateway_for_every_zone" {
  command = plan

  module {
    source = "./modules/network"
  }

  variables {
    egress = "nat"
  }

  assert {
    condition     = keys(aws_nat_gateway.this) == ["a"] && keys(aws_route.nat) == ["a", "b", "c"]
    error_message = "every zone goes through the first one's gateway"
  }
}

run "a_gateway_in_each_zone" {
  command = plan

  module {
    source = "./modules/network"
  }

  variables {
    egress = "nat-per-zone"
  }

  assert {
    condition     = keys(aws_nat_gateway.this) == ["a", "b", "c"]
    error_message = "each zone has its own"
  }
}

run "subnets_do_not_overlap" {
  command = plan

  module {
    source = "./modules/network"
  }

  assert {
    condition     = length(distinct(concat(values(aws_subnet.public)[*].cidr_block, values(aws_subnet.private)[*].cidr_block))) == 6
    error_message = "six subnets have six ranges"
  }
}

run "what_sweeps_keep_passes_the_endpoint" {
  command = plan

  module {
    source = "./modules/network"
  }

  variables {
    bucket_arns = ["arn:aws:s3:::kept"]
  }

  assert {
    condition = [for statement in jsondecode(aws_vpc_endpoint.s3.policy).Statement : statement.Resource] == [
      "arn:aws:s3:::prod-eu-central-1-starport-layer-bucket/*", ["arn:aws:s3:::kept", "arn:aws:s3:::kept/*"],
    ]
    error_message = "layers of images and that bucket, and no other"
  }
}
