# variables/case_study.tfvars, by which it is planned: a cluster and the default network, both there already.

mock_provider "aws" {
  source = "./tests/aws"
}

mock_provider "aws" {
  alias  = "global"
  source = "./tests/aws"
}

override_data {
  target = data.aws_ecs_clusters.all
  values = { cluster_arns = ["arn:aws:ecs:eu-central-1:123456789012:cluster/attractor"] }
}

run "what_is_there_is_used" {
  command = plan

  assert {
    condition     = length(aws_ecs_cluster.this) == 0 && length(module.network) == 0
    error_message = "neither a cluster nor a network is made"
  }

  assert {
    condition     = output.cluster_name == "attractor" && local.network.public_addresses
    error_message = "tasks are in the cluster that is named, and reach the image by addresses of their own"
  }

  assert {
    condition     = length(aws_acm_certificate.this) + length(module.cdn) + length(module.firewall) + length(module.cdn_firewall) == 0
    error_message = "it is plain HTTP, and nothing stands in front"
  }
}
