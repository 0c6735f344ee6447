# The least that answers: plain HTTP at the load balancer's own name, for trying out.
#
#   AWS_REGION=eu-central-1 terraform apply

terraform {
  required_version = ">= 1.10"

  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = "~> 5.100"
    }
  }
}

provider "aws" {}

module "attractor" {
  source = "../.."

  name                = var.name
  image_tag           = var.image_tag
  allow_http          = true
  egress              = "nat"
  deletion_protection = false
}

variable "name" {
  type        = string
  default     = "attractor-minimal"
  description = "Prefix of every name."
}

variable "image_tag" {
  type        = string
  default     = "0.1.0"
  description = "Tag of the image in the repository."
}

output "url" {
  description = "Where the service answers."
  value       = module.attractor.url
}

output "push_commands" {
  description = "What pushes an image, from the root of the repository."
  value       = module.attractor.push_commands
}
