variable "name" {
  type        = string
  description = "Prefix of every name."
}

variable "load_balancer_arn" {
  type        = string
  description = "The load balancer that it stands before; null behind the CDN."
}

variable "behind_cdn" {
  type        = bool
  description = "Whether it stands before CloudFront, which names it itself."
}

variable "rate_limit" {
  type        = number
  description = "Requests of one address within five minutes."
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
