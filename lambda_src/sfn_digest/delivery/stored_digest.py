"""The report and its messages as they are kept, so that they can be posted without a new scan."""

import base64
import hashlib
import json
import zlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from sfn_digest.delivery.ledger import Ledger
from sfn_digest.delivery.notes import Note, Tell
from sfn_digest.errors import AccountError
from sfn_digest.model.executions import Window
from sfn_digest.model.message import Message

MOST_BYTES = 6_000_000
"""The most that is kept, compressed: some 100,000 failures. What it costs to write is charged
by the KB, and a Lambda must read it back."""


@dataclass(frozen=True, slots=True)
class Digest:
    """A digest ready to be posted: the channel, the messages (root first, then the thread's
    replies), the report as docs/report.schema.json describes it, and its chart (PNG), if any.
    """

    channel: str
    messages: tuple[Message, ...]
    report: Mapping[str, Any]
    picture: bytes | None = None

    def without_failures(self) -> "Digest":
        """The same with the list of single failures left out, which its coverage then says."""
        report = dict(self.report)
        left_out = len(report["failures"])
        coverage = dict(report["coverage"])
        coverage["complete"] = False
        coverage["notes"] = [
            *coverage["notes"],
            f"The list of {left_out} failures was too large to be kept and is left out here.",
        ]
        whole = {**report, "failures": [], "coverage": coverage}
        return Digest(self.channel, self.messages, whole, self.picture)


def encode(digest: Digest) -> bytes:
    """The digest as compressed JSON."""
    plain = {
        "channel": digest.channel,
        "messages": [asdict(each) for each in digest.messages],
        "report": digest.report,
        "picture": base64.b64encode(digest.picture).decode() if digest.picture else None,
    }
    return zlib.compress(json.dumps(plain, separators=(",", ":")).encode(), 6)


def decode(content: bytes) -> Digest:
    """The digest in what `encode` made."""
    plain = json.loads(zlib.decompress(content))
    messages = tuple(Message(**each) for each in plain["messages"])
    picture = base64.b64decode(plain["picture"]) if plain["picture"] else None
    return Digest(plain["channel"], messages, plain["report"], picture)


_UNREADABLE = (AttributeError, KeyError, TypeError, ValueError, zlib.error)


def readable(content: bytes) -> Digest | None:
    """The digest in what `encode` made; None where it is damaged, or of another release."""
    try:
        return decode(content)
    except _UNREADABLE:
        return None


def stamp(content: bytes) -> str:
    """What stands for kept content: equal for equal content."""
    return hashlib.sha256(content).hexdigest()


def previous_report(
    windows: Iterable[Window], delivery: Callable[[Window], str], ledger: Ledger, tell: Tell
) -> Mapping[str, Any] | None:
    """The first report that is kept for one of the windows; None where there is none.

    `delivery` gives the id of a window's delivery. A ledger that cannot be read, and content
    that is none of ours, must not cost anybody the digest: they are told of.
    """
    try:
        found = (ledger.load(delivery(window)) for window in windows)
        stored = next((each for each in found if each is not None), None)
        return None if stored is None else decode(stored.content).report
    except (AccountError, *_UNREADABLE) as error:
        reason = str(error) if isinstance(error, AccountError) else type(error).__name__
        sentence = f"The period before is counted anew: its report could not be read: {reason}"
        tell(Note("PastUnread", sentence))
        return None
