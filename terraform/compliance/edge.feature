# @production is what a trial need not have: --tags="not production" leaves it out.
# @noskip fails where there is nothing that a rule could hold, which would else be passed over.
@noskip
Feature: Edge
  The load balancer passes on what is meant for the service, in production over TLS alone.

  Scenario: Headers that are not HTTP are dropped
    Given I have aws_lb defined
    Then it must contain drop_invalid_header_fields
    And its value must be true

  Scenario: The metrics are not for the world
    Given I have aws_lb_listener_rule defined
    When its name metadata is metrics
    Then it must contain condition
    And it must contain path_pattern
    And any of its values must match the "^/metrics$" regex
    And any of its values must match the "^/metrics/\*$" regex

  Scenario: Who asks for the metrics is told that there are none
    Given I have aws_lb_listener_rule defined
    When its name metadata is metrics
    Then it must contain action
    And it must contain fixed_response
    And it must contain status_code
    And its value must be 404

  Scenario: Metrics are refused before anything is passed on
    Given I have aws_lb_listener_rule defined
    When its name metadata is metrics
    Then it must contain priority
    And its value must be 1

  Scenario: A task answers requests once it is ready
    Given I have aws_lb_target_group defined
    Then it must contain health_check
    And it must contain path
    And its value must be /health/ready

  Scenario: A download under way has five minutes when its task is taken out
    Given I have aws_lb_target_group defined
    Then it must contain deregistration_delay
    And its value must be greater and equal to 300

  # Two values cannot be compared here. An answer is silent for less than 60 s, see the container's times.
  Scenario: A connection may be silent for longer than an answer is
    Given I have aws_lb defined
    Then it must contain idle_timeout
    And its value must be greater and equal to 60

  Scenario: A connection is closed by the load balancer, before the service does
    Given I have aws_lb defined
    Then it must contain idle_timeout
    And its value must be less and equal to 120

  @production
  Scenario: The load balancer is not deleted by mistake
    Given I have aws_lb defined
    Then it must contain enable_deletion_protection
    And its value must be true

  @production
  Scenario: HTTP is redirected
    Given I have aws_lb_listener defined
    When its protocol is HTTP
    Then it must contain default_action
    And it must contain type
    And its value must be redirect

  @production
  Scenario: TLS is 1.2 or 1.3
    Given I have aws_lb_listener defined
    When its protocol is HTTPS
    Then it must contain ssl_policy
    And its value must match the "^ELBSecurityPolicy-TLS13-1-[23]-" regex

  @production
  Scenario: CloudFront redirects HTTP to HTTPS
    Given I have aws_cloudfront_distribution defined
    Then it must contain default_cache_behavior
    And it must contain viewer_protocol_policy
    And its value must be redirect-to-https

  @production
  Scenario: CloudFront speaks TLS 1.2 at least
    Given I have aws_cloudfront_distribution defined
    Then it must contain viewer_certificate
    And it must contain minimum_protocol_version
    And its value must be TLSv1.2_2021

  @production
  Scenario: CloudFront speaks to the load balancer over TLS
    Given I have aws_cloudfront_distribution defined
    Then it must contain origin
    And it must contain origin_protocol_policy
    And its value must be https-only

  @production
  Scenario: CloudFront keeps no error
    Given I have aws_cloudfront_distribution defined
    Then it must contain custom_error_response
    And it must contain error_caching_min_ttl
    And its value must be 0

  @production
  Scenario: A request is let through by a header alone
    Given I have aws_lb_listener_rule defined
    When its name metadata is cdn
    Then it must contain condition
    And it must contain http_header
    And it must contain http_header_name
    And its value must be X-Attractor-Origin
