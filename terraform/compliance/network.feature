@noskip
Feature: Network
  The world reaches the load balancer and nothing else, and tasks reach next to nothing.

  Scenario: A security group says in rules of their own what it opens
    Given I have aws_security_group defined
    Then it must not contain ingress
    And it must not contain egress

  @production
  Scenario: The security group of the VPC itself opens nothing
    Given I have aws_default_security_group defined
    Then it must not contain ingress
    And it must not contain egress

  Scenario: Nothing comes in but to the ports of HTTP, HTTPS and a task
    Given I have aws_vpc_security_group_ingress_rule defined
    Then it must contain from_port
    And its value must match the "^(80|443|8000)$" regex

  Scenario: Nothing comes in by another protocol than TCP
    Given I have aws_vpc_security_group_ingress_rule defined
    Then it must contain ip_protocol
    And its value must be tcp

  # A rule has exactly one source: without these three it is a security group.
  Scenario Outline: A task is reached from a security group, not from <source>
    Given I have aws_vpc_security_group_ingress_rule defined
    When its from_port is 8000
    Then it must contain <source>
    And its value must be null

    Examples:
      | source         |
      | cidr_ipv4      |
      | cidr_ipv6      |
      | prefix_list_id |

  Scenario: Nothing goes out but to the ports of HTTPS and a task
    Given I have aws_vpc_security_group_egress_rule defined
    Then it must contain from_port
    And its value must match the "^(443|8000)$" regex

  Scenario: Nothing goes out by another protocol than TCP
    Given I have aws_vpc_security_group_egress_rule defined
    Then it must contain ip_protocol
    And its value must be tcp

  @production
  Scenario: No subnet gives out a public address
    Given I have aws_subnet defined
    Then it must contain map_public_ip_on_launch
    And its value must be false

  @production
  Scenario: Tasks are spread over two zones at least
    Given I have aws_subnet defined
    When its name metadata is private
    And I count them
    Then I expect the result is greater than 1

  @production
  Scenario Outline: The load balancer is reached from CloudFront, not from <source>
    Given I have aws_vpc_security_group_ingress_rule defined
    When its name metadata is not endpoints
    And its name metadata is not load_balancer
    Then it must contain <source>
    And its value must be null

    Examples:
      | source    |
      | cidr_ipv4 |
      | cidr_ipv6 |

  @production
  Scenario Outline: Nothing goes out to the internet by <destination>
    Given I have aws_vpc_security_group_egress_rule defined
    Then it must contain <destination>
    And its value must be null

    Examples:
      | destination |
      | cidr_ipv4   |
      | cidr_ipv6   |

  @production
  Scenario: Only public subnets have a route to the internet
    Given I have aws_route defined
    Then its name must be public

  @production
  Scenario: An endpoint passes calls that have names
    Given I have aws_vpc_endpoint defined
    Then it must contain policy
    And it must contain Action
    And its value must match the "^[a-z0-9-]+:[A-Za-z]+$" regex
