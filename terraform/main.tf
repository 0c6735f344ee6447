# Attractor on ECS Fargate behind a load balancer. What flows: world → (cdn →) edge → service; all else serves that.

locals {
  tags           = merge({ Project = var.name, ManagedBy = "terraform" }, var.tags)
  container_port = 8000
  with_cdn       = var.cdn_certificate_arn != null

  # Times that fit together; variables.tf refuses those that do not, and terraform/compliance reads them in the plan.
  times = {
    max        = var.max_seconds
    idle       = var.idle_seconds         # longer than an answer is silent
    keep_alive = var.idle_seconds + 15    # longer than what the load balancer keeps open, which else sends into a closed connection
    drain      = var.drain_seconds        # ECS waits for deregistration first, and tells the task to stop then
    stop       = var.drain_seconds + 10   # what is left after the drain, to end in order
    deregister = var.deregistration_delay # what a download under way still has
    silence    = 2 * var.max_seconds      # the service breaks an answer off that takes twice what is estimated
  }
}

data "aws_caller_identity" "current" {}

data "aws_partition" "current" {}

module "edge" {
  source = "./modules/edge"

  name                      = var.name
  vpc_id                    = local.network.vpc_id
  subnet_ids                = local.network.public_subnet_ids
  ingress_cidrs             = var.ingress_cidrs
  behind_cdn                = local.with_cdn
  is_https                  = var.domain_name != null
  certificate_arn           = local.certificate_arn
  ssl_policy                = var.ssl_policy
  container_port            = local.container_port
  idle_seconds              = local.times.idle
  deregistration_delay      = local.times.deregister
  access_log_retention_days = var.access_log_retention_days
  deletion_protection       = var.deletion_protection
  tags                      = local.tags
}

module "firewall" {
  source = "./modules/firewall"
  count  = var.firewall ? 1 : 0

  name               = var.name
  load_balancer_arn  = module.edge.load_balancer_arn
  rate_limit         = var.rate_limit
  behind_cdn         = local.with_cdn
  kms_key_arn        = aws_kms_key.this.arn
  log_retention_days = var.log_retention_days
  tags               = local.tags
}

module "cdn" {
  source = "./modules/cdn"
  count  = local.with_cdn ? 1 : 0

  name                      = var.name
  domain_name               = var.domain_name
  certificate_arn           = var.cdn_certificate_arn
  origin_domain_name        = module.edge.dns_name
  price_class               = var.cdn_price_class
  access_log_retention_days = var.access_log_retention_days
  deletion_protection       = var.deletion_protection
  tags                      = local.tags
}

module "service" {
  source = "./modules/service"

  name                            = var.name
  cluster_arn                     = local.cluster_arn
  cluster_name                    = local.cluster_name
  image                           = local.image
  repository_arn                  = local.repository_arn
  architecture                    = var.architecture
  cpu                             = var.cpu
  memory                          = var.memory
  spot                            = var.spot
  container_port                  = local.container_port
  settings                        = var.settings
  trusted_proxies                 = concat(local.network.cidrs, module.edge.cdn_cidrs) # the load balancer, and the CDN before it
  times                           = local.times
  min_tasks                       = var.min_tasks
  max_tasks                       = var.max_tasks
  cpu_target                      = var.cpu_target
  requests_per_target             = var.requests_per_target
  vpc_id                          = local.network.vpc_id
  subnet_ids                      = local.network.task_subnet_ids
  public_addresses                = local.network.public_addresses
  endpoints                       = local.network.endpoints
  release_alarm_name              = aws_cloudwatch_metric_alarm.release.alarm_name
  load_balancer_security_group_id = module.edge.security_group_id
  load_balancer_suffix            = module.edge.load_balancer_suffix
  target_group_arn                = module.edge.target_group_arn
  target_group_suffix             = module.edge.target_group_suffix
  kms_key_arn                     = aws_kms_key.this.arn
  log_retention_days              = var.log_retention_days
  tags                            = local.tags
}
