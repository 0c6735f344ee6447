variable "name" {
  type        = string
  description = "Prefix of every name."
}

variable "vpc_id" {
  type        = string
  description = "The VPC."
}

variable "subnet_ids" {
  type        = list(string)
  description = "Public subnets, in two zones at least."
}

variable "ingress_cidrs" {
  type        = list(string)
  description = "IPv4 ranges that may come in; without effect behind the CDN."
}

variable "behind_cdn" {
  type        = bool
  description = "Whether CloudFront alone may come in."
}

variable "cdn_secret" {
  type        = object({ header = string, value = string })
  sensitive   = true
  default     = null
  description = "Header by which this stack's distribution is told from all others; null without the CDN."
}

variable "is_https" {
  type        = bool
  description = "Whether port 443 serves, and port 80 redirects to it."
}

variable "certificate_arn" {
  type        = string
  description = "Certificate of the HTTPS listener; null without one."
}

variable "ssl_policy" {
  type        = string
  description = "TLS policy of the HTTPS listener."
}

variable "container_port" {
  type        = number
  description = "Port that a task listens on."
}

variable "idle_seconds" {
  type        = number
  description = "How long a connection may be silent."
}

variable "deregistration_delay" {
  type        = number
  description = "How long a target that is taken out may still finish its answers."
}

variable "access_log_retention_days" {
  type        = number
  description = "Days that the access log is kept."
}

variable "deletion_protection" {
  type        = bool
  description = "Whether the load balancer refuses to be deleted, and the access log with it."
}

variable "tags" {
  type        = map(string)
  description = "Tags of every resource."
}
