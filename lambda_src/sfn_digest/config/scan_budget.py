"""How many gigabytes of logs a report may scan, since CloudWatch Logs bills each of them."""

from sfn_digest.errors import BadRequestError
from sfn_digest.i18n.sanitize import quoted

DEFAULT_SCAN_GB = 5.0
MOST_SCAN_GB = 10_000.0


def parse_scan_gb(text: float | str) -> float:
    """The gigabytes of logs to scan at most for Express workflows. Raises BadRequestError."""
    try:
        number = float(text)
    except ValueError:
        number = -1.0
    if not 0 <= number <= MOST_SCAN_GB:
        raise BadRequestError(
            f"The gigabytes of logs to scan are {quoted(str(text))}, which is not a number from 0 "
            f"to {MOST_SCAN_GB:,.0f}: give one such as {DEFAULT_SCAN_GB:g}."
        )
    return number
