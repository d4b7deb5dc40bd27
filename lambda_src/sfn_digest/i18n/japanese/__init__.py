"""Japanese, as AWS's own console and documentation in Japanese write it."""

from sfn_digest.i18n.japanese.japanese import Japanese

__all__ = ["Japanese"]
