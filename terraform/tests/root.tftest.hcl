# What the variables choose between. The provider is mocked: an apply would add nothing.

mock_provider "aws" {
  source = "./tests/aws"
}

variables {
  allow_http = true
}

run "by_default_everything_needed_is_made_and_nothing_else" {
  command = plan

  assert {
    condition     = length(module.network) == 1
    error_message = "without existing_network there is a network of its own"
  }

  assert {
    condition     = join(",", concat(local.network_cidrs, module.edge.cdn_cidrs)) == "10.0.0.0/16"
    error_message = "what the load balancer says of clients is believed"
  }

  assert {
    condition     = module.service.cluster_name == "attractor"
    error_message = "without cluster_name there is a cluster of the stack's name"
  }

  assert {
    condition     = length(module.firewall) + length(module.cdn) + length(module.publisher) == 0
    error_message = "firewall, CDN and publisher are made on demand only"
  }
}

run "a_cluster_that_exists_is_used" {
  command = plan

  variables {
    cluster_name = "shared"
  }

  assert {
    condition     = module.service.cluster_name == "shared"
    error_message = "the service belongs in the cluster that was named"
  }
}

run "a_network_that_exists_is_used" {
  command = plan

  variables {
    existing_network = {
      vpc_id             = "vpc-0123456789abcdef0"
      public_subnet_ids  = ["subnet-0a", "subnet-0b"]
      private_subnet_ids = ["subnet-0c", "subnet-0d"]
    }
  }

  assert {
    condition     = length(module.network) == 0
    error_message = "no second network is made"
  }

  assert {
    condition     = local.network == var.existing_network
    error_message = "load balancer and tasks are in the subnets that were named"
  }

  assert {
    condition     = join(",", local.network_cidrs) == "172.16.0.0/16,100.64.0.0/16"
    error_message = "the load balancer may have an address of any range of that network"
  }

  assert {
    condition     = local.endpoints == null
    error_message = "how that network reaches AWS is not known, so any address may be reached"
  }
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
}

run "a_certificate_for_the_cdn_asks_for_the_cdn" {
  command = plan

  variables {
    allow_http          = false
    domain_name         = "orbits.example.org"
    certificate_arn     = "arn:aws:acm:eu-central-1:123456789012:certificate/a"
    cdn_certificate_arn = "arn:aws:acm:us-east-1:123456789012:certificate/a"
    firewall            = true
    github_repository   = "example/attractor"
  }

  assert {
    condition     = length(module.cdn) == 1 && length(module.firewall) == 1 && length(module.publisher) == 1
    error_message = "CDN, firewall and publisher are made where they are asked for"
  }

  assert {
    condition     = join(",", module.edge.cdn_cidrs) == "192.0.2.0/24"
    error_message = "what the CDN says of clients is believed"
  }
}
