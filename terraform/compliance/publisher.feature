@noskip @bootstrap
Feature: Publisher
  One repository of GitHub pushes images, from one place of it, and may do nothing else; it applies where people agree.

  Scenario: One repository and one branch of GitHub publish
    Given I have aws_iam_role defined
    When its address metadata has ".*publisher" regex
    Then it must contain assume_role_policy
    And it must contain StringEquals
    And it must contain token.actions.githubusercontent.com:sub
    And its value must match the "^repo:[^*/:]+/[^*/:]+:(ref:refs/(heads|tags)/|environment:)[^*]+$" regex

  Scenario: GitHub's tokens are for AWS
    Given I have aws_iam_role defined
    When its address metadata has ".*publisher" regex
    Then it must contain assume_role_policy
    And it must contain StringEquals
    And it must contain token.actions.githubusercontent.com:aud
    And its value must be sts.amazonaws.com

  Scenario: Nobody is trusted by a pattern
    Given I have aws_iam_role defined
    When its address metadata has ".*publisher" regex
    Then it must contain assume_role_policy
    And it must not contain StringLike

  Scenario: Who publishes may push and nothing else
    Given I have aws_iam_role_policy defined
    When its address metadata does not have ".*deployer" regex
    Then it must contain policy
    And it must contain Action
    And its value must match the "^ecr:(GetAuthorizationToken|Batch(CheckLayerAvailability|GetImage)|(Complete|Initiate)LayerUpload|DescribeImages|GetDownloadUrlForLayer|PutImage|UploadLayerPart)$" regex

  Scenario: A stack is applied from an environment, whose reviewers agree first
    Given I have aws_iam_role defined
    When its address metadata has ".*deployer" regex
    Then it must contain assume_role_policy
    And it must contain StringEquals
    And it must contain token.actions.githubusercontent.com:sub
    And its value must match the "^repo:[^*/:]+/[^*/:]+:environment:[^*]+$" regex

  Scenario: Who applies changes the roles of its stack and no others
    Given I have aws_iam_role_policy defined
    When its address metadata has ".*deployer" regex
    Then it must contain policy
    And it must contain Resource
    And its value must match the "^arn:aws[a-z-]*:iam::[0-9]{12}:role/[a-z0-9-]+-(execution|flow|task)-[a-z0-9-]+$" regex
