# Where it is, and what it is called.

variable "aws_region" {
  type        = string
  description = "Region of everything but CloudFront, for instance eu-central-1."

  validation {
    condition     = can(regex("^[a-z]{2}(-[a-z]+)+-[1-9]$", var.aws_region))
    error_message = "aws_region: write a region's code, for instance eu-central-1."
  }
}

variable "name" {
  type        = string
  default     = "attractor"
  description = "Prefix of every name, so that several stacks fit in one account: attractor in the workspace default, attractor-trial in the workspace trial."

  validation {
    condition     = terraform.workspace == (var.name == "attractor" ? "default" : trimprefix(var.name, "attractor-"))
    error_message = "name: \"${var.name}\" belongs to the workspace ${var.name == "attractor" ? "default" : trimprefix(var.name, "attractor-")}, and this is ${terraform.workspace}, whose stack would be renamed, that is destroyed. Run: terraform workspace select -or-create ${var.name == "attractor" ? "default" : trimprefix(var.name, "attractor-")}"
  }

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{1,22}[a-z0-9]$", var.name)) && !strcontains(var.name, "--")
    error_message = "name: write 3 to 24 lower-case letters, digits and single hyphens, a letter first, for instance attractor-test."
  }
}

variable "tags" {
  type        = map(string)
  default     = {}
  description = "Tags of every resource, besides Project and ManagedBy."

  validation {
    condition     = alltrue([for key in keys(var.tags) : !startswith(lower(key), "aws:") && length(key) <= 128])
    error_message = "tags: AWS keeps keys that begin with aws: for itself and takes at most 128 characters; write for instance { Team = \"physics\" }."
  }
}

# What runs.

variable "image" {
  type        = string
  description = "The image, whole: ACCOUNT.dkr.ecr.REGION.amazonaws.com/NAME:TAG, or …@sha256:DIGEST. A tag in this region's ECR is pinned to its digest at plan."

  validation {
    condition     = can(regex("^[a-z0-9][a-z0-9._/:-]*?[a-z0-9](:[A-Za-z0-9_][A-Za-z0-9_.-]{0,127})?(@sha256:[0-9a-f]{64})?$", var.image)) && can(regex("(:[^/:@]+|@sha256:[0-9a-f]{64})$", var.image))
    error_message = "image: write the whole reference with a tag or a digest, for instance 123456789012.dkr.ecr.eu-central-1.amazonaws.com/attractor:0.1.0; bootstrap makes such a repository."
  }

  validation {
    condition     = !endswith(var.image, ":latest") || can(regex("^[0-9]{12}\\.dkr\\.ecr\\.${var.aws_region}\\.amazonaws\\.", var.image))
    error_message = "image: outside ECR of ${var.aws_region} latest cannot be pinned to what it names now, and a rollback could not name it; write another tag or a digest."
  }

  validation {
    condition     = var.network != "own" || var.egress != "endpoints" || can(regex("^[0-9]{12}\\.dkr\\.ecr\\.${var.aws_region}\\.amazonaws\\.", var.image))
    error_message = "image: with egress = \"endpoints\" tasks reach ECR of ${var.aws_region} and no other registry; push the image there, or write egress = \"nat\"."
  }
}

variable "architecture" {
  type        = string
  default     = "X86_64"
  description = "CPU architecture of the tasks, for which the image must be built. ARM64 costs a fifth less."

  validation {
    condition     = contains(["X86_64", "ARM64"], var.architecture)
    error_message = "architecture: write X86_64 or ARM64."
  }
}

variable "cpu" {
  type        = number
  default     = 1024
  description = "CPU units of a task: 1024 are one core, and one worker process."

  validation {
    condition     = contains([256, 512, 1024, 2048, 4096, 8192, 16384], var.cpu)
    error_message = "cpu: Fargate offers 256, 512, 1024, 2048, 4096, 8192 or 16384 units; 1024 are one core."
  }
}

variable "memory" {
  type        = number
  default     = 2048
  description = "Memory of a task in MiB."

  validation {
    condition = contains(lookup({
      256   = [512, 1024, 2048]
      512   = range(1024, 4097, 1024)
      1024  = range(2048, 8193, 1024)
      2048  = range(4096, 16385, 1024)
      4096  = range(8192, 30721, 1024)
      8192  = range(16384, 61441, 4096)
      16384 = range(32768, 122881, 8192)
    }, tostring(var.cpu), []), var.memory)
    error_message = "memory: Fargate does not offer ${var.memory} MiB with ${var.cpu} CPU units; take 2 to 8 GiB a core in whole GiB, for instance 2048 with 1024 units or 4096 with 2048."
  }

  validation {
    condition     = var.memory >= 512 * max(1, floor(var.cpu / 1024)) + 256
    error_message = "memory: ${var.memory} MiB are too few for ${max(1, floor(var.cpu / 1024))} workers, which ${var.cpu} CPU units make; they need 512 MiB each and 256 together, ${512 * max(1, floor(var.cpu / 1024)) + 256} MiB."
  }
}

variable "spot" {
  type        = bool
  default     = false
  description = "Whether tasks run on Fargate Spot: for a third of the price, and AWS may stop them with two minutes' notice. A cluster that exists must have the capacity provider FARGATE_SPOT."
}

variable "settings" {
  type        = map(string)
  default     = {}
  description = "Settings of the service, as docs/operations.md lists them, beside those that settings.tf sets, for instance { ATTRACTOR_MAX_STEPS = \"10000000\" }."

  validation {
    condition     = length(setsubtract(keys(var.settings), local.settings)) == 0
    error_message = "settings: ${join(", ", setsubtract(keys(var.settings), local.settings))} may not be set here; what may is ${join(", ", local.settings)}. For ATTRACTOR_DRAIN_SECONDS set drain_seconds, for ATTRACTOR_MAX_SECONDS max_seconds, for ATTRACTOR_KEEP_ALIVE_SECONDS idle_seconds, and for WORKERS cpu."
  }

  validation {
    condition     = var.cdn_certificate_arn == null || contains(["*", ""], lookup(var.settings, "ATTRACTOR_ALLOWED_ORIGINS", "*"))
    error_message = "settings: ATTRACTOR_ALLOWED_ORIGINS is \"*\" or \"\" behind CloudFront, which keeps one answer for the pages of all origins."
  }
}

# Times, which main.tf fits together.

variable "max_seconds" {
  type        = number
  default     = 25
  description = "CPU seconds of one answer: what is estimated to take more is refused, what takes twice as many broken off."

  validation {
    condition     = var.max_seconds >= 1 && floor(var.max_seconds) == var.max_seconds && 2 * var.max_seconds + 10 <= var.idle_seconds
    error_message = "max_seconds: write a whole number from 1 to ${floor((var.idle_seconds - 10) / 2)}: an answer may be silent for twice as long, and the load balancer cuts what is silent for idle_seconds, which is ${var.idle_seconds}."
  }

  validation {
    condition     = var.cdn_certificate_arn == null || 2 * var.max_seconds < 60
    error_message = "max_seconds: write at most 29 behind CloudFront, which waits 60 s for an origin and then asks again; an answer may be silent for twice as long."
  }
}

variable "idle_seconds" {
  type        = number
  default     = 120
  description = "How long the load balancer keeps a silent connection; the service keeps it 15 s longer."

  validation {
    condition     = var.idle_seconds >= 12 && var.idle_seconds <= 3585 && floor(var.idle_seconds) == var.idle_seconds
    error_message = "idle_seconds: write a whole number from 12 to 3585."
  }
}

variable "drain_seconds" {
  type        = number
  default     = 20
  description = "How long answers under way may still take when a task is stopped. The task is killed ten seconds later."

  validation {
    condition     = var.drain_seconds >= 1 && var.drain_seconds <= 110 && floor(var.drain_seconds) == var.drain_seconds
    error_message = "drain_seconds: write a whole number from 1 to 110; Fargate kills a task after 120 s."
  }
}

variable "deregistration_delay" {
  type        = number
  default     = 300
  description = "How long an answer under way may still take when its task is taken out, before the drain."

  validation {
    condition     = var.deregistration_delay >= 0 && var.deregistration_delay <= 3600 && floor(var.deregistration_delay) == var.deregistration_delay
    error_message = "deregistration_delay: write a whole number from 0 to 3600 seconds."
  }
}

# Where, and how many.

variable "cluster_name" {
  type        = string
  default     = null
  description = "ECS cluster that exists already; null to make one."

  validation {
    condition     = var.cluster_name == null || can(regex("^[A-Za-z0-9_-]{1,255}$", var.cluster_name))
    error_message = "cluster_name: write the cluster's name, not its ARN, or leave it out to make a cluster."
  }
}

variable "min_tasks" {
  type        = number
  default     = 2
  description = "Tasks that always run: two at least, in different zones; one on Spot, for trying out."

  validation {
    condition     = var.min_tasks >= (var.spot ? 1 : 2) && floor(var.min_tasks) == var.min_tasks
    error_message = "min_tasks: write a whole number of at least ${var.spot ? 1 : 2}; with fewer, the loss of one zone is the loss of the service."
  }
}

variable "max_tasks" {
  type        = number
  default     = 6
  description = "Tasks that run at most."

  validation {
    condition     = var.max_tasks >= var.min_tasks && floor(var.max_tasks) == var.max_tasks
    error_message = "max_tasks: write a whole number of at least min_tasks, which is ${var.min_tasks}."
  }
}

variable "cpu_target" {
  type        = number
  default     = 60
  description = "Average CPU of the tasks, in percent, that scaling aims at."

  validation {
    condition     = var.cpu_target >= 10 && var.cpu_target <= 90
    error_message = "cpu_target: write 10 to 90 percent; above that a task has no room left while the next one starts."
  }
}

variable "requests_per_target" {
  type        = number
  default     = null
  description = "Requests a minute for each task that scaling aims at; null for as many as make cpu_target, 200,000 for each core and 60 percent."

  validation {
    condition     = coalesce(var.requests_per_target, 1) >= 1
    error_message = "requests_per_target: write how many requests a minute one task is to answer, for instance 200000, or leave it out."
  }
}

# The network.

variable "network" {
  type        = any
  default     = "default"
  description = <<-EOT
    "default": the account's default VPC, where tasks have public addresses; their security group lets in the load balancer alone.
    "own": a VPC is made, with private subnets for the tasks.
    { vpc_id = "vpc-…", public_subnet_ids = ["subnet-…", …], private_subnet_ids = ["subnet-…", …] }: one that exists, with
    two public and two private subnets at least, the latter with a way to ECR, S3 and CloudWatch Logs.
  EOT

  validation {
    condition = can(tostring(var.network)) ? contains(["default", "own"], tostring(var.network)) : try(alltrue([
      toset(keys(var.network)) == toset(["vpc_id", "public_subnet_ids", "private_subnet_ids"]),
      can(regex("^vpc-[0-9a-f]+$", var.network.vpc_id)),
      length(distinct(var.network.public_subnet_ids)) >= 2,
      length(distinct(var.network.private_subnet_ids)) >= 2,
      length(setintersection(var.network.public_subnet_ids, var.network.private_subnet_ids)) == 0,
      alltrue([for id in concat(var.network.public_subnet_ids, var.network.private_subnet_ids) : can(regex("^subnet-[0-9a-f]+$", id))]),
    ]), false)
    error_message = "network: write \"default\", \"own\", or { vpc_id = \"vpc-…\", public_subnet_ids = […], private_subnet_ids = […] } with at least two ids \"subnet-…\", in different zones, in each list, and none in both."
  }
}

variable "vpc_cidr" {
  type        = string
  default     = "10.0.0.0/16"
  description = "IPv4 range of the VPC that is made."

  validation {
    condition     = try(cidrsubnet(var.vpc_cidr, 0, 0) == var.vpc_cidr, false) && try(tonumber(split("/", var.vpc_cidr)[1]) >= 16 && tonumber(split("/", var.vpc_cidr)[1]) <= 22, false)
    error_message = "vpc_cidr: write an IPv4 range between /16 and /22 whose host bits are zero, for instance 10.0.0.0/16; each subnet is a sixteenth of it."
  }

  validation {
    condition     = var.vpc_cidr == "10.0.0.0/16" || can(tostring(var.network)) && try(var.network == "own", false)
    error_message = "vpc_cidr: leave it out; it is of the VPC that network = \"own\" makes."
  }
}

variable "zone_count" {
  type        = number
  default     = 2
  description = "Availability zones to spread over, in a network that is the default one or made."

  validation {
    condition     = contains([2, 3, 4], var.zone_count)
    error_message = "zone_count: write 2, 3 or 4; a load balancer needs two."
  }

  validation {
    condition     = var.zone_count == 2 || can(tostring(var.network))
    error_message = "zone_count: leave it out; the subnets that network names say how many zones there are."
  }
}

variable "egress" {
  type        = string
  default     = "endpoints"
  description = <<-EOT
    How the private subnets of a VPC that is made (network = "own") reach ECR, S3 and CloudWatch Logs. Prices are those of us-east-1:
    endpoints: no way to the internet; three interface endpoints a zone, 3 × $7.30 = $21.90 a zone and month, $0.01 a GB.
    nat: one NAT gateway in the first zone, $32.85 a month and $0.045 a GB; without that zone no task can start.
    nat-per-zone: one in each zone, $32.85 each.
  EOT

  validation {
    condition     = contains(["endpoints", "nat", "nat-per-zone"], var.egress)
    error_message = "egress: write endpoints, nat or nat-per-zone."
  }

  validation {
    condition     = var.egress == "endpoints" || can(tostring(var.network)) && try(var.network == "own", false)
    error_message = "egress: leave it out; it is of the VPC that network = \"own\" makes, and another has its own way to AWS."
  }
}

# How the world reaches it.

variable "domain_name" {
  type        = string
  default     = null
  description = "Domain of the service. With it comes HTTPS, for which zone_id or certificate_arn is needed."

  validation {
    condition     = var.domain_name == null || can(regex("^([a-z0-9]([a-z0-9-]*[a-z0-9])?\\.)+[a-z]{2,}$", var.domain_name))
    error_message = "domain_name: write a domain in lower case without scheme or path, for instance orbits.example.org."
  }
}

variable "zone_id" {
  type        = string
  default     = null
  description = "Route 53 zone of domain_name, for its certificate and its record; null where its DNS is elsewhere."

  validation {
    condition     = var.zone_id == null || (can(regex("^Z[A-Z0-9]+$", var.zone_id)) && var.domain_name != null)
    error_message = "zone_id: write the zone's id, for instance Z0123456789ABCDEFGHIJ, and with it domain_name."
  }
}

variable "certificate_arn" {
  type        = string
  default     = null
  description = "Certificate of domain_name in this region, issued already; null to have one issued."

  validation {
    condition     = var.certificate_arn == null || (can(regex("^arn:[a-z-]+:acm:[a-z0-9-]+:[0-9]{12}:certificate/.+$", var.certificate_arn)) && var.domain_name != null)
    error_message = "certificate_arn: write arn:aws:acm:REGION:ACCOUNT:certificate/ID, and with it domain_name, the domain that it is for."
  }
}

variable "allow_http" {
  type        = bool
  default     = false
  description = "Whether to serve plain HTTP where there is no domain_name."

  validation {
    condition     = !(var.allow_http && var.domain_name != null)
    error_message = "allow_http: leave it out; with domain_name the service speaks HTTPS, and HTTP only redirects to it."
  }

  validation {
    condition     = var.allow_http || var.domain_name != null
    error_message = "allow_http: set domain_name, with zone_id or certificate_arn, to serve HTTPS; or allow_http = true to serve plain HTTP, for trying out."
  }

  validation {
    condition     = var.allow_http || var.domain_name == null || var.zone_id != null || var.certificate_arn != null
    error_message = "domain_name: HTTPS needs a certificate. Set zone_id, the Route 53 zone of the domain, to have one issued, or certificate_arn, one that exists in this region."
  }
}

variable "ssl_policy" {
  type        = string
  default     = "ELBSecurityPolicy-TLS13-1-2-2021-06"
  description = "TLS policy of the load balancer: TLS 1.2 and 1.3 by default."

  validation {
    condition     = startswith(var.ssl_policy, "ELBSecurityPolicy-TLS13-1-2-") || startswith(var.ssl_policy, "ELBSecurityPolicy-TLS13-1-3-")
    error_message = "ssl_policy: write one that begins with ELBSecurityPolicy-TLS13-1-2- or ELBSecurityPolicy-TLS13-1-3-; the others speak TLS below 1.2 or no 1.3."
  }
}

variable "ingress_cidrs" {
  type        = list(string)
  default     = ["0.0.0.0/0"]
  description = "IPv4 ranges that may reach the load balancer; behind the CDN leave it out."

  validation {
    condition     = length(var.ingress_cidrs) > 0 && alltrue([for cidr in var.ingress_cidrs : try(cidrsubnet(cidr, 0, 0) == cidr, false) && can(cidrnetmask(cidr))])
    error_message = "ingress_cidrs: write at least one IPv4 range, each with its host bits zero, for instance [\"203.0.113.0/24\"], or [\"0.0.0.0/0\"] for everyone."
  }

  validation {
    condition     = var.cdn_certificate_arn == null || join(",", var.ingress_cidrs) == "0.0.0.0/0"
    error_message = "ingress_cidrs: leave it out behind CloudFront, which alone reaches the load balancer then and lets everybody in."
  }
}

variable "firewall" {
  type        = bool
  default     = false
  description = "Whether AWS WAF stands in front: $5 a month, $4 for its rules, and $0.60 a million requests."
}

variable "rate_limit" {
  type        = number
  default     = 20000
  description = "Requests of one address within five minutes that the firewall lets through."

  validation {
    condition     = var.rate_limit >= 100 && floor(var.rate_limit) == var.rate_limit
    error_message = "rate_limit: write a whole number of at least 100 requests within five minutes."
  }
}

variable "cdn_certificate_arn" {
  type        = string
  default     = null
  description = "Certificate of domain_name in us-east-1: with it CloudFront stands in front and keeps answers for a year. Null for none."

  validation {
    condition     = var.cdn_certificate_arn == null || (can(regex("^arn:[a-z-]+:acm:us-east-1:[0-9]{12}:certificate/.+$", var.cdn_certificate_arn)) && var.domain_name != null)
    error_message = "cdn_certificate_arn: write arn:aws:acm:us-east-1:ACCOUNT:certificate/ID (CloudFront takes certificates from us-east-1 only), and with it domain_name."
  }
}

variable "cdn_price_class" {
  type        = string
  default     = "PriceClass_100"
  description = "Which of CloudFront's locations serve: 100 for Europe and North America, 200 for most, All."

  validation {
    condition     = contains(["PriceClass_100", "PriceClass_200", "PriceClass_All"], var.cdn_price_class)
    error_message = "cdn_price_class: write PriceClass_100, PriceClass_200 or PriceClass_All."
  }
}

# What is kept, and who is told.

variable "log_retention_days" {
  type        = number
  default     = 365
  description = "Days that logs in CloudWatch are kept."

  validation {
    condition     = contains([1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653], var.log_retention_days)
    error_message = "log_retention_days: CloudWatch offers 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288 or 3653 days."
  }
}

variable "access_log_retention_days" {
  type        = number
  default     = 90
  description = "Days that access logs are kept in S3."

  validation {
    condition     = var.access_log_retention_days >= 1 && floor(var.access_log_retention_days) == var.access_log_retention_days
    error_message = "access_log_retention_days: write a whole number of days, for instance 90."
  }
}

variable "deletion_protection" {
  type        = bool
  default     = true
  description = "Whether the load balancer refuses to be deleted, and the access logs with it. Set to false and apply before you destroy."
}

variable "alarm_topic_arns" {
  type        = list(string)
  default     = []
  description = "SNS topics that alarms are sent to."

  validation {
    condition     = alltrue([for arn in var.alarm_topic_arns : can(regex("^arn:[a-z-]+:sns:[a-z0-9-]+:[0-9]{12}:.+$", arn))])
    error_message = "alarm_topic_arns: write each as arn:aws:sns:REGION:ACCOUNT:NAME."
  }
}

variable "latency_alarm_seconds" {
  type        = number
  default     = 1
  description = "Seconds to the first byte beyond which, for one answer in a hundred, an alarm rings."

  validation {
    condition     = var.latency_alarm_seconds > 0
    error_message = "latency_alarm_seconds: write a positive number of seconds, for instance 0.5."
  }
}

variable "bytes_alarm_gigabytes" {
  type        = number
  default     = 50
  description = "Gigabytes within an hour through the load balancer beyond which an alarm rings; each costs about nine cents."

  validation {
    condition     = var.bytes_alarm_gigabytes > 0
    error_message = "bytes_alarm_gigabytes: write a positive number of gigabytes within an hour, for instance 50."
  }
}

variable "budget" {
  type        = object({ dollars = number, address = string })
  default     = null
  description = "Dollars a month for the whole account, at four fifths of which, and when more is to be expected, AWS writes to the address; null for none."

  validation {
    condition     = var.budget == null || try(var.budget.dollars > 0 && can(regex("^[^@ ]+@[^@ ]+$", var.budget.address)), false)
    error_message = "budget: write { dollars = 100, address = \"operators@example.org\" }, with a positive sum, or leave it out."
  }
}

# Sweeps, of which there are none unless asked for.

variable "sweep" {
  type = object({
    tag      = string
    budget   = object({ dollars = number, address = string })
    max_cpus = optional(number, 256)
    hours    = optional(number, 24)
  })
  default     = null
  description = <<-EOT
    What computes sweeps on AWS Batch: the tag, in the repository of `image`, of an image built with --target sweep; a
    budget like `budget`, for all that Fargate costs in the account; max_cpus processes at once at most (256), each stopped
    after some hours (24). Null for none.
  EOT

  validation {
    condition     = var.sweep == null || can(regex("^[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}$", var.sweep.tag))
    error_message = "sweep: write as tag that of an image in the repository of `image`, for instance { tag = \"sweep-0.1.0\", budget = { dollars = 50, address = \"operators@example.org\" } }."
  }

  validation {
    condition     = var.sweep == null || try(var.sweep.budget.dollars > 0 && can(regex("^[^@ ]+@[^@ ]+$", var.sweep.budget.address)), false)
    error_message = "sweep: write budget = { dollars = 50, address = \"operators@example.org\" }, with a positive sum; nothing else tells of a sweep that costs too much."
  }

  validation {
    condition     = var.sweep == null || try(var.sweep.max_cpus >= 1 && floor(var.sweep.max_cpus) == var.sweep.max_cpus, false)
    error_message = "sweep: write as max_cpus a whole number of at least 1."
  }

  validation {
    condition     = var.sweep == null || try(var.sweep.hours >= 1 && floor(var.sweep.hours) == var.sweep.hours, false)
    error_message = "sweep: write as hours a whole number of at least 1."
  }

  validation {
    condition     = var.sweep == null || var.architecture == "X86_64"
    error_message = "sweep: Fargate Spot takes jobs of Batch for X86_64 alone; leave architecture out, or sweep."
  }
}
