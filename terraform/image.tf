# The images: the service's, and beside it in the same repository that of sweeps. What is in this region's ECR is looked
# up at plan: a tag becomes the digest that it names then.

locals {
  parts = regex("^(?P<repository>[^@]+?)(?::(?P<tag>[^:/@]+))?(?:@(?P<digest>sha256:[0-9a-f]{64}))?$", var.image)
  ecr   = one(regexall("^(?P<account>[0-9]{12})\\.dkr\\.ecr\\.(?P<region>[a-z0-9-]+)\\.amazonaws\\.com(?:\\.cn)?/(?P<name>.+)$", local.parts.repository))

  asked_images = merge(
    { service = { reference = var.image, tag = local.parts.tag, digest = local.parts.digest } },
    var.sweep == null ? {} : { sweep = { reference = "${local.parts.repository}:${var.sweep.tag}", tag = var.sweep.tag, digest = null } },
  )
  is_looked_up   = local.ecr != null && try(local.ecr.region == var.aws_region, false)
  images         = { for use, asked in local.asked_images : use => local.is_looked_up ? "${local.parts.repository}@${data.aws_ecr_image.named[use].image_digest}" : asked.reference }
  repository_arn = local.ecr == null ? null : "arn:${data.aws_partition.current.partition}:ecr:${local.ecr.region}:${local.ecr.account}:repository/${local.ecr.name}"
}

data "aws_ecr_image" "named" {
  for_each = local.is_looked_up ? local.asked_images : {}

  registry_id     = local.ecr.account
  repository_name = local.ecr.name
  image_tag       = each.value.digest == null ? each.value.tag : null
  image_digest    = each.value.digest
}
