# For trying out, below 40 dollars a month: plain HTTP, and one task on Spot, which AWS may stop with two minutes' notice;
# then nothing answers until the next has started. In the workspace trial, with a cluster of its own.
#
#   terraform workspace select -or-create trial
#   terraform apply -var-file=variables/trial.tfvars

name       = "attractor-trial"
aws_region = "eu-central-1"
image      = "123456789012.dkr.ecr.eu-central-1.amazonaws.com/attractor:latest" # say whose account
allow_http = true

cpu       = 512
memory    = 1024
spot      = true
min_tasks = 1
max_tasks = 2

deletion_protection = false

# What one anonymous request may cost at most: 16 MB of records, 0.2 cents.
settings = {
  ATTRACTOR_MAX_BINARY_RECORDS  = "1000000"
  ATTRACTOR_MAX_PARQUET_RECORDS = "1000000"
  ATTRACTOR_MAX_TEXT_RECORDS    = "100000"
}
