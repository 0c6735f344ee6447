# What the variables choose between. The provider is mocked: an apply would add nothing.

mock_provider "aws" {
  source = "./tests/aws"
}

mock_provider "aws" {
  alias  = "global"
  source = "./tests/aws"
}

variables {
  aws_region = "eu-central-1"
  image      = "123456789012.dkr.ecr.eu-central-1.amazonaws.com/attractor:latest"
  allow_http = true
}

run "by_default_the_default_network_is_used_and_only_what_is_needed_made" {
  command = plan

  assert {
    condition     = length(module.network) == 0 && local.network.public_addresses
    error_message = "tasks in the default network have public addresses"
  }

  assert {
    condition     = join(" ", local.network.task_subnet_ids) == "subnet-0a subnet-0b"
    error_message = "the first two zones are used, by one subnet each"
  }

  assert {
    condition     = join(",", local.network.cidrs) == "172.16.0.0/16,100.64.0.0/16"
    error_message = "the load balancer may have an address of any range of that network"
  }

  assert {
    condition     = local.cluster_name == "attractor" && length(aws_ecs_cluster.this) == 1
    error_message = "without cluster_name there is a cluster of the stack's name"
  }

  assert {
    condition     = length(module.firewall) + length(module.cdn_firewall) + length(module.cdn) + length(module.sweep) + length(aws_budgets_budget.this) == 0
    error_message = "firewall, CDN, sweeps and budget are made on demand only"
  }

  assert {
    condition     = output.image == "123456789012.dkr.ecr.eu-central-1.amazonaws.com/attractor@sha256:0000000000000000000000000000000000000000000000000000000000000000"
    error_message = "a tag is pinned to the digest that it names"
  }

  assert {
    condition     = local.repository_arn == "arn:aws:ecr:eu-central-1:123456789012:repository/attractor"
    error_message = "tasks may pull from the repository of the image"
  }

  assert {
    condition     = local.times.silence < local.times.idle && local.times.idle < local.times.keep_alive && local.times.drain + 10 <= local.times.stop && local.times.stop <= 120
    error_message = "times fit together"
  }

  assert {
    condition     = local.requests_per_target == 200000
    error_message = "as many requests as make 60 percent of a core"
  }
}

run "a_firewall_without_the_cdn_stands_before_the_load_balancer" {
  command = plan

  variables {
    firewall = true
  }

  assert {
    condition     = length(module.firewall) == 1 && length(module.cdn_firewall) == 0
    error_message = "it stands where requests come in"
  }
}

run "an_image_of_another_registry_is_named_as_it_is" {
  command = plan

  variables {
    image = "docker.io/example/attractor:0.1.0"
  }

  assert {
    condition     = output.image == var.image && local.repository_arn == null
    error_message = "only ECR of this region is asked what a tag names"
  }
}

run "a_cluster_that_exists_is_used" {
  command = plan

  variables {
    cluster_name = "shared"
  }

  assert {
    condition     = length(aws_ecs_cluster.this) == 0 && output.cluster_name == "shared"
    error_message = "the service belongs in the cluster that was named, and no other is made"
  }
}

run "a_cluster_that_does_not_exist_is_refused" {
  command = plan

  variables {
    cluster_name = "elsewhere"
  }

  expect_failures = [data.aws_ecs_clusters.all]
}

run "an_inactive_cluster_is_refused" {
  command = plan

  variables {
    cluster_name = "shared"
  }

  override_data {
    target = data.aws_ecs_cluster.existing
    values = { arn = "arn:aws:ecs:eu-central-1:123456789012:cluster/shared", status = "INACTIVE" }
  }

  expect_failures = [data.aws_ecs_cluster.existing]
}

run "a_network_of_its_own_is_made" {
  command = plan

  variables {
    network = "own"
  }

  assert {
    condition     = length(module.network) == 1 && !local.network.public_addresses
    error_message = "a VPC is made, and tasks are in its private subnets"
  }

  assert {
    condition     = join(",", local.network.cidrs) == "10.0.0.0/16" && local.network.endpoints != null
    error_message = "what the load balancer says of clients is believed, and tasks reach endpoints alone"
  }
}

run "more_zones_than_there_are_are_refused" {
  command = plan

  variables {
    zone_count = 4
  }

  expect_failures = [data.aws_subnets.existing]
}

run "a_network_that_exists_is_used" {
  command = plan

  variables {
    network = {
      vpc_id             = "vpc-0123456789abcdef0"
      public_subnet_ids  = ["subnet-0a", "subnet-0b"]
      private_subnet_ids = ["subnet-0c", "subnet-0d"]
    }
  }

  override_data {
    target = data.aws_subnets.existing
    values = { ids = ["subnet-0a", "subnet-0b", "subnet-0c", "subnet-0d", "subnet-0e"] }
  }

  override_data {
    target = data.aws_subnet.existing["subnet-0b"]
    values = { availability_zone = "eu-central-1b" }
  }

  override_data {
    target = data.aws_subnet.existing["subnet-0d"]
    values = { availability_zone = "eu-central-1b" }
  }

  assert {
    condition     = length(module.network) == 0 && local.network.endpoints == null && !local.network.public_addresses
    error_message = "no second network is made, and how that one reaches AWS is not known"
  }

  assert {
    condition     = join(" ", concat(local.network.public_subnet_ids, local.network.task_subnet_ids)) == "subnet-0a subnet-0b subnet-0c subnet-0d"
    error_message = "load balancer and tasks are in the subnets that were named"
  }
}

run "subnets_in_one_zone_are_refused" {
  command = plan

  variables {
    network = {
      vpc_id             = "vpc-0123456789abcdef0"
      public_subnet_ids  = ["subnet-0a", "subnet-0b"]
      private_subnet_ids = ["subnet-0c", "subnet-0d"]
    }
  }

  override_data {
    target = data.aws_subnets.existing
    values = { ids = ["subnet-0a", "subnet-0b", "subnet-0c", "subnet-0d"] }
  }

  override_data {
    target = data.aws_subnet.existing["subnet-0b"]
    values = { availability_zone = "eu-central-1b" }
  }

  expect_failures = [output.url]
}

run "subnets_of_another_network_are_refused" {
  command = plan

  variables {
    network = {
      vpc_id             = "vpc-0123456789abcdef0"
      public_subnet_ids  = ["subnet-0a", "subnet-0b"]
      private_subnet_ids = ["subnet-0c", "subnet-0f"]
    }
  }

  expect_failures = [data.aws_subnets.existing]
}

run "no_default_network_is_refused" {
  command = plan

  override_data {
    target = data.aws_vpcs.existing
    values = { ids = [] }
  }

  expect_failures = [data.aws_vpcs.existing]
}

run "a_domain_is_the_url" {
  command = plan

  variables {
    allow_http  = false
    domain_name = "orbits.example.org"
    zone_id     = "Z0123456789"
  }

  assert {
    condition     = output.url == "https://orbits.example.org"
    error_message = "with a domain the URL is the domain's, by HTTPS"
  }

  assert {
    condition     = length(aws_acm_certificate.this) == 1 && keys(aws_route53_record.this) == ["A"]
    error_message = "the certificate is issued and the record made"
  }
}

run "a_certificate_for_the_cdn_asks_for_the_cdn" {
  command = plan

  variables {
    allow_http          = false
    domain_name         = "orbits.example.org"
    certificate_arn     = "arn:aws:acm:eu-central-1:123456789012:certificate/a"
    cdn_certificate_arn = "arn:aws:acm:us-east-1:123456789012:certificate/a"
    firewall            = true
  }

  assert {
    condition     = length(module.cdn) == 1 && length(module.cdn_firewall) == 1 && length(module.firewall) == 0
    error_message = "CDN and firewall are made where they are asked for, the firewall before the CDN"
  }

  assert {
    condition     = length(aws_acm_certificate.this) == 0 && length(aws_route53_record.this) == 0
    error_message = "with DNS elsewhere no certificate is issued and no record made"
  }
}

run "sweeps_have_an_image_of_their_own_in_the_same_repository_and_a_budget" {
  command = plan

  variables {
    sweep = { tag = "sweep-0.1.0", budget = { dollars = 50, address = "operators@example.org" } }
  }

  override_data {
    target = data.aws_ecr_image.named["sweep"]
    values = { image_digest = "sha256:1111111111111111111111111111111111111111111111111111111111111111" }
  }

  assert {
    condition     = local.images["sweep"] == "123456789012.dkr.ecr.eu-central-1.amazonaws.com/attractor@sha256:1111111111111111111111111111111111111111111111111111111111111111" && local.images["service"] != local.images["sweep"]
    error_message = "its tag is pinned to the digest that it names"
  }

  assert {
    condition     = data.aws_ecr_image.named["sweep"].image_tag == "sweep-0.1.0"
    error_message = "the tag is looked up in the repository of the image"
  }

  assert {
    condition     = keys(aws_budgets_budget.this) == ["sweep"] && aws_budgets_budget.this["sweep"].limit_amount == "50"
    error_message = "a budget tells what sweeps cost"
  }
}
