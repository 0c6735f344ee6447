Feature: Ports
  A rule opens one port and no range. Which ports there are depends on the domain: the others are skipped.

  Scenario Outline: What lets port <port> in lets in no other
    Given I have aws_vpc_security_group_ingress_rule defined
    When its from_port is <port>
    Then it must contain to_port
    And its value must be <port>

    Examples:
      | port |
      | 80   |
      | 443  |
      | 8000 |

  Scenario Outline: What lets port <port> out lets out no other
    Given I have aws_vpc_security_group_egress_rule defined
    When its from_port is <port>
    Then it must contain to_port
    And its value must be <port>

    Examples:
      | port |
      | 443  |
      | 8000 |
