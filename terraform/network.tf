# Where it runs: the account's default VPC, a VPC of the stack's own, or one that exists.

locals {
  is_own   = try(var.network == "own", false)
  is_named = !can(tostring(var.network))

  named = local.is_named ? {
    public  = toset(var.network.public_subnet_ids)
    private = toset(var.network.private_subnet_ids)
  } : { public = toset([]), private = toset([]) }

  named_zones = { for kind, ids in local.named : kind => toset([for id in ids : data.aws_subnet.existing[id].availability_zone]) }

  # The default VPC has one public subnet a zone; the first zones are taken, in the order of their names.
  default_subnet_ids = slice(
    [for pair in sort([for id, subnet in data.aws_subnet.existing : "${subnet.availability_zone} ${id}"]) : split(" ", pair)[1]],
    0, local.is_own || local.is_named ? 0 : min(var.zone_count, length(data.aws_subnet.existing)),
  )

  network = local.is_own ? {
    vpc_id            = module.network[0].vpc_id
    cidrs             = [var.vpc_cidr]
    public_subnet_ids = module.network[0].public_subnet_ids
    task_subnet_ids   = module.network[0].private_subnet_ids
    public_addresses  = false
    endpoints = var.egress != "endpoints" ? null : {
      security_group_id = module.network[0].endpoint_security_group_id
      s3_prefix_list_id = module.network[0].s3_prefix_list_id
    }
    } : {
    vpc_id            = data.aws_vpc.existing[0].id
    cidrs             = data.aws_vpc.existing[0].cidr_block_associations[*].cidr_block
    public_subnet_ids = local.is_named ? sort(local.named.public) : local.default_subnet_ids
    task_subnet_ids   = local.is_named ? sort(local.named.private) : local.default_subnet_ids
    public_addresses  = !local.is_named # its subnets have no other way to the image
    endpoints         = null
  }
}

module "network" {
  source = "./modules/network"
  count  = local.is_own ? 1 : 0

  name               = var.name
  cidr               = var.vpc_cidr
  zone_count         = var.zone_count
  egress             = var.egress
  bucket_arns        = var.sweep == null ? [] : [module.sweep[0].bucket_arn]
  kms_key_arn        = aws_kms_key.this.arn
  log_retention_days = var.log_retention_days
  tags               = local.tags
}

data "aws_vpcs" "existing" {
  count = local.is_own ? 0 : 1

  filter {
    name   = local.is_named ? "vpc-id" : "is-default"
    values = [try(var.network.vpc_id, "true")]
  }

  lifecycle {
    postcondition {
      condition     = length(self.ids) == 1
      error_message = local.is_named ? "network: there is no VPC \"${var.network.vpc_id}\" in ${var.aws_region}." : "network: ${var.aws_region} has no default VPC. Write network = \"own\" to have one made, or name one that exists."
    }
  }
}

data "aws_vpc" "existing" {
  count = length(data.aws_vpcs.existing)

  id = one(data.aws_vpcs.existing[0].ids)
}

data "aws_subnets" "existing" {
  count = length(data.aws_vpcs.existing)

  filter {
    name   = "vpc-id"
    values = data.aws_vpcs.existing[0].ids
  }

  dynamic "filter" {
    for_each = local.is_named ? [] : [true]

    content {
      name   = "default-for-az"
      values = ["true"]
    }
  }

  lifecycle {
    postcondition {
      condition     = length(setsubtract(setunion(local.named.public, local.named.private), self.ids)) == 0
      error_message = "network: ${join(", ", setsubtract(setunion(local.named.public, local.named.private), self.ids))} is no subnet of ${one(data.aws_vpcs.existing[0].ids)}."
    }

    postcondition {
      condition     = local.is_named || length(self.ids) >= var.zone_count
      error_message = "network: the default VPC has subnets in ${length(self.ids)} zones, and zone_count is ${var.zone_count}. Write network = \"own\", or make default subnets with aws ec2 create-default-subnet."
    }
  }
}

data "aws_subnet" "existing" {
  for_each = local.is_own ? toset([]) : local.is_named ? setunion(local.named.public, local.named.private) : toset(data.aws_subnets.existing[0].ids)

  id         = each.key
  depends_on = [data.aws_subnets.existing]
}
