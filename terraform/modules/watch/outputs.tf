output "dashboard_name" {
  description = "The dashboard."
  value       = aws_cloudwatch_dashboard.this.dashboard_name
}

output "alarm_names" {
  description = "The alarms."
  value       = values(aws_cloudwatch_metric_alarm.this)[*].alarm_name
}
