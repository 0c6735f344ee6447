variable "name" {
  type        = string
  description = "Prefix of every name."
}

variable "kind" {
  type        = string
  description = "What runs: service or sweep, which follows in every name."
}

variable "vpc_id" {
  type        = string
  description = "The VPC."
}

variable "endpoints" {
  type = object({
    security_group_id = string
    s3_prefix_list_id = string
  })
  description = "AWS endpoints in the VPC; null where tasks reach AWS by its public addresses."
}

variable "repository_arn" {
  type        = string
  description = "The repository of ECR that the image is pulled from; null for another registry."
}

variable "kms_key_arn" {
  type        = string
  description = "Key that encrypts the log."
}

variable "log_retention_days" {
  type        = number
  description = "Days that the log is kept."
}

variable "tags" {
  type        = map(string)
  description = "Tags of every resource."
}
