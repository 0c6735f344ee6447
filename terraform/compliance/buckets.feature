@noskip
Feature: Buckets
  A bucket is private, encrypted, versioned, spoken to over TLS alone, and forgets in time.

  Scenario Outline: A bucket has <what>
    Given I have aws_s3_bucket defined
    Then it must have <what>

    Examples:
      | what                                               |
      | aws_s3_bucket_public_access_block                  |
      | aws_s3_bucket_server_side_encryption_configuration |
      | aws_s3_bucket_versioning                           |
      | aws_s3_bucket_lifecycle_configuration              |
      | aws_s3_bucket_policy                               |

  Scenario Outline: No bucket is public: <how>
    Given I have aws_s3_bucket_public_access_block defined
    Then it must contain <how>
    And its value must be true

    Examples:
      | how                     |
      | block_public_acls       |
      | block_public_policy     |
      | ignore_public_acls      |
      | restrict_public_buckets |

  Scenario: A bucket is encrypted
    Given I have aws_s3_bucket_server_side_encryption_configuration defined
    Then it must contain sse_algorithm
    And its value must match the "^(AES256|aws:kms|aws:kms:dsse)$" regex

  Scenario: A bucket keeps what is overwritten
    Given I have aws_s3_bucket_versioning defined
    Then it must contain versioning_configuration
    And it must contain status
    And its value must match the "^Enabled$" regex

  Scenario: A bucket forgets in time
    Given I have aws_s3_bucket_lifecycle_configuration defined
    Then it must contain rule
    And it must contain status
    And its value must match the "^Enabled$" regex

  Scenario: A bucket refuses what comes without TLS
    Given I have aws_s3_bucket_policy defined
    Then it must contain policy
    And it must contain Statement
    And it must contain aws:SecureTransport
    And its value must be false

  Scenario: A bucket lets in nobody without a name
    Given I have aws_s3_bucket_policy defined
    Then it must contain policy
    And it must contain Statement
    When its Effect is Allow
    Then it must contain Principal
    And its value must not match the "^\*$" regex
