variable "name" {
  type        = string
  description = "Prefix of every name."
}

variable "cidr" {
  type        = string
  description = "IPv4 range of the VPC, split into sixteen subnets."
}

variable "zone_count" {
  type        = number
  description = "Availability zones to spread over."
}

variable "egress" {
  type        = string
  description = "How private subnets reach AWS: nat, nat-per-zone or endpoints."
}

variable "bucket_arns" {
  type        = list(string)
  default     = []
  description = "Buckets that tasks read and write."
}

variable "kms_key_arn" {
  type        = string
  description = "Key that encrypts the flow log."
}

variable "log_retention_days" {
  type        = number
  description = "Days that the flow log is kept."
}

variable "tags" {
  type        = map(string)
  description = "Tags of every resource."
}
