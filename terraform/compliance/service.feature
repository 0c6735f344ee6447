@noskip
Feature: Service
  Tasks run where nobody reaches them but the load balancer, two at least, and a release that fails is undone.

  @production
  Scenario: A task has no public address
    Given I have aws_ecs_service defined
    Then it must contain network_configuration
    And it must contain assign_public_ip
    And its value must be false

  Scenario: A release that fails is noticed
    Given I have aws_ecs_service defined
    Then it must contain deployment_circuit_breaker
    And it must contain enable
    And its value must be true

  Scenario: A release that fails is undone
    Given I have aws_ecs_service defined
    Then it must contain deployment_circuit_breaker
    And it must contain rollback
    And its value must be true

  Scenario: A release that answers with errors is undone
    Given I have aws_ecs_service defined
    Then it must contain alarms
    And it must contain rollback
    And its value must be true

  Scenario: Nobody opens a shell in a task
    Given I have aws_ecs_service defined
    Then it must contain enable_execute_command
    And its value must be false

  Scenario: A release takes no task away before another stands in for it
    Given I have aws_ecs_service defined
    Then it must contain deployment_minimum_healthy_percent
    And its value must be greater and equal to 100

  Scenario: The platform changes only when we say so
    Given I have aws_ecs_service defined
    Then it must contain platform_version
    And its value must match the "^[0-9]+\.[0-9]+\.[0-9]+$" regex

  @production
  Scenario: Two tasks start at least
    Given I have aws_ecs_service defined
    Then it must contain desired_count
    And its value must be greater than 1

  @production
  Scenario: Two tasks always run
    Given I have aws_appautoscaling_target defined
    Then it must contain min_capacity
    And its value must be greater than 1

  # Two values cannot be compared here; that max_tasks is at least min_tasks is a validation in variables.tf.
  @production
  Scenario: There is room for more tasks
    Given I have aws_appautoscaling_target defined
    Then it must contain max_capacity
    And its value must be greater and equal to 6
