"""Takes out of a text what must not leave the process: secrets, credentials, addresses.

Pure, and in time that grows with the text's length alone. What is known of token formats and of
the names that secrets go by stands in formats.toml and names.toml.
"""

from sfn_digest.causes.redaction.redact import holds_secret, redact

__all__ = ["holds_secret", "redact"]
