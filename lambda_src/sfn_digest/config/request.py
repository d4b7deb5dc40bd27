"""What is asked for: window, machines, tag, share of the quotas, channel; typed and checked.

Both doors build a `Request` here, from a Lambda event or from command-line words, and every
way to ask wrongly has one sentence that says what was expected.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo

from sfn_digest.config.deadline import DEFAULT_DEADLINE, parse_deadline
from sfn_digest.config.map_results import parse_map_results
from sfn_digest.config.other_accounts import parse_child_role
from sfn_digest.config.scan_budget import DEFAULT_SCAN_GB, parse_scan_gb
from sfn_digest.config.wall_clock import parse_time_zone
from sfn_digest.config.window import (
    DEFAULT_SINCE,
    parse_settle_seconds,
    parse_window,
    window_before,
)
from sfn_digest.errors import BadEventError, BadRequestError, BadTagError
from sfn_digest.i18n.sanitize import quoted
from sfn_digest.i18n.translator import LANGUAGES, Language
from sfn_digest.model.executions import Tag, Window

DEFAULT_TAG = "sfn-digest=on"
DEFAULT_QUOTA_SHARE = 0.25
DEFAULT_LANGUAGE: Language = "en"
DEFAULT_SUCCESSES = 60
_ASKED = ("since", "until", "machines", "channel", "dry_run", "language", "continue")
EVENT_NAMES = (*_ASKED, "scheduled_time")
CONTINUATION_OF = "continuation_of"
MOST_SUCCESSES = 1000
TAG_TEXT = re.compile(r"[\w\s.:/=+\-@]*")


@dataclass(frozen=True, slots=True)
class Request:
    """One report to make. `machines` are names, ARNs or globs; empty means all tagged.

    `successes` are the histories of succeeded executions read at most for each machine, to
    evaluate its retries; with 0 only what failures and definitions bear out alone is hinted.
    `express_scan_gb` are the gigabytes of logs that are scanned at most for Express workflows. A
    hinted retry holds an execution for `deadline` seconds at most. `goes_on`: further runs may read
    what one has no time for, each a `continuation_of` the delivery that the first one began.
    """

    window: Window
    machines: tuple[str, ...] = ()
    tag: Tag = Tag("sfn-digest", "on")  # noqa: RUF009 - a frozen record
    quota_share: float = DEFAULT_QUOTA_SHARE
    channel: str | None = None
    language: Language = DEFAULT_LANGUAGE
    zone: tzinfo = UTC
    """In which people read times."""
    successes: int = DEFAULT_SUCCESSES
    express_scan_gb: float = DEFAULT_SCAN_GB
    map_results: tuple[tuple[str, str], ...] = ()
    """Buckets and prefixes in which ResultWriters leave their files, and which may be read."""
    child_role: str | None = None  # In other accounts, to read nested executions there.
    deadline: float = parse_deadline(DEFAULT_DEADLINE)
    all_machines: bool = False  # Whether those without the tag are reported on too.
    dry_run: bool = False
    scheduled: bool = False
    """Whether the Scheduler asked: the window then names the period, whoever fires twice."""
    settle_seconds: int = 0
    """How long after the window's end CloudWatch's figures are waited for."""
    before: Window | None = None
    """The window of the firing before, where the Scheduler asked."""
    routed: bool = False
    """Whether machines with a channel of their own are reported there."""
    goes_on: bool = False
    continuation_of: str | None = None
    window_words: tuple[str, ...] = ()
    """How the window was asked for, which stays the same when a request is sent again."""


@dataclass(frozen=True, slots=True)
class KeptRequest:
    """A digest to post that an earlier run kept under this id and could not deliver."""

    delivery: str


@dataclass(frozen=True, slots=True)
class Defaults:
    """What a deployment has set for all its reports, as text in the words of a request.

    `time_zone` is the one that the schedule goes by: UTC for one of a fixed rate.
    """

    since: str = DEFAULT_SINCE
    time_zone: str = "UTC"
    settle_seconds: str = "180"
    tag: str = DEFAULT_TAG
    quota_share: str = str(DEFAULT_QUOTA_SHARE)
    channel: str | None = None
    language: str = DEFAULT_LANGUAGE
    successes: str = str(DEFAULT_SUCCESSES)
    express_scan_gb: str = str(DEFAULT_SCAN_GB)
    map_results: str = ""
    child_role: str = ""
    deadline: str = DEFAULT_DEADLINE


def from_event(event: object, *, now: datetime, defaults: Defaults) -> Request:
    """The request in a Lambda event: an object with any of EVENT_NAMES, or nothing in it.

    `scheduled_time`, when the Scheduler meant to fire (ISO 8601), is the window's end.
    Raises BadEventError where it is no such object, BadWindowError or BadTagError where it makes
    no sense.
    """
    if not isinstance(event, Mapping):
        raise BadEventError(
            f"The event is {_kind(event)}, not a JSON object: send {{}} for the last "
            f"{DEFAULT_SINCE}, or an object with {_listed(EVENT_NAMES)}."
        )
    _refuse_unknown(event)
    scheduled = _text(event, "scheduled_time")
    since, until = _text(event, "since") or defaults.since, _text(event, "until") or scheduled
    zone = parse_time_zone(defaults.time_zone)
    window = parse_window(since, until, now=now, schedule=zone if scheduled else None)
    return Request(
        window=window,
        machines=_machines(event.get("machines")),
        tag=parse_tag(defaults.tag),
        quota_share=parse_share(defaults.quota_share),
        channel=_text(event, "channel") or defaults.channel,
        language=parse_language(_text(event, "language") or defaults.language),
        zone=zone,
        successes=parse_successes(defaults.successes),
        express_scan_gb=parse_scan_gb(defaults.express_scan_gb),
        map_results=parse_map_results(defaults.map_results),
        child_role=parse_child_role(defaults.child_role),
        deadline=parse_deadline(defaults.deadline),
        dry_run=_flag(event, "dry_run"),
        routed=_text(event, "channel") is None,
        scheduled=scheduled is not None,
        settle_seconds=parse_settle_seconds(defaults.settle_seconds) if scheduled else 0,
        before=window_before(window, since, zone) if scheduled else None,
        window_words=(since, until or ""),
        goes_on=scheduled is not None or _flag(event, "continue"),
        continuation_of=_text(event, CONTINUATION_OF),
    )


def _refuse_unknown(event: Mapping[str, object]) -> None:
    unknown = sorted(str(name) for name in event if name not in (*EVENT_NAMES, CONTINUATION_OF))
    if unknown:
        what = f"The event has {quoted(unknown[0])}, which is unknown"
        raise BadEventError(f"{what}: use {_listed(EVENT_NAMES)} only.")


def asked_in(event: object, *, now: datetime, defaults: Defaults) -> Request | KeptRequest:
    """What an event asks for: `{"post_kept": ID}` a digest that is kept, any other a report.

    Raises BadEventError, BadWindowError or BadTagError; see from_event.
    """
    if not isinstance(event, Mapping) or "post_kept" not in event:
        return from_event(event, now=now, defaults=defaults)
    delivery = _text(event, "post_kept")
    if delivery is None or len(event) > 1:
        raise BadEventError(
            "post_kept must be alone in an event, with the ID from the failed run's log: "
            'send {"post_kept": "ID"}.'
        )
    return KeptRequest(delivery)


def parse_tag(text: str) -> Tag:
    """The tag in KEY=VALUE. Raises BadTagError."""
    key, equals, value = text.partition("=")
    key, value = key.strip(), value.strip()
    if not equals or not 0 < len(key) <= 128 or len(value) > 256 or not TAG_TEXT.fullmatch(text):
        raise BadTagError(
            f"The tag is {quoted(text)}, which is not KEY=VALUE: give a key of 1 to 128 "
            f"characters and a value of at most 256, such as {DEFAULT_TAG}."
        )
    return Tag(key, value)


def parse_share(share: float | str) -> float:
    """The share of the account's API quotas that the scan may use: over 0, at most 1."""
    try:
        number = float(share)
    except ValueError:
        number = 0.0
    if not 0 < number <= 1:
        raise BadRequestError(
            f"The quota share is {quoted(str(share))}, which is not a number above 0 and at "
            f"most 1: give a share such as {DEFAULT_QUOTA_SHARE}."
        )
    return number


def parse_successes(text: int | str) -> int:
    """The histories of successes to read at most for each machine. Raises BadRequestError."""
    if not re.fullmatch(r"[0-9]{1,4}", str(text)) or int(text) > MOST_SUCCESSES:
        raise BadRequestError(
            f"The number of successes to read is {quoted(str(text))}, which is not a whole "
            f"number from 0 to {MOST_SUCCESSES}: give one such as {DEFAULT_SUCCESSES}."
        )
    return int(text)


def parse_language(text: str) -> Language:
    """The language to write the digest in. Raises BadRequestError."""
    for language in LANGUAGES:
        if text == language:
            return language
    raise BadRequestError(
        f"The language is {quoted(text)}, which is unknown: use {' or '.join(LANGUAGES)}."
    )


def _machines(value: object) -> tuple[str, ...]:
    names = [value] if isinstance(value, str) else value if value is not None else []
    if not isinstance(names, list) or not all(isinstance(n, str) and n.strip() for n in names):
        raise BadEventError(
            f"machines is {_kind(value)}: give a name, or a list of names or globs "
            'such as ["daily-*"].'
        )
    return tuple(names)


def _text(event: Mapping[str, object], name: str) -> str | None:
    value = event.get(name)
    if value is not None and (not isinstance(value, str) or not value.strip()):
        raise BadEventError(f"{name} is {_kind(value)}: give text, or leave it out.")
    return value


def _flag(event: Mapping[str, object], name: str) -> bool:
    value = event.get(name, False)
    if not isinstance(value, bool):
        raise BadEventError(f"{name} is {_kind(value)}: give true or false.")
    return value


def _kind(value: object) -> str:
    kinds = {bool: "true or false", int: "a number", float: "a number", list: "a list"}
    if isinstance(value, str):
        return "a text" if value.strip() else "an empty text"
    return kinds.get(type(value), "nothing" if value is None else "an object")


def _listed(names: Sequence[str]) -> str:
    return f"{', '.join(names[:-1])} or {names[-1]}"
