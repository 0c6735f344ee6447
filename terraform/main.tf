# Attractor on ECS Fargate behind a load balancer. What flows: world → (cdn →) edge → service; all else serves that.

locals {
  tags           = merge({ Project = var.name, ManagedBy = "terraform" }, var.tags)
  container_port = 8000
  with_cdn       = var.cdn_certificate_arn != null
  network        = one(concat(var.existing_network[*], module.network[*]))
  endpoints = length(module.network) > 0 && var.egress == "endpoints" ? {
    security_group_id = module.network[0].endpoint_security_group_id
    s3_prefix_list_id = module.network[0].s3_prefix_list_id
  } : null
  network_cidrs = var.existing_network == null ? [var.vpc_cidr] : data.aws_vpc.existing[0].cidr_block_associations[*].cidr_block
  image         = "${module.registry.repository_url}${var.image_digest != null ? "@${var.image_digest}" : ":${var.image_tag}"}"
}

data "aws_vpc" "existing" {
  count = var.existing_network == null ? 0 : 1

  id = var.existing_network.vpc_id
}

module "network" {
  source = "./modules/network"
  count  = var.existing_network == null ? 1 : 0

  name               = var.name
  cidr               = var.vpc_cidr
  zone_count         = var.zone_count
  egress             = var.egress
  kms_key_arn        = aws_kms_key.this.arn
  log_retention_days = var.log_retention_days
  tags               = local.tags
}

module "registry" {
  source = "./modules/registry"

  name         = var.name
  kept_images  = var.kept_images
  force_delete = !var.deletion_protection
  kms_key_arn  = aws_kms_key.this.arn
  tags         = local.tags
}

module "edge" {
  source = "./modules/edge"

  name                      = var.name
  vpc_id                    = local.network.vpc_id
  subnet_ids                = local.network.public_subnet_ids
  ingress_cidrs             = var.ingress_cidrs
  behind_cdn                = local.with_cdn
  domain_name               = var.domain_name
  zone_id                   = var.zone_id
  certificate_arn           = var.certificate_arn
  ssl_policy                = var.ssl_policy
  container_port            = local.container_port
  drain_seconds             = var.drain_seconds
  idle_seconds              = var.idle_seconds
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
  zone_id                   = var.zone_id
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
  cluster_name                    = var.cluster_name
  image                           = local.image
  repository_arn                  = module.registry.repository_arn
  architecture                    = var.architecture
  cpu                             = var.cpu
  memory                          = var.memory
  container_port                  = local.container_port
  settings                        = var.settings
  trusted_proxies                 = concat(local.network_cidrs, module.edge.cdn_cidrs) # the load balancer, and the CDN before it
  drain_seconds                   = var.drain_seconds
  keep_alive_seconds              = var.idle_seconds + 15
  min_tasks                       = var.min_tasks
  max_tasks                       = var.max_tasks
  cpu_target                      = var.cpu_target
  requests_per_target             = var.requests_per_target
  vpc_id                          = local.network.vpc_id
  subnet_ids                      = local.network.private_subnet_ids
  endpoints                       = local.endpoints
  load_balancer_security_group_id = module.edge.security_group_id
  load_balancer_suffix            = module.edge.load_balancer_suffix
  target_group_arn                = module.edge.target_group_arn
  target_group_suffix             = module.edge.target_group_suffix
  kms_key_arn                     = aws_kms_key.this.arn
  log_retention_days              = var.log_retention_days
  tags                            = local.tags
}

module "watch" {
  source = "./modules/watch"

  name                 = var.name
  load_balancer_suffix = module.edge.load_balancer_suffix
  target_group_suffix  = module.edge.target_group_suffix
  cluster_name         = module.service.cluster_name
  service_name         = module.service.service_name
  latency_seconds      = var.latency_alarm_seconds
  topic_arns           = var.alarm_topic_arns
  tags                 = local.tags
}

module "publisher" {
  source = "./modules/publisher"
  count  = var.github_repository != null ? 1 : 0

  name           = var.name
  repository     = var.github_repository
  subject        = var.github_subject
  provider_arn   = var.github_provider_arn
  repository_arn = module.registry.repository_arn
  service_arn    = module.service.service_arn
  role_arns      = module.service.role_arns
  tags           = local.tags
}
