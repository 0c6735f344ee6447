# The smallest way in: a cluster, an image and the account's default VPC, all there already. In the workspace default.
#
#   terraform init
#   terraform plan -var-file=variables/case_study.tfvars
#   terraform apply -var-file=variables/case_study.tfvars

aws_region   = "eu-central-1"
image        = "123456789012.dkr.ecr.eu-central-1.amazonaws.com/attractor:latest" # say whose account
cluster_name = "attractor"
allow_http   = true
