variable "name" {
  type        = string
  description = "Prefix of every name."
}

variable "image" {
  type        = string
  description = "The image, with its tag or digest, built with --target sweep."
}

variable "repository_arn" {
  type        = string
  description = "The repository of ECR that the image is pulled from; null for another registry."
}

variable "max_cpus" {
  type        = number
  description = "Processes that compute at once, at most."
}

variable "hours" {
  type        = number
  description = "Hours after which a process is stopped."
}

variable "vpc_id" {
  type        = string
  description = "The VPC."
}

variable "subnet_ids" {
  type        = list(string)
  description = "Subnets of the tasks."
}

variable "public_addresses" {
  type        = bool
  description = "Whether tasks have public addresses, which they need where their subnets have no other way out."
}

variable "endpoints" {
  type = object({
    security_group_id = string
    s3_prefix_list_id = string
  })
  description = "AWS endpoints in the VPC; null where tasks reach AWS by its public addresses."
}

variable "kms_key_arn" {
  type        = string
  description = "Key that encrypts the log."
}

variable "log_retention_days" {
  type        = number
  description = "Days that the log is kept."
}

variable "deletion_protection" {
  type        = bool
  description = "Whether the bucket refuses to be deleted with results in it."
}

variable "tags" {
  type        = map(string)
  description = "Tags of every resource."
}
