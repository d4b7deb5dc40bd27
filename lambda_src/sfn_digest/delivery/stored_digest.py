"""The report and its messages as they are kept, so that they can be posted without a new scan."""

import base64
import hashlib
import json
import zlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any

from sfn_digest.delivery.delivery_notes import Note, NoteLog
from sfn_digest.delivery.ledger import Ledger
from sfn_digest.errors import AccountError
from sfn_digest.model.executions import Window
from sfn_digest.model.plain import from_plain
from sfn_digest.model.slack_message import SlackMessage

MOST_BYTES = 6_000_000
"""The most that is kept, compressed: some 100,000 failures. What it costs to write is charged
by the KB, and a Lambda must read it back."""


@dataclass(frozen=True, slots=True)
class Digest:
    """A digest ready to be posted: the channel, the messages (root first, then the thread's
    replies), the report as docs/report.schema.json describes it, and its chart (PNG), if any.

    `parts` go to channels of their own; then `report` is what is left for this one, and `whole` is
    the report on everything.
    """

    channel: str
    messages: tuple[SlackMessage, ...]
    report: Mapping[str, Any]
    picture: bytes | None = None
    parts: tuple["Digest", ...] = ()
    whole: Mapping[str, Any] | None = None

    def without_failures(self) -> "Digest":
        """The same with the list of single failures left out, which its coverage then says."""
        parts = tuple(part.without_failures() for part in self.parts)
        whole = None if self.whole is None else _without_failures(self.whole)
        report = _without_failures(self.report)
        return replace(self, report=report, parts=parts, whole=whole)


def _without_failures(report: Mapping[str, Any]) -> Mapping[str, Any]:
    if "failures" not in report:
        return report
    coverage = dict(report["coverage"])
    coverage["complete"] = False
    left_out = len(report["failures"])
    note = f"The list of {left_out} failures was too large to be stored and is left out here."
    coverage["notes"] = [*coverage["notes"], note]
    return {**report, "failures": [], "coverage": coverage}


def encode(digest: Digest) -> bytes:
    """The digest as compressed JSON."""
    return zlib.compress(json.dumps(_plain(digest), separators=(",", ":")).encode(), 6)


def _plain(digest: Digest) -> dict[str, Any]:
    return {
        "channel": digest.channel,
        "messages": [asdict(each) for each in digest.messages],
        "report": digest.report,
        "picture": base64.b64encode(digest.picture).decode() if digest.picture else None,
        "parts": [_plain(part) for part in digest.parts],
        "whole": digest.whole,
    }


def decode(content: bytes) -> Digest:
    """The digest in what `encode` made."""
    return _digest(json.loads(zlib.decompress(content)))


def _digest(plain: Mapping[str, Any]) -> Digest:
    messages = tuple(from_plain(SlackMessage, each) for each in plain["messages"])
    if not messages:
        raise ValueError("a digest has a message")
    return Digest(
        channel=plain["channel"],
        messages=messages,
        report=plain["report"],
        picture=base64.b64decode(plain["picture"]) if plain["picture"] else None,
        parts=tuple(_digest(part) for part in plain.get("parts", ())),
        whole=plain.get("whole"),
    )


@dataclass(frozen=True, slots=True)
class _ComparedCoverage:
    failures_found: int
    failures_read: int
    machines_scanned: int
    reported: int = 0


@dataclass(frozen=True, slots=True)
class _ComparedMachine:
    arn: str


@dataclass(frozen=True, slots=True)
class _ComparedHint:
    machine_arn: str


@dataclass(frozen=True, slots=True)
class _Compared:
    """What two editions of a report are compared by."""

    coverage: _ComparedCoverage
    machines: tuple[_ComparedMachine, ...] = ()
    """The report on many accounts lists none."""
    hints: tuple[_ComparedHint, ...] = ()
    adopted: tuple[_ComparedHint, ...] = ()
    adopted_changes: tuple[_ComparedHint, ...] = ()


_UNREADABLE = (AttributeError, KeyError, RecursionError, TypeError, ValueError, zlib.error)
"""What content raises that is damaged, or another release's."""


def readable(content: bytes) -> Digest | None:
    """The digest in what `encode` made; None where it is damaged, or of another release."""
    try:
        digest = decode(content)
        from_plain(_Compared, digest.report)
    except _UNREADABLE:
        return None
    return digest


def stamp(content: bytes) -> str:
    """What stands for kept content: equal for equal content."""
    return hashlib.sha256(content).hexdigest()


def previous_report(
    windows: Iterable[Window], delivery: Callable[[Window], str], ledger: Ledger, log: NoteLog
) -> Mapping[str, Any] | None:
    """The first report that is kept for one of the windows; None where there is none.

    `delivery` gives the id of a window's delivery. A ledger that cannot be read, and content
    that is none of ours, must not cost anybody the digest: they are reported.
    """
    try:
        found = (ledger.load(delivery(window)) for window in windows)
        stored = next((each for each in found if each is not None), None)
        digest = None if stored is None else decode(stored.content)
        return None if digest is None else digest.whole or digest.report
    except (AccountError, *_UNREADABLE) as error:
        reason = str(error) if isinstance(error, AccountError) else type(error).__name__
        sentence = (
            "The previous period is counted from CloudWatch: its report could not be "
            f"read: {reason}"
        )
        log(Note("PastUnread", sentence))
        return None
