"""CloudWatch Logs, as far as Step Functions writes to it and as the digest reads it."""
