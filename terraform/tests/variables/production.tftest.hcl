# variables/production.tfvars, by which it is planned: for the world.

mock_provider "aws" {
  source = "./tests/aws"
}

mock_provider "aws" {
  alias  = "global"
  source = "./tests/aws"
}

override_data {
  target = module.network[0].data.aws_availability_zones.available
  values = { names = ["eu-central-1a", "eu-central-1b", "eu-central-1c"] }
}

run "for_the_world" {
  command = plan

  assert {
    condition     = output.url == "https://orbits.example.org" && keys(aws_route53_record.this) == ["A", "AAAA"]
    error_message = "it has a domain with HTTPS, over IPv6 too"
  }

  assert {
    condition     = length(module.cdn) == 1 && length(module.cdn_firewall) == 1 && length(module.firewall) == 0
    error_message = "CloudFront stands in front, and before it the firewall"
  }

  assert {
    condition     = issensitive(local.cdn_secret.value)
    error_message = "no plan shows the secret by which the load balancer knows the distribution"
  }

  assert {
    condition     = length(module.network) == 1 && !local.network.public_addresses && local.network.endpoints != null
    error_message = "tasks are in subnets without a way to the internet"
  }

  assert {
    condition     = var.zone_count == 3 && var.min_tasks >= 3 && !var.spot && var.deletion_protection
    error_message = "a zone may fail, and nothing is taken back or deleted by mistake"
  }

  assert {
    condition     = length(var.alarm_topic_arns) == 1 && length(aws_budgets_budget.this) == 1
    error_message = "somebody is told, of what breaks and of what it costs"
  }
}
