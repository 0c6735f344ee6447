Feature: Logs
  Logs are kept for a year, encrypted, and nothing that lets requests in goes without one.

  @noskip @production
  Scenario: Logs are kept for a year at least
    Given I have aws_cloudwatch_log_group defined
    Then it must contain retention_in_days
    And its value must be greater and equal to 365

  # A plan that makes the key too knows nothing of its ARN and is skipped; one that leaves the key out says null.
  Scenario: Logs are encrypted with a key of our own
    Given I have aws_cloudwatch_log_group defined
    When it has kms_key_id
    Then it must contain kms_key_id
    And its value must match the "^arn:aws[a-z-]*:kms:" regex

  @noskip
  Scenario: The load balancer logs every request
    Given I have aws_lb defined
    Then it must contain access_logs
    And it must contain enabled
    And its value must be true

  @noskip @production
  Scenario: What the network refuses is logged
    Given I have aws_vpc defined
    Then it must have aws_flow_log
    And it must contain traffic_type
    And its value must match the "^(REJECT|ALL)$" regex

  @noskip @production
  Scenario: The cluster measures its containers
    Given I have aws_ecs_cluster defined
    Then it must contain setting
    And it must contain value
    And its value must match the "^(enabled|enhanced)$" regex

  @noskip @production
  Scenario: CloudFront logs every request
    Given I have aws_cloudfront_distribution defined
    Then it must contain logging_config

  @noskip @production
  Scenario: What the firewall refuses is logged
    Given I have aws_wafv2_web_acl defined
    Then it must have aws_wafv2_web_acl_logging_configuration

  @noskip @production
  Scenario: An alarm reaches somebody
    Given I have aws_cloudwatch_metric_alarm defined
    Then it must contain alarm_actions
    And its value must match the "^arn:aws[a-z-]*:sns:" regex
