@noskip
Feature: Tags
  Whatever costs or can break says what it belongs to and who made it.

  Scenario: Everything says which project it belongs to
    Given I have resource that supports tags defined
    Then it must contain tags
    And it must contain Project
    And its value must match the "^.+$" regex

  Scenario: Everything says that Terraform manages it
    Given I have resource that supports tags defined
    Then it must contain tags
    And it must contain ManagedBy
    And its value must be terraform
