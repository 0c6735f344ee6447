variable "name" {
  type        = string
  description = "Name of the bucket; the region and the account's number are added, since bucket names are shared by everyone."
}

variable "writers" {
  type        = map(string)
  description = "Service principals that may deliver under AWSLogs/, each with the ARN pattern it delivers for."
  default     = {}
}

variable "acl_delivery" {
  type        = bool
  description = "Whether the log is delivered through an ACL, as CloudFront's is."
  default     = false
}

variable "retention_days" {
  type        = number
  description = "Days that what it holds is kept; null for good."
}

variable "force_destroy" {
  type        = bool
  description = "Whether the bucket is deleted with what it holds."
}

variable "tags" {
  type        = map(string)
  description = "Tags of every resource."
}
