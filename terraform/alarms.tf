# What tells an operator that something is wrong, and the picture to look at then.

locals {
  balancer = { LoadBalancer = module.edge.load_balancer_suffix }
  targets  = { LoadBalancer = module.edge.load_balancer_suffix, TargetGroup = module.edge.target_group_suffix }
  service  = { ClusterName = local.cluster_name, ServiceName = module.service.service_name }

  alarms = {
    errors = {
      says       = "Answers with status 5xx: more than five a minute"
      metric     = ["AWS/ApplicationELB", "HTTPCode_Target_5XX_Count"]
      dimensions = local.balancer
      statistic  = "Sum"
      threshold  = 5
    }
    unanswered = {
      says       = "The load balancer itself answered 5xx: no task did"
      metric     = ["AWS/ApplicationELB", "HTTPCode_ELB_5XX_Count"]
      dimensions = local.balancer
      statistic  = "Sum"
      threshold  = 5
    }
    latency = {
      says       = "One answer in a hundred takes more than ${var.latency_alarm_seconds} s to begin"
      metric     = ["AWS/ApplicationELB", "TargetResponseTime"]
      dimensions = local.balancer
      statistic  = "p99"
      threshold  = var.latency_alarm_seconds
    }
    unhealthy = {
      says       = "A task fails its health check"
      metric     = ["AWS/ApplicationELB", "UnHealthyHostCount"]
      dimensions = local.targets
      statistic  = "Maximum"
      threshold  = 0
    }
    cpu = {
      says       = "Tasks are short of CPU although scaling had its time"
      metric     = ["AWS/ECS", "CPUUtilization"]
      dimensions = local.service
      statistic  = "Average"
      threshold  = 90
    }
    memory = {
      says       = "Tasks are short of memory"
      metric     = ["AWS/ECS", "MemoryUtilization"]
      dimensions = local.service
      statistic  = "Maximum"
      threshold  = 85
    }
    healthy = {
      says       = "Fewer tasks are healthy than always should be, or none is"
      metric     = ["AWS/ApplicationELB", "HealthyHostCount"]
      dimensions = local.targets
      statistic  = "Minimum"
      threshold  = var.min_tasks
      below      = true
    }
    bytes = {
      says       = "More than ${var.bytes_alarm_gigabytes} GB within an hour went through the load balancer"
      metric     = ["AWS/ApplicationELB", "ProcessedBytes"]
      dimensions = local.balancer
      statistic  = "Sum"
      threshold  = var.bytes_alarm_gigabytes * 1000000000
      hour       = true
    }
  }
}

resource "aws_cloudwatch_metric_alarm" "this" {
  for_each = local.alarms

  alarm_name          = "${var.name}-${each.key}"
  alarm_description   = each.value.says
  namespace           = each.value.metric[0]
  metric_name         = each.value.metric[1]
  dimensions          = each.value.dimensions
  statistic           = each.value.statistic == "p99" ? null : each.value.statistic
  extended_statistic  = each.value.statistic == "p99" ? "p99" : null
  comparison_operator = can(each.value.below) ? "LessThanThreshold" : "GreaterThanThreshold"
  threshold           = each.value.threshold
  period              = can(each.value.hour) ? 3600 : 60
  evaluation_periods  = can(each.value.hour) ? 1 : 5
  datapoints_to_alarm = can(each.value.hour) ? 1 : 3
  treat_missing_data  = can(each.value.below) ? "breaching" : "notBreaching" # without requests there is no metric, without targets neither
  alarm_actions       = var.alarm_topic_arns
  ok_actions          = var.alarm_topic_arns
  tags                = local.tags
}

# What undoes a release: within a minute, by errors alone, for an honest analysis may take long.
resource "aws_cloudwatch_metric_alarm" "release" {
  alarm_name          = "${var.name}-release"
  alarm_description   = "More than twenty answers within a minute have status 5xx; a release under way is undone"
  namespace           = "AWS/ApplicationELB"
  metric_name         = "HTTPCode_Target_5XX_Count"
  dimensions          = local.targets
  statistic           = "Sum"
  comparison_operator = "GreaterThanThreshold"
  threshold           = 20
  period              = 60
  evaluation_periods  = 1
  treat_missing_data  = "notBreaching"
  alarm_actions       = var.alarm_topic_arns
  ok_actions          = var.alarm_topic_arns
  tags                = local.tags
}

resource "aws_cloudwatch_dashboard" "this" {
  dashboard_name = "${var.name}-${var.aws_region}" # its name is for the whole account
  dashboard_body = jsonencode({
    widgets = [
      for index, widget in [
        ["Requests a minute", "Sum", [["AWS/ApplicationELB", "RequestCount", local.balancer]]],
        ["Errors a minute", "Sum", [
          ["AWS/ApplicationELB", "HTTPCode_Target_4XX_Count", local.balancer],
          ["AWS/ApplicationELB", "HTTPCode_Target_5XX_Count", local.balancer],
          ["AWS/ApplicationELB", "HTTPCode_ELB_5XX_Count", local.balancer],
        ]],
        ["Seconds to the first byte, p99", "p99", [["AWS/ApplicationELB", "TargetResponseTime", local.balancer]]],
        ["Tasks", "Maximum", [
          ["AWS/ApplicationELB", "HealthyHostCount", local.targets],
          ["AWS/ApplicationELB", "UnHealthyHostCount", local.targets],
        ]],
        ["CPU, %", "Average", [["AWS/ECS", "CPUUtilization", local.service]]],
        ["Memory, %", "Maximum", [["AWS/ECS", "MemoryUtilization", local.service]]],
        ] : {
        type   = "metric"
        x      = 12 * (index % 2)
        y      = 6 * floor(index / 2)
        width  = 12
        height = 6
        properties = {
          title  = widget[0]
          stat   = widget[1]
          period = 60
          region = var.aws_region
          metrics = [
            for metric in widget[2] : concat([metric[0], metric[1]], flatten([for name, value in metric[2] : [name, value]]))
          ]
        }
      }
    ]
  })
}

locals {
  budgets = merge(
    var.budget == null ? {} : { account = { suffix = "", services = [], of = var.budget } },
    # Batch itself costs nothing. What Fargate costs is ECS's, the service's tasks and all.
    var.sweep == null ? {} : { sweep = { suffix = "-sweep", services = ["Amazon Elastic Container Service"], of = var.sweep.budget } },
  )
}

resource "aws_budgets_budget" "this" {
  for_each = local.budgets

  name         = "${var.name}${each.value.suffix}-${var.aws_region}" # of the account: it has no region
  budget_type  = "COST"
  time_unit    = "MONTHLY"
  limit_amount = each.value.of.dollars
  limit_unit   = "USD"
  tags         = local.tags

  dynamic "cost_filter" {
    for_each = each.value.services[*]

    content {
      name   = "Service"
      values = [cost_filter.value]
    }
  }

  dynamic "notification" {
    for_each = { ACTUAL = 80, FORECASTED = 100 }

    content {
      notification_type          = notification.key
      threshold                  = notification.value
      threshold_type             = "PERCENTAGE"
      comparison_operator        = "GREATER_THAN"
      subscriber_email_addresses = [each.value.of.address]
    }
  }
}
