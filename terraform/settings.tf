# What of the service may be set by `settings` (tests/api/test_settings.py compares it with the service's own list), and
# what is set where that says nothing else.

locals {
  settings = [
    "ATTRACTOR_ACCESS_LOG", "ATTRACTOR_ALLOWED_ORIGINS", "ATTRACTOR_CLIENT_ADDRESS_HEADER", "ATTRACTOR_CONTACT",
    "ATTRACTOR_MAX_BINARY_RECORDS", "ATTRACTOR_MAX_BODY_BYTES", "ATTRACTOR_MAX_CONNECTIONS", "ATTRACTOR_MAX_DECIMAL_WORK",
    "ATTRACTOR_MAX_DIGITS", "ATTRACTOR_MAX_MEMORY", "ATTRACTOR_MAX_PARQUET_RECORDS", "ATTRACTOR_MAX_POINTS", "ATTRACTOR_MAX_STEPS",
    "ATTRACTOR_MAX_TEXT_RECORDS", "ATTRACTOR_METRICS_HOST", "ATTRACTOR_METRICS_PORT", "ATTRACTOR_RATE_LIMIT",
    "ATTRACTOR_TRUSTED_PROXIES", "ATTRACTOR_UNREADY_SECONDS",
  ]

  # What one anonymous request may cost: docs/deployment.md says how much in cents. And the load balancer logs requests already.
  default_settings = {
    ATTRACTOR_MAX_BINARY_RECORDS  = "10000000"
    ATTRACTOR_MAX_PARQUET_RECORDS = "10000000"
    ATTRACTOR_MAX_TEXT_RECORDS    = "1000000"
    ATTRACTOR_ACCESS_LOG          = "false"
  }
}
