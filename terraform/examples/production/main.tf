# For the world: a domain with HTTPS, CloudFront, the firewall, alarms, three zones without a way to the internet, and
# a role for GitHub Actions.
#
#   cp terraform.tfvars.example terraform.tfvars    # and say whose domain it is
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
  architecture        = "ARM64"
  cpu                 = 2048
  memory              = 4096
  min_tasks           = 3
  max_tasks           = 24
  zone_count          = 3
  egress              = "endpoints"
  domain_name         = var.domain_name
  zone_id             = var.zone_id
  cdn_certificate_arn = var.cdn_certificate_arn
  firewall            = true
  alarm_topic_arns    = var.alarm_topic_arns
  github_repository   = var.github_repository
  deletion_protection = var.deletion_protection
}

variable "name" {
  type        = string
  default     = "attractor"
  description = "Prefix of every name."
}

variable "image_tag" {
  type        = string
  default     = "0.1.0"
  description = "Tag of the image in the repository."
}

variable "domain_name" {
  type        = string
  description = "Domain of the service."
}

variable "zone_id" {
  type        = string
  description = "Route 53 zone of the domain."
}

variable "cdn_certificate_arn" {
  type        = string
  default     = null
  description = "Certificate of the domain in us-east-1, for CloudFront; null to leave CloudFront out."
}

variable "alarm_topic_arns" {
  type        = list(string)
  default     = []
  description = "SNS topics that alarms are sent to."
}

variable "github_repository" {
  type        = string
  default     = null
  description = "GitHub repository (owner/name) that publishes."
}

variable "deletion_protection" {
  type        = bool
  default     = true
  description = "Set to false and apply before you destroy."
}

output "url" {
  description = "Where the service answers."
  value       = module.attractor.url
}

output "push_commands" {
  description = "What pushes an image, from the root of the repository."
  value       = module.attractor.push_commands
}

output "publisher_role_arn" {
  description = "The role that GitHub Actions take."
  value       = module.attractor.publisher_role_arn
}
