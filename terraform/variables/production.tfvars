# For the world: a domain with HTTPS, CloudFront, the firewall, alarms, and three zones without a way to the internet.
# In the workspace production.
#
#   terraform workspace select -or-create production
#   terraform apply -var-file=variables/production.tfvars

name       = "attractor-production"
aws_region = "eu-central-1"
image      = "123456789012.dkr.ecr.eu-central-1.amazonaws.com/attractor:latest" # say whose account

network    = "own"
zone_count = 3
egress     = "endpoints"
cpu        = 2048
memory     = 4096
min_tasks  = 3
max_tasks  = 24
firewall   = true

domain_name = "orbits.example.org" # say whose domain
zone_id     = "Z0123456789ABCDEFGHIJ"

# For CloudFront; its certificates are in us-east-1 whatever the region of the rest. Leave it out to go without.
cdn_certificate_arn = "arn:aws:acm:us-east-1:123456789012:certificate/00000000-0000-0000-0000-000000000000"

alarm_topic_arns = ["arn:aws:sns:eu-central-1:123456789012:operators"]

budget = { dollars = 500, address = "operators@example.org" } # of the whole account
