"""How long a retry may hold an execution: a length such as 30m, 2h or 1d."""

import re

from sfn_digest.errors import BadRequestError
from sfn_digest.i18n.sanitize import quoted

DEFAULT_DEADLINE = "6h"
LONGEST_DEADLINE = 366 * 86_400
"""A year: longer than that no Standard execution lives."""

_SECONDS = {"s": 1, "m": 60, "h": 3_600, "d": 86_400}


def deadline_seconds(text: str) -> float | None:
    """The seconds of a deadline; None where the text is none.

    >>> deadline_seconds("1h30m")
    5400.0
    """
    if not re.fullmatch(r"(?:[0-9]{1,8}[smhd]){1,4}", text):
        return None
    parts = re.findall(r"([0-9]+)([smhd])", text)
    seconds = sum(int(number) * _SECONDS[unit] for number, unit in parts)
    return float(seconds) if 0 < seconds <= LONGEST_DEADLINE else None


def parse_deadline(text: str) -> float:
    """The seconds of a deadline. Raises BadRequestError where the text is none."""
    seconds = deadline_seconds(text)
    if seconds is None:
        raise BadRequestError(
            f"The deadline for retries is {quoted(text)}, which is not a length: give one such as "
            f"30m, 2h or {DEFAULT_DEADLINE}."
        )
    return seconds
