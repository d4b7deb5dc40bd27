"""The names that the deployment and the Lambda's code must agree on."""

SERVICE = "sfn-digest"
NAMESPACE = "SfnDigest"
"""The metrics' namespace; their one dimension is `service`."""

DIGEST_POSTED = "DigestPosted"
DIGEST_FAILED = "DigestFailed"
DIGEST_INCOMPLETE = "DigestIncomplete"
DIGEST_FLAWED = {
    "duplicate": "DeliveryDuplicate",
    "not_kept": "DeliveryNotKept",
    "plain_form": "DeliveryPlainForm",
}
"""The notes of a delivery that a person must act on; docs/delivery.md has them all."""

RULES_FILE = "rules.toml"
"""The user's own rules for causes, in the asset."""
