variable "name" {
  type        = string
  description = "Prefix of every name."
}

variable "load_balancer_arn" {
  type        = string
  description = "What it protects."
}

variable "rate_limit" {
  type        = number
  description = "Requests of one address within five minutes."
}

variable "behind_cdn" {
  type        = bool
  description = "Whether the address is in X-Forwarded-For, the connection being CloudFront's."
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
