output "queue" {
  description = "The job queue."
  value       = aws_batch_job_queue.this.name
}

output "job_definition" {
  description = "The job definition: with the parameters url and name, and the number of parts as size of the array."
  value       = aws_batch_job_definition.this.name
}

output "bucket" {
  description = "The bucket that holds what sweeps compute."
  value       = module.results.name
}

output "bucket_arn" {
  description = "Its ARN, which a plan knows."
  value       = module.results.arn
}

output "log_group" {
  description = "Where parts log to."
  value       = module.task.log_group
}
