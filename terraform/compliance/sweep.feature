# @sweep is of a stack with `sweep`, which else has nothing of it.
@noskip @sweep
Feature: Sweep
  Parts of sweeps are computed by what is not root, on Spot, within a bound, and can do nothing but keep their results.

  Scenario: Nothing is computed but on Fargate Spot, which stays on for nobody
    Given I have aws_batch_compute_environment defined
    Then it must contain compute_resources
    And it must contain type
    And its value must be FARGATE_SPOT

  Scenario: There is a bound to how many parts are computed at once
    Given I have aws_batch_compute_environment defined
    Then it must contain compute_resources
    And it must contain max_vcpus
    And its value must be less and equal to 1000

  Scenario: There is a bound to how long a part is computed
    Given I have aws_batch_job_definition defined
    Then it must contain timeout
    And it must contain attempt_duration_seconds
    And its value must be less and equal to 86400

  Scenario: A part that Spot interrupts goes on
    Given I have aws_batch_job_definition defined
    Then it must contain retry_strategy
    And it must contain attempts
    And its value must be greater than 1

  Scenario: The root file system of a part is read-only
    Given I have aws_batch_job_definition defined
    Then it must contain container_properties
    And it must contain readonlyRootFilesystem
    And its value must be true

  Scenario: The user of a part is not root
    Given I have aws_batch_job_definition defined
    Then it must contain container_properties
    And it must contain user
    And its value must match the "^[1-9][0-9]*:[1-9][0-9]*$" regex

  Scenario: The container of a part is not privileged
    Given I have aws_batch_job_definition defined
    Then it must contain container_properties
    And it must contain privileged
    And its value must be false

  Scenario: The image of sweeps is named by what it holds
    Given I have aws_batch_job_definition defined
    Then it must contain container_properties
    And it must contain image
    And its value must match the "^.+@sha256:[0-9a-f]{64}$" regex

  Scenario: What a part says goes to CloudWatch
    Given I have aws_batch_job_definition defined
    Then it must contain container_properties
    And it must contain logConfiguration
    And it must contain logDriver
    And its value must be awslogs

  Scenario: A part may list, read and write, and delete nothing
    Given I have aws_iam_role_policy defined
    When its name metadata is results
    Then it must contain policy
    And it must contain Action
    And its value must match the "^s3:(ListBucket|GetObject|PutObject|AbortMultipartUpload)$" regex

  Scenario: A part keeps its results in the bucket of sweeps and in no other
    Given I have aws_iam_role_policy defined
    When its name metadata is results
    Then it must contain policy
    And it must contain Resource
    And its value must match the "^arn:aws[a-z-]*:s3:::[a-z0-9-]+-sweep-[a-z0-9-]+-[0-9]{12}(/\*)?$" regex

  Scenario: A budget tells what sweeps cost
    Given I have aws_budgets_budget defined
    When its index metadata is sweep
    Then it must contain notification
    And it must contain subscriber_email_addresses
    And its value must match the "^[^@ ]+@[^@ ]+$" regex
