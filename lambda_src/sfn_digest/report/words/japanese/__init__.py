"""Japanese, as AWS's own console and documentation in Japanese write it."""

from sfn_digest.report.words.japanese.japanese import Japanese

__all__ = ["Japanese"]
