variable "name" {
  type        = string
  description = "Prefix of every name."
}

variable "domain_name" {
  type        = string
  description = "Domain of the service."
}

variable "certificate_arn" {
  type        = string
  description = "Certificate of the domain in us-east-1, where CloudFront looks for it."
}

variable "origin_domain_name" {
  type        = string
  description = "The load balancer's own domain name."
}

variable "secret" {
  type        = object({ header = string, value = string })
  sensitive   = true
  description = "Header by which the load balancer tells this distribution from all others."
}

variable "web_acl_arn" {
  type        = string
  description = "The firewall of scope CLOUDFRONT; null for none."
}

variable "price_class" {
  type        = string
  description = "Which of CloudFront's locations serve."
}

variable "access_log_retention_days" {
  type        = number
  description = "Days that the access log is kept."
}

variable "deletion_protection" {
  type        = bool
  description = "Whether the access log refuses to be deleted."
}

variable "tags" {
  type        = map(string)
  description = "Tags of every resource."
}
