"""The names that the deployment and the Lambda's code must agree on."""

SERVICE = "sfn-digest"
NAMESPACE = "SfnDigest"
"""The metrics' namespace; their one dimension is `service`."""

DIGEST_POSTED = "DigestPosted"
DIGEST_FAILED = "DigestFailed"
DIGEST_INCOMPLETE = "DigestIncomplete"
