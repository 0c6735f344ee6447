variable "name" {
  type        = string
  description = "Prefix of every name."
}

variable "load_balancer_suffix" {
  type        = string
  description = "The load balancer as CloudWatch's metrics name it."
}

variable "target_group_suffix" {
  type        = string
  description = "The target group as CloudWatch's metrics name it."
}

variable "cluster_name" {
  type        = string
  description = "The cluster."
}

variable "service_name" {
  type        = string
  description = "The service."
}

variable "latency_seconds" {
  type        = number
  description = "Seconds to the first byte that the p99 alarm tolerates."
}

variable "topic_arns" {
  type        = list(string)
  description = "SNS topics that alarms are sent to."
}

variable "tags" {
  type        = map(string)
  description = "Tags of every resource."
}
