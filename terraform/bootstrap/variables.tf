variable "aws_region" {
  type        = string
  description = "Region of the state and of the images, which is that of the stacks."

  validation {
    condition     = can(regex("^[a-z]{2}(-[a-z]+)+-[1-9]$", var.aws_region))
    error_message = "aws_region: write a region's code, for instance eu-central-1."
  }
}

variable "name" {
  type        = string
  default     = "attractor"
  description = "Name of the repository, and prefix of the others; the state's bucket has the account's number too, since its name is shared by everyone."

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{1,22}[a-z0-9]$", var.name)) && !strcontains(var.name, "--")
    error_message = "name: write 3 to 24 lower-case letters, digits and single hyphens, a letter first, for instance attractor."
  }
}

variable "kept_images" {
  type        = number
  default     = 50
  description = "Images that the repository keeps to roll back to: pushes are counted, not deployments."

  validation {
    condition     = var.kept_images >= 2 && floor(var.kept_images) == var.kept_images
    error_message = "kept_images: write a whole number of at least 2, this image and the one to roll back to."
  }
}

variable "github_repository" {
  type        = string
  default     = null
  description = "GitHub repository (owner/name) whose Actions may push images; null for none."

  validation {
    condition     = var.github_repository == null || can(regex("^[A-Za-z0-9_.-]+/[A-Za-z0-9_.-]+$", var.github_repository))
    error_message = "github_repository: write owner/name, without a host."
  }
}

variable "github_subject" {
  type        = string
  default     = "ref:refs/heads/main"
  description = "What of the repository may: ref:refs/heads/BRANCH or environment:NAME."

  validation {
    condition     = can(regex("^(ref:refs/(heads|tags)/|environment:)[^*]+$", var.github_subject))
    error_message = "github_subject: write ref:refs/heads/BRANCH, ref:refs/tags/TAG or environment:NAME, without wildcards."
  }
}

variable "github_deploys" {
  type        = set(string)
  default     = []
  description = "Stacks, by their name, that its Actions may apply, each from the GitHub environment that is called like the stack's workspace."

  validation {
    condition     = length(var.github_deploys) == 0 || var.github_repository != null
    error_message = "github_deploys: say with github_repository whose Actions may apply them."
  }

  validation {
    condition     = alltrue([for stack in var.github_deploys : can(regex("^[a-z][a-z0-9-]{1,22}[a-z0-9]$", stack))])
    error_message = "github_deploys: write the names of stacks, for instance [\"attractor-production\"]."
  }
}

variable "github_provider_arn" {
  type        = string
  default     = null
  description = "GitHub's OpenID Connect provider, of which an account holds one; null to make it."

  validation {
    condition     = var.github_provider_arn == null || can(regex("^arn:[a-z-]+:iam::[0-9]{12}:oidc-provider/token\\.actions\\.githubusercontent\\.com$", var.github_provider_arn))
    error_message = "github_provider_arn: write arn:aws:iam::ACCOUNT:oidc-provider/token.actions.githubusercontent.com, or leave it out to make the provider."
  }
}
