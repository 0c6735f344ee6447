@noskip
Feature: Container
  What runs is not root, writes to no disk but /tmp, may ask nothing of the kernel, and ends in order.

  Scenario: The root file system is read-only
    Given I have aws_ecs_task_definition defined
    Then it must contain container_definitions
    And it must contain readonlyRootFilesystem
    And its value must be true

  Scenario: The user is not root
    Given I have aws_ecs_task_definition defined
    Then it must contain container_definitions
    And it must contain user
    And its value must match the "^[1-9][0-9]*:[1-9][0-9]*$" regex

  Scenario: The container is not privileged
    Given I have aws_ecs_task_definition defined
    Then it must contain container_definitions
    And it must contain privileged
    And its value must be false

  Scenario: Every capability is dropped
    Given I have aws_ecs_task_definition defined
    Then it must contain container_definitions
    And it must contain capabilities
    And it must contain drop
    And its value must be ALL

  Scenario: No capability is added
    Given I have aws_ecs_task_definition defined
    Then it must contain container_definitions
    And it must contain capabilities
    And it must not contain add

  Scenario: The container says whether it is well
    Given I have aws_ecs_task_definition defined
    Then it must contain container_definitions
    And it must contain healthCheck
    And it must contain command
    And any of its values must match the "^health$" regex

  Scenario: What the container says goes to CloudWatch
    Given I have aws_ecs_task_definition defined
    Then it must contain container_definitions
    And it must contain logConfiguration
    And it must contain logDriver
    And its value must be awslogs

  # Two values cannot be compared here: the drain is at most 20 s, and the time to stop is more.
  Scenario: A task that is told to stop drains for 20 seconds at most
    Given I have aws_ecs_task_definition defined
    Then it must contain container_definitions
    And it must contain environment
    When its name is ATTRACTOR_DRAIN_SECONDS
    Then it must contain value
    And its value must be less and equal to 20

  Scenario: Not everybody is believed who says for whom it asks
    Given I have aws_ecs_task_definition defined
    Then it must contain container_definitions
    And it must contain environment
    When its name is ATTRACTOR_TRUSTED_PROXIES
    Then it must contain value
    And its value must match the "^(?!.*/[0-7](,|$))[0-9./]+(,[0-9./]+)*$" regex

  Scenario: A task is not killed while it drains
    Given I have aws_ecs_task_definition defined
    Then it must contain container_definitions
    And it must contain stopTimeout
    And its value must be greater than 20

  Scenario: A task is not killed by Fargate before it ends
    Given I have aws_ecs_task_definition defined
    Then it must contain container_definitions
    And it must contain stopTimeout
    And its value must be less and equal to 120

  Scenario: An answer is silent for less than a minute
    Given I have aws_ecs_task_definition defined
    Then it must contain container_definitions
    And it must contain environment
    When its name is ATTRACTOR_MAX_SECONDS
    Then it must contain value
    And its value must be less and equal to 29

  Scenario: The service keeps a connection for longer than the load balancer
    Given I have aws_ecs_task_definition defined
    Then it must contain container_definitions
    And it must contain environment
    When its name is ATTRACTOR_KEEP_ALIVE_SECONDS
    Then it must contain value
    And its value must be greater than 120

  Scenario: An image is named by what it holds
    Given I have aws_ecs_task_definition defined
    Then it must contain container_definitions
    And it must contain image
    And its value must match the "^.+@sha256:[0-9a-f]{64}$" regex

  @production
  Scenario: The service is told for whom CloudFront asks
    Given I have aws_ecs_task_definition defined
    Then it must contain container_definitions
    And it must contain environment
    When its name is ATTRACTOR_CLIENT_ADDRESS_HEADER
    Then it must contain value
    And its value must be CloudFront-Viewer-Address
