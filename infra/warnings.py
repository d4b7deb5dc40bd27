"""What synth warns of: gaps and overlaps between digests, and a Node that is no longer mended."""

import re
import subprocess
from collections.abc import Iterator
from datetime import date, timedelta

from sfn_digest.config.window import UNITS
from sfn_digest.i18n.formats import ENGLISH

from .schedule_expression import firing_gaps
from .settings import Settings

NODE_ENDS = {
    18: date(2025, 4, 30),
    20: date(2026, 4, 30),
    22: date(2027, 4, 30),
    24: date(2028, 4, 30),
    26: date(2029, 4, 30),
}
"""The end of life of each Node that is kept for long (nodejs.org, "Releases")."""
LASTING = "Node 24"


def settings_warnings(settings: Settings) -> Iterator[tuple[str, str]]:
    """Warnings of the settings, by id."""
    fewest, most = firing_gaps(settings.schedule)
    window = _minutes(settings.window)
    reach = f"a window of {settings.window} looks back {_length(window)}"
    if window < most:
        text = (
            f"The schedule {settings.schedule} leaves up to {_length(most)} between digests, "
            f"and {reach}: failures in between are not in any digest. Give a longer window."
        )
        yield "sfn-digest:gap", text
    elif window > fewest:
        text = (
            f"The schedule {settings.schedule} leaves {_between(fewest, most)} between "
            f"digests, and {reach}: some failures are in two digests. Ignore this if it is "
            "intended."
        )
        yield "sfn-digest:overlap", text


def node_warning(version: str, today: date) -> str | None:
    """What to say of the Node that the CDK runs on; None where it is still mended."""
    match = re.fullmatch(r"v(\d+)\.\d+\.\d+\s*", version)
    if match is None:
        return None
    major = int(match[1])
    ended = NODE_ENDS.get(major) if major % 2 == 0 else _of_odd(major)
    if major < min(NODE_ENDS) or (ended is not None and ended < today):
        since = f" since {ended:%Y-%m-%d}" if ended else ""
        return f"Node {major} is past its end of life{since}: use {LASTING} to deploy."
    return None


def _of_odd(major: int) -> date | None:
    """Odd ones are mended until the next even one has been out for about two months."""
    following = NODE_ENDS.get(major + 1)
    return date(following.year - 3, 6, 1) if following else None


def node_version() -> str:
    """What `node --version` says; empty where there is none."""
    try:
        done = subprocess.run(["node", "--version"], capture_output=True, text=True, check=False)
    except OSError:
        return ""
    return done.stdout


def _minutes(window: str) -> int:
    number, unit = int(window[:-1]), UNITS[window[-1]]
    return int(timedelta(**{unit: number}).total_seconds() // 60)


def _between(fewest: int, most: int) -> str:
    return _length(fewest) if fewest == most else f"{_length(fewest)} to {_length(most)}"


def _length(minutes: int) -> str:
    return ENGLISH.length(60 * minutes)
