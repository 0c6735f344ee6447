# The tasks: where they run, what runs in them, and how a new one takes the place of an old one.

locals {
  container = "attractor"

  # Fargate holds the task to its CPU, not the container, whose cgroup therefore tells nothing of it.
  workers = max(1, floor(var.cpu / 1024))

  # Whom requests count for.
  client = merge(
    { ATTRACTOR_TRUSTED_PROXIES = join(",", var.trusted_proxies) },
    var.client_address_header == null ? {} : { ATTRACTOR_CLIENT_ADDRESS_HEADER = var.client_address_header },
  )
}

data "aws_region" "current" {}

module "task" {
  source = "../task"

  name               = var.name
  kind               = "service"
  vpc_id             = var.vpc_id
  endpoints          = var.endpoints
  repository_arn     = var.repository_arn
  kms_key_arn        = var.kms_key_arn
  log_retention_days = var.log_retention_days
  tags               = var.tags
}

resource "aws_ecs_task_definition" "this" {
  family                   = var.name
  requires_compatibilities = ["FARGATE"]
  network_mode             = "awsvpc"
  cpu                      = var.cpu
  memory                   = var.memory
  execution_role_arn       = module.task.execution_role_arn
  task_role_arn            = module.task.task_role_arn # which has no policy: the service does nothing in AWS
  skip_destroy             = true                      # a rollback needs the revision that it goes back to
  tags                     = var.tags

  runtime_platform {
    operating_system_family = "LINUX"
    cpu_architecture        = var.architecture
  }

  volume {
    name = "tmp"
  }

  container_definitions = jsonencode([{
    name                   = local.container
    image                  = var.image
    essential              = true
    cpu                    = var.cpu
    memory                 = var.memory
    user                   = "10001:10001"
    readonlyRootFilesystem = true
    privileged             = false
    stopTimeout            = var.times.stop
    linuxParameters        = { initProcessEnabled = true, capabilities = { add = [], drop = ["ALL"] } }
    portMappings           = [{ containerPort = var.container_port, hostPort = var.container_port, protocol = "tcp" }]
    mountPoints            = [{ sourceVolume = "tmp", containerPath = "/tmp", readOnly = false }]
    volumesFrom            = []
    systemControls         = []

    environment = [
      for name, value in merge(local.client, var.settings, {
        HOST                         = "0.0.0.0"
        PORT                         = tostring(var.container_port)
        WORKERS                      = tostring(local.workers)
        ATTRACTOR_DRAIN_SECONDS      = tostring(var.times.drain)
        ATTRACTOR_KEEP_ALIVE_SECONDS = tostring(var.times.keep_alive)
        ATTRACTOR_MAX_SECONDS        = tostring(var.times.max)
      }) : { name = name, value = value }
    ]

    healthCheck = {
      command     = ["CMD", "python", "-m", "attractor", "health"]
      interval    = 10
      timeout     = 5
      retries     = 3
      startPeriod = 30
    }

    logConfiguration = merge(module.task.log_configuration, {
      options = merge(module.task.log_configuration.options, {
        mode            = "non-blocking" # a slow log never holds an answer up
        max-buffer-size = "4m"
      })
    })
  }])
}

resource "aws_ecs_service" "this" {
  #checkov:skip=CKV_AWS_333:In the default VPC a public address is the only way to the image; nobody but the load balancer is let in, and terraform/compliance holds production to none.
  #checkov:skip=CKV_AWS_332:The platform is pinned, so that it changes in a commit and not by itself; 1.4.0 is the latest there is.
  name                              = var.name
  cluster                           = var.cluster_arn
  task_definition                   = aws_ecs_task_definition.this.arn
  desired_count                     = var.min_tasks
  launch_type                       = var.spot ? null : "FARGATE"
  platform_version                  = "1.4.0"
  enable_ecs_managed_tags           = true
  enable_execute_command            = false
  propagate_tags                    = "SERVICE"
  availability_zone_rebalancing     = "ENABLED"
  health_check_grace_period_seconds = 60
  wait_for_steady_state             = true # an apply that says done means it
  tags                              = var.tags

  deployment_minimum_healthy_percent = 100
  deployment_maximum_percent         = 200

  deployment_circuit_breaker {
    enable   = true
    rollback = true
  }

  alarms { # tasks that become healthy and then answer with errors
    alarm_names = [var.release_alarm_name]
    enable      = true
    rollback    = true
  }

  dynamic "capacity_provider_strategy" {
    for_each = var.spot ? ["FARGATE_SPOT"] : []

    content {
      capacity_provider = capacity_provider_strategy.value
      weight            = 1
    }
  }

  network_configuration {
    subnets          = var.subnet_ids
    security_groups  = [module.task.security_group_id]
    assign_public_ip = var.public_addresses
  }

  load_balancer {
    target_group_arn = var.target_group_arn
    container_name   = local.container
    container_port   = var.container_port
  }

  timeouts {
    create = "15m"
    update = "15m"
  }

  lifecycle {
    ignore_changes = [desired_count] # it is the scaling's from then on

    # ECS waits until the service is steady, and a service that was rolled back is.
    postcondition {
      condition     = self.task_definition == aws_ecs_task_definition.this.arn
      error_message = "The release failed and was rolled back: ${self.task_definition} goes on answering. Look at aws ecs describe-services --region ${data.aws_region.current.name} --cluster ${var.cluster_name} --services ${var.name} --query services[0].events and at aws logs tail --region ${data.aws_region.current.name} ${module.task.log_group}; mend the image or the settings, and apply again."
    }
  }

  depends_on = [
    aws_vpc_security_group_egress_rule.load_balancer,
    aws_vpc_security_group_ingress_rule.load_balancer,
  ]
}
