@noskip @bootstrap
Feature: Registry
  An image that has been pushed never changes, has been looked through for known holes, and is encrypted.

  Scenario: An image tag always means the same bits
    Given I have aws_ecr_repository defined
    Then it must contain image_tag_mutability
    And its value must be IMMUTABLE

  Scenario: An image is scanned when it is pushed
    Given I have aws_ecr_repository defined
    Then it must contain image_scanning_configuration
    And it must contain scan_on_push
    And its value must be true

  Scenario: Images are encrypted with a key of our own
    Given I have aws_ecr_repository defined
    Then it must contain encryption_configuration
    And it must contain encryption_type
    And its value must be KMS

  Scenario: Images that nobody can roll back to are deleted
    Given I have aws_ecr_repository defined
    Then it must have aws_ecr_lifecycle_policy

  Scenario: The key is changed every year
    Given I have aws_kms_key defined
    Then it must contain enable_key_rotation
    And its value must be true
