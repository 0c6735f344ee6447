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

provider "aws" { # CloudFront's firewall and its log are there, whatever the region of the rest
  alias  = "global"
  region = "us-east-1"
}
