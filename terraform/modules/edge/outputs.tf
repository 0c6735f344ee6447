output "load_balancer_arn" {
  description = "The load balancer."
  value       = aws_lb.this.arn
}

output "load_balancer_suffix" {
  description = "The load balancer as CloudWatch's metrics name it."
  value       = aws_lb.this.arn_suffix
}

output "dns_name" {
  description = "The load balancer's own domain name, known once who may come in can."
  value       = aws_lb.this.dns_name
  depends_on = [
    aws_vpc_security_group_ingress_rule.world, aws_vpc_security_group_ingress_rule.cdn,
    aws_lb_listener_rule.world, aws_lb_listener_rule.cdn,
  ]
}

output "zone_id" {
  description = "Route 53's zone of that name, for an alias."
  value       = aws_lb.this.zone_id
}

output "security_group_id" {
  description = "Security group of the load balancer."
  value       = aws_security_group.this.id
}

output "target_group_arn" {
  description = "Where tasks are registered, known once a listener sends to it."
  value       = aws_lb_target_group.this.arn
  depends_on  = [aws_lb_listener_rule.world, aws_lb_listener_rule.cdn] # ECS refuses a target group without a load balancer
}

output "target_group_suffix" {
  description = "The target group as CloudWatch's metrics name it."
  value       = aws_lb_target_group.this.arn_suffix
}
