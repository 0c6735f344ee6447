# What tells an operator that something is wrong, and the picture to look at then.

data "aws_region" "current" {}

locals {
  balancer = { LoadBalancer = var.load_balancer_suffix }
  targets  = { LoadBalancer = var.load_balancer_suffix, TargetGroup = var.target_group_suffix }
  service  = { ClusterName = var.cluster_name, ServiceName = var.service_name }

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
      says       = "One answer in a hundred takes more than ${var.latency_seconds} s to begin"
      metric     = ["AWS/ApplicationELB", "TargetResponseTime"]
      dimensions = local.balancer
      statistic  = "p99"
      threshold  = var.latency_seconds
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
  comparison_operator = "GreaterThanThreshold"
  threshold           = each.value.threshold
  period              = 60
  evaluation_periods  = 5
  datapoints_to_alarm = 3
  treat_missing_data  = "notBreaching" # without requests there is no metric
  alarm_actions       = var.topic_arns
  ok_actions          = var.topic_arns
  tags                = var.tags
}

resource "aws_cloudwatch_dashboard" "this" {
  dashboard_name = var.name
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
          region = data.aws_region.current.name
          metrics = [
            for metric in widget[2] : concat([metric[0], metric[1]], flatten([for name, value in metric[2] : [name, value]]))
          ]
        }
      }
    ]
  })
}
