variable "name" {
  type        = string
  description = "Prefix of every name."
}

variable "repository" {
  type        = string
  description = "GitHub's repository, owner/name."
}

variable "subject" {
  type        = string
  description = "What of it may take the role: ref:refs/heads/BRANCH or environment:NAME."
}

variable "provider_arn" {
  type        = string
  description = "GitHub's OpenID Connect provider where the account has it already; null to make it."
}

variable "repository_arn" {
  type        = string
  description = "The image repository."
}

variable "service_arn" {
  type        = string
  description = "The service."
}

variable "role_arns" {
  type        = list(string)
  description = "The roles that a task is given."
}

variable "tags" {
  type        = map(string)
  description = "Tags of every resource."
}
