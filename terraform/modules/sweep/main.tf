# Sweeps by AWS Batch on Fargate Spot: the children of an array job each compute a part of one. Nothing listens, and
# nothing stays on.

data "aws_region" "current" {}

module "task" {
  source = "../task"

  name               = var.name
  kind               = "sweep"
  vpc_id             = var.vpc_id
  endpoints          = var.endpoints
  repository_arn     = var.repository_arn
  kms_key_arn        = var.kms_key_arn
  log_retention_days = var.log_retention_days
  tags               = var.tags
}

module "results" {
  source = "../bucket"

  name           = "${var.name}-sweep"
  retention_days = null # for good
  force_destroy  = !var.deletion_protection
  tags           = var.tags
}

# What is there is read, what is missing written; nothing is deleted.
resource "aws_iam_role_policy" "results" {
  name = "keep-results"
  role = module.task.task_role_name
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Sid      = "List"
        Effect   = "Allow"
        Action   = "s3:ListBucket"
        Resource = module.results.arn
      },
      {
        Sid      = "Keep"
        Effect   = "Allow"
        Action   = ["s3:AbortMultipartUpload", "s3:GetObject", "s3:PutObject"]
        Resource = "${module.results.arn}/*"
      },
    ]
  })
}

resource "aws_batch_compute_environment" "this" {
  compute_environment_name = "${var.name}-sweep"
  type                     = "MANAGED" # by the role that Batch has in each account
  state                    = "ENABLED"
  tags                     = var.tags

  compute_resources {
    type               = "FARGATE_SPOT"
    max_vcpus          = var.max_cpus
    subnets            = var.subnet_ids
    security_group_ids = [module.task.security_group_id]
  }
}

resource "aws_batch_job_queue" "this" {
  name     = "${var.name}-sweep"
  state    = "ENABLED"
  priority = 1
  tags     = var.tags

  compute_environment_order {
    order               = 1
    compute_environment = aws_batch_compute_environment.this.arn
  }
}

resource "aws_batch_job_definition" "this" {
  name                  = "${var.name}-sweep"
  type                  = "container"
  platform_capabilities = ["FARGATE"]
  propagate_tags        = true
  tags                  = var.tags

  container_properties = jsonencode({
    image = var.image
    # Batch puts the parameters url and name in the place of Ref::; its arrays count from 0, parts from 1.
    command = [
      "sh", "-c",
      "exec python -m attractor sweep \"$1\" --out \"s3://${module.results.name}/$2\" --yes --part \"$((AWS_BATCH_JOB_ARRAY_INDEX + 1))/$${AWS_BATCH_JOB_ARRAY_SIZE:-1}\"",
      "sweep", "Ref::url", "Ref::name",
    ]
    jobRoleArn                   = module.task.task_role_arn
    executionRoleArn             = module.task.execution_role_arn
    user                         = "10001:10001"
    readonlyRootFilesystem       = true
    privileged                   = false
    linuxParameters              = { initProcessEnabled = true }
    fargatePlatformConfiguration = { platformVersion = "1.4.0" }
    runtimePlatform              = { operatingSystemFamily = "LINUX", cpuArchitecture = "X86_64" }
    networkConfiguration         = { assignPublicIp = var.public_addresses ? "ENABLED" : "DISABLED" }
    resourceRequirements         = [{ type = "VCPU", value = "1" }, { type = "MEMORY", value = "2048" }]
    environment                  = [{ name = "AWS_REGION", value = data.aws_region.current.name }]
    volumes                      = [{ name = "tmp" }]
    mountPoints                  = [{ sourceVolume = "tmp", containerPath = "/tmp", readOnly = false }]
    logConfiguration             = module.task.log_configuration
  })

  # Another start computes only what is missing, so Spot's interruptions cost little.
  retry_strategy {
    attempts = 10

    evaluate_on_exit { # what the API refuses is refused again
      on_exit_code = "3"
      action       = "EXIT"
    }
  }

  timeout {
    attempt_duration_seconds = var.hours * 3600
  }

  depends_on = [aws_iam_role_policy.results]
}
