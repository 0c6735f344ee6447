@noskip
Feature: Access
  Whoever may do something may do no more than it must, to what it is named for.

  Scenario: A policy names each call that it allows
    Given I have aws_iam_role_policy defined
    Then it must contain policy
    And it must contain Action
    And its value must match the "^[a-z0-9-]+:[A-Za-z]+$" regex

  Scenario: A policy says what is allowed, never what is not
    Given I have aws_iam_role_policy defined
    Then it must contain policy
    And it must not contain NotAction
    And it must not contain NotResource

  @exclude_.*aws_iam_role_policy\.account_wide
  Scenario: A policy names the resources that it is for
    Given I have aws_iam_role_policy defined
    Then it must contain policy
    And it must contain Resource
    And its value must match the "^arn:aws[a-z-]*:(s3:::|[a-z0-9-]+:[a-z0-9-]*:[0-9]{12}:)[^*]+([/:]\*)?$" regex

  Scenario: Account-wide are only the calls that know no resource
    Given I have aws_iam_role_policy defined
    When its name metadata is account_wide
    Then it must contain policy
    And it must contain Action
    And its value must match the "^ecr:GetAuthorizationToken$" regex

  Scenario: A role is taken under conditions alone
    Given I have aws_iam_role defined
    Then it must contain assume_role_policy
    And it must contain Statement
    And it must contain Condition

  Scenario: A role is taken by somebody with a name
    Given I have aws_iam_role defined
    Then it must contain assume_role_policy
    And it must contain Principal
    And its value must not match the "^\*$" regex

  Scenario: The key is used by somebody with a name
    Given I have aws_kms_key defined
    Then it must contain policy
    And it must contain Principal
    And its value must not match the "^\*$" regex
