# The image. One in this region's ECR is looked up at plan: its tag becomes the digest that it names then.

locals {
  parts = regex("^(?P<repository>[^@]+?)(?::(?P<tag>[^:/@]+))?(?:@(?P<digest>sha256:[0-9a-f]{64}))?$", var.image)
  ecr   = one(regexall("^(?P<account>[0-9]{12})\\.dkr\\.ecr\\.(?P<region>[a-z0-9-]+)\\.amazonaws\\.com(?:\\.cn)?/(?P<name>.+)$", local.parts.repository))

  is_looked_up   = local.ecr != null && try(local.ecr.region == var.aws_region, false)
  image          = local.is_looked_up ? "${local.parts.repository}@${data.aws_ecr_image.named[0].image_digest}" : var.image
  repository_arn = local.ecr == null ? null : "arn:${data.aws_partition.current.partition}:ecr:${local.ecr.region}:${local.ecr.account}:repository/${local.ecr.name}"
}

data "aws_ecr_image" "named" {
  count = local.is_looked_up ? 1 : 0

  registry_id     = local.ecr.account
  repository_name = local.ecr.name
  image_tag       = local.parts.digest == null ? local.parts.tag : null
  image_digest    = local.parts.digest
}
