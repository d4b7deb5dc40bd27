"""The request in a command's parsed words: one reading of them for all commands."""

import argparse
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from sfn_digest.config.deadline import parse_deadline
from sfn_digest.config.map_results import parse_map_results
from sfn_digest.config.other_accounts import parse_child_role
from sfn_digest.config.request import (
    Request,
    parse_language,
    parse_share,
    parse_successes,
    parse_tag,
)
from sfn_digest.config.scan_budget import parse_scan_gb
from sfn_digest.config.wall_clock import parse_time_zone
from sfn_digest.config.window import parse_window

_WORDS: Mapping[str, tuple[str, Callable[[Any], object]]] = {
    "tag": ("tag", parse_tag),
    "quota_share": ("quota_share", parse_share),
    "successes": ("successes", parse_successes),
    "express_scan_gb": ("express_scan_gb", parse_scan_gb),
    "map_results": ("map_results", parse_map_results),
    "child_role": ("child_role", parse_child_role),
    "deadline": ("deadline", parse_deadline),
    "language": ("language", parse_language),
    "time_zone": ("zone", parse_time_zone),
    "all_machines": ("all_machines", bool),
}
"""The field of a request that each word gives, and how it is read."""


def request_of(words: argparse.Namespace, machines: Sequence[str]) -> Request:
    """What a command was asked for, on these machines; a word that it does not take is as in any
    request. Raises BadRequestError for the first word that makes no sense.
    """
    said = vars(words)
    read: dict[str, Any] = {
        field: parse(said[word]) for word, (field, parse) in _WORDS.items() if word in said
    }
    window = parse_window(words.since, words.until, now=datetime.now(UTC))
    return Request(window=window, machines=tuple(machines), **read)
