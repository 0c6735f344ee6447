# Answers of an AWS that is not asked.

mock_data "aws_availability_zones" {
  defaults = { names = ["a", "b", "c", "d"] }
}

mock_data "aws_ecs_cluster" {
  defaults = { arn = "arn:aws:ecs:eu-central-1:123456789012:cluster/shared", status = "ACTIVE" }
}

mock_data "aws_vpc" {
  defaults = {
    cidr_block_associations = [
      { association_id = "a", cidr_block = "172.16.0.0/16", state = "associated" },
      { association_id = "b", cidr_block = "100.64.0.0/16", state = "associated" },
    ]
  }
}

mock_data "aws_ec2_managed_prefix_list" {
  defaults = { entries = [{ cidr = "192.0.2.0/24", description = "CloudFront" }] }
}

mock_data "aws_region" {
  defaults = { name = "eu-central-1" }
}

mock_data "aws_partition" {
  defaults = { partition = "aws" }
}

mock_data "aws_caller_identity" {
  defaults = { account_id = "123456789012" }
}

mock_data "aws_ecs_clusters" {
  defaults = { cluster_arns = ["arn:aws:ecs:eu-central-1:123456789012:cluster/shared"] }
}

mock_data "aws_ecr_image" {
  defaults = { image_digest = "sha256:0000000000000000000000000000000000000000000000000000000000000000" }
}

mock_data "aws_vpcs" {
  defaults = { ids = ["vpc-0123456789abcdef0"] }
}

mock_data "aws_subnets" {
  defaults = { ids = ["subnet-0a", "subnet-0b", "subnet-0c"] }
}

mock_data "aws_subnet" {
  defaults = { availability_zone = "eu-central-1a" } # else at random, and so their order
}
