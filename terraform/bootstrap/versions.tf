# Once for an account, and outliving every stack: the bucket that holds Terraform's state, the repository of the image,
# and the roles by which GitHub Actions push to it and apply stacks. Its own state stays on the machine that applies it,
# and is lost without harm: `terraform import` finds what there is.

terraform {
  required_version = ">= 1.10"

  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = "~> 5.100"
    }
  }
}

provider "aws" {
  region = var.aws_region
}

data "aws_caller_identity" "current" {}

data "aws_partition" "current" {}

# ARNs are written by name, not by attribute: so a plan shows each policy whole before anything of it is made.
locals {
  account   = data.aws_caller_identity.current.account_id
  partition = data.aws_partition.current.partition
  tags      = { Project = var.name, ManagedBy = "terraform" }
}
