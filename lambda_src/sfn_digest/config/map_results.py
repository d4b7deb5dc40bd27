"""Where ResultWriters leave the files of their Map runs: BUCKET/PREFIX, as many as there are."""

import re

from sfn_digest.errors import BadRequestError
from sfn_digest.i18n.sanitize import quoted

_BUCKET = re.compile(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]")
_PREFIX = re.compile(r"[\w!.'()/=-]{0,512}")
"""What AWS calls safe in a key, but for the asterisk, which IAM would read as any text."""


def parse_map_results(text: str) -> tuple[tuple[str, str], ...]:
    """The buckets and prefixes in a list with commas. Raises BadRequestError."""
    return tuple(_place(each.strip()) for each in text.split(",") if each.strip())


def _place(text: str) -> tuple[str, str]:
    bucket, _, prefix = text.removeprefix("s3://").partition("/")
    if not _BUCKET.fullmatch(bucket) or not _PREFIX.fullmatch(prefix):
        raise BadRequestError(
            f"map-results has {quoted(text)}, which is not BUCKET/PREFIX: give the Bucket "
            "and Prefix of a ResultWriter, such as my-results/orders, separated by commas."
        )
    return bucket, prefix.strip("/")
