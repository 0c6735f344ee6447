@noskip @production
Feature: Firewall
  In production a firewall stands in front: rules that AWS maintains, and a limit on each address.

  Scenario: The firewall stands before CloudFront, where addresses are those that ask
    Given I have aws_wafv2_web_acl defined
    Then it must contain scope
    And its value must be CLOUDFRONT

  Scenario: The firewall counts by the address that asks
    Given I have aws_wafv2_web_acl defined
    Then it must contain rule
    And it must contain rate_based_statement
    And it must contain aggregate_key_type
    And its value must be IP

  Scenario: An address that asks too often is refused
    Given I have aws_wafv2_web_acl defined
    Then it must contain rule
    And it must contain rate_based_statement
    And it must contain limit
    And its value must be less and equal to 20000

  Scenario Outline: AWS's rules are in force: <rules>
    Given I have aws_wafv2_web_acl defined
    Then it must contain rule
    And it must contain managed_rule_group_statement
    And it must contain name
    And any of its values must match the "^<rules>$" regex

    Examples:
      | rules                                 |
      | AWSManagedRulesAmazonIpReputationList |
      | AWSManagedRulesKnownBadInputsRuleSet  |
      | AWSManagedRulesCommonRuleSet          |

  Scenario: The firewall refuses, and does not only count
    Given I have aws_wafv2_web_acl defined
    Then it must contain rule
    And it must contain override_action
    And it must not contain count
