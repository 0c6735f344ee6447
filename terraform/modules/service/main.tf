# The tasks: where they run, what runs in them, and how a new one takes the place of an old one.

locals {
  container   = "attractor"
  is_new      = var.cluster_name == null
  cluster_arn = one(concat(aws_ecs_cluster.this[*].arn, data.aws_ecs_cluster.existing[*].arn))
  cluster     = one(concat(aws_ecs_cluster.this[*].name, data.aws_ecs_cluster.existing[*].cluster_name))

  # Fargate holds the task to its CPU, not the container, whose cgroup therefore tells nothing of it.
  workers = max(1, floor(var.cpu / 1024))
}

resource "aws_ecs_cluster" "this" {
  count = local.is_new ? 1 : 0

  name = var.name
  tags = var.tags

  setting {
    name  = "containerInsights"
    value = "enabled"
  }
}

data "aws_ecs_cluster" "existing" {
  count = local.is_new ? 0 : 1

  cluster_name = var.cluster_name
}

resource "aws_ecs_task_definition" "this" {
  family                   = var.name
  requires_compatibilities = ["FARGATE"]
  network_mode             = "awsvpc"
  cpu                      = var.cpu
  memory                   = var.memory
  execution_role_arn       = aws_iam_role.execution.arn
  task_role_arn            = aws_iam_role.task.arn
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
    stopTimeout            = var.drain_seconds + 10 # what is left after the drain, to end in order
    linuxParameters        = { initProcessEnabled = true, capabilities = { add = [], drop = ["ALL"] } }
    portMappings           = [{ containerPort = var.container_port, hostPort = var.container_port, protocol = "tcp" }]
    mountPoints            = [{ sourceVolume = "tmp", containerPath = "/tmp", readOnly = false }]
    volumesFrom            = []
    systemControls         = []

    environment = [
      for name, value in merge({ ATTRACTOR_TRUSTED_PROXIES = join(",", var.trusted_proxies) }, var.settings, {
        HOST                                               = "0.0.0.0"
        PORT                                               = tostring(var.container_port)
        WORKERS                                            = tostring(local.workers)
        ATTRACTOR_DRAIN_SECONDS                            = tostring(var.drain_seconds)
        ATTRACTOR_KEEP_ALIVE_SECONDS                       = tostring(var.keep_alive_seconds)
      }) : { name = name, value = value }
    ]

    healthCheck = {
      command     = ["CMD", "python", "-m", "attractor", "health"]
      interval    = 10
      timeout     = 5
      retries     = 3
      startPeriod = 30
    }

    logConfiguration = {
      logDriver = "awslogs"
      options = {
        awslogs-group         = aws_cloudwatch_log_group.this.name
        awslogs-region        = local.region
        awslogs-stream-prefix = local.container
        mode                  = "non-blocking" # a slow log never holds an answer up
        max-buffer-size       = "4m"
      }
    }
  }])

  lifecycle {
    create_before_destroy = true # a rollback needs the revision that it goes back to
  }
}

resource "aws_cloudwatch_log_group" "this" {
  name              = "/${var.name}/service"
  retention_in_days = var.log_retention_days
  kms_key_id        = var.kms_key_arn
  tags              = var.tags
}

resource "aws_ecs_service" "this" {
  #checkov:skip=CKV_AWS_332:The platform is pinned, so that it changes in a commit and not by itself; 1.4.0 is the latest there is.
  name                              = var.name
  cluster                           = local.cluster_arn
  task_definition                   = aws_ecs_task_definition.this.arn
  desired_count                     = var.min_tasks
  launch_type                       = "FARGATE"
  platform_version                  = "1.4.0"
  enable_ecs_managed_tags           = true
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

  network_configuration {
    subnets          = var.subnet_ids
    security_groups  = [aws_security_group.this.id]
    assign_public_ip = false
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
  }

  depends_on = [
    aws_iam_role_policy.execution,
    aws_iam_role_policy.account_wide,
    aws_vpc_security_group_egress_rule.registry,
    aws_vpc_security_group_egress_rule.s3,
    aws_vpc_security_group_egress_rule.load_balancer,
    aws_vpc_security_group_ingress_rule.load_balancer,
  ]
}
