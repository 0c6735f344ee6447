# Attractor on ECS Fargate behind a load balancer. What flows: world → (cdn →) edge → service; all else serves that.

locals {
  tags           = merge({ Project = var.name, ManagedBy = "terraform" }, var.tags)
  container_port = 8000
  with_cdn       = var.cdn_certificate_arn != null
  cdn_secret     = local.with_cdn ? { header = "X-Attractor-Origin", value = sensitive(terraform_data.cdn_secret[0].output) } : null

  # A request takes 180 µs of a core, measured with everything that it takes part in: as many make cpu_target of a task.
  requests_per_target = coalesce(var.requests_per_target, floor(var.cpu / 1024 * 60 * var.cpu_target / 100 / 0.00018))

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

# By which the load balancer tells the stack's own distribution from all others. The state holds it.
resource "terraform_data" "cdn_secret" {
  count = local.with_cdn ? 1 : 0

  input = uuid()

  lifecycle {
    ignore_changes = [input]
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
  cdn_secret                = local.cdn_secret
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
  count  = var.firewall && !local.with_cdn ? 1 : 0

  name               = var.name
  load_balancer_arn  = module.edge.load_balancer_arn
  behind_cdn         = false
  rate_limit         = var.rate_limit
  kms_key_arn        = aws_kms_key.this.arn
  log_retention_days = var.log_retention_days
  tags               = local.tags
}

module "cdn_firewall" {
  source    = "./modules/firewall"
  count     = var.firewall && local.with_cdn ? 1 : 0
  providers = { aws = aws.global }

  name               = "${var.name}-${var.aws_region}" # where it is, are those of stacks in every region
  load_balancer_arn  = null
  behind_cdn         = true
  rate_limit         = var.rate_limit
  kms_key_arn        = aws_kms_key.global[0].arn
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
  secret                    = local.cdn_secret
  web_acl_arn               = one(module.cdn_firewall[*].web_acl_arn)
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
  image                           = local.images["service"]
  repository_arn                  = local.repository_arn
  architecture                    = var.architecture
  cpu                             = var.cpu
  memory                          = var.memory
  spot                            = var.spot
  container_port                  = local.container_port
  settings                        = merge(local.default_settings, var.settings)
  trusted_proxies                 = local.network.cidrs # the load balancer
  client_address_header           = local.with_cdn ? "CloudFront-Viewer-Address" : null
  times                           = local.times
  min_tasks                       = var.min_tasks
  max_tasks                       = var.max_tasks
  cpu_target                      = var.cpu_target
  requests_per_target             = local.requests_per_target
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

module "sweep" {
  source = "./modules/sweep"
  count  = var.sweep == null ? 0 : 1

  name                = var.name
  image               = local.images["sweep"]
  repository_arn      = local.repository_arn
  max_cpus            = var.sweep.max_cpus
  hours               = var.sweep.hours
  vpc_id              = local.network.vpc_id
  subnet_ids          = local.network.task_subnet_ids
  public_addresses    = local.network.public_addresses
  endpoints           = local.network.endpoints
  kms_key_arn         = aws_kms_key.this.arn
  log_retention_days  = var.log_retention_days
  deletion_protection = var.deletion_protection
  tags                = local.tags
}
