# Answers of an AWS that is not asked.

mock_data "aws_availability_zones" {
  defaults = { names = ["a", "b", "c", "d"] }
}

mock_data "aws_ecs_cluster" {
  defaults = { arn = "arn:aws:ecs:eu-central-1:123456789012:cluster/shared" }
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
