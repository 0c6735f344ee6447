variable "name" {
  type        = string
  description = "Prefix of every name."
}

variable "cluster_arn" {
  type        = string
  description = "The cluster."
}

variable "cluster_name" {
  type        = string
  description = "Its name."
}

variable "image" {
  type        = string
  description = "The image, with its tag or digest."
}

variable "repository_arn" {
  type        = string
  description = "The repository of ECR that the image is pulled from; null for another registry."
}

variable "architecture" {
  type        = string
  description = "X86_64 or ARM64."
}

variable "cpu" {
  type        = number
  description = "CPU units of a task, 1024 to a core."
}

variable "memory" {
  type        = number
  description = "Memory of a task in MiB."
}

variable "spot" {
  type        = bool
  description = "Whether tasks run on Fargate Spot."
}

variable "container_port" {
  type        = number
  description = "Port that a task listens on."
}

variable "settings" {
  type        = map(string)
  description = "Further environment variables of the service."
}

variable "trusted_proxies" {
  type        = list(string)
  description = "Ranges of those whose X-Forwarded-For names the client; without them the load balancer is the only client."
}

variable "client_address_header" {
  type        = string
  default     = null
  description = "Header in which they name the client, in place of X-Forwarded-For; null for none."
}

variable "times" {
  type = object({
    max        = number
    keep_alive = number
    drain      = number
    stop       = number
  })
  description = "Seconds: CPU time of an answer, how long a silent connection is kept, the drain, and when a task that is told to stop is killed."
}

variable "min_tasks" {
  type        = number
  description = "Tasks that always run."
}

variable "max_tasks" {
  type        = number
  description = "Tasks that run at most."
}

variable "cpu_target" {
  type        = number
  description = "Average CPU in percent that scaling aims at."
}

variable "requests_per_target" {
  type        = number
  description = "Requests a minute for each task that scaling aims at."
}

variable "vpc_id" {
  type        = string
  description = "The VPC."
}

variable "subnet_ids" {
  type        = list(string)
  description = "Subnets of the tasks, in two zones at least."
}

variable "public_addresses" {
  type        = bool
  description = "Whether tasks have public addresses, which they need where their subnets have no other way out."
}

variable "release_alarm_name" {
  type        = string
  description = "Alarm that undoes a release."
}

variable "endpoints" {
  type = object({
    security_group_id = string
    s3_prefix_list_id = string
  })
  description = "AWS endpoints in the VPC; null where tasks reach AWS by its public addresses."
}

variable "load_balancer_security_group_id" {
  type        = string
  description = "Security group of the load balancer."
}

variable "load_balancer_suffix" {
  type        = string
  description = "The load balancer as CloudWatch's metrics name it."
}

variable "target_group_arn" {
  type        = string
  description = "Where tasks are registered."
}

variable "target_group_suffix" {
  type        = string
  description = "The target group as CloudWatch's metrics name it."
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
