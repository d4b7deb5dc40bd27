"""The report and its messages as they are kept, so that they can be posted without a new scan."""

import base64
import hashlib
import json
import zlib
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from sfn_digest.model.message import Message

MOST_BYTES = 6_000_000
"""The most that is kept, compressed: some 100,000 failures. What it costs to write is charged
by the KB, and a Lambda must read it back."""


@dataclass(frozen=True, slots=True)
class Kept:
    """A digest ready to be posted: the channel, the messages (root first, then the thread's
    replies), the report as docs/report.schema.json describes it, and its chart (PNG), if any.
    """

    channel: str
    messages: tuple[Message, ...]
    report: Mapping[str, Any]
    picture: bytes | None = None

    def without_failures(self) -> "Kept":
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
        return Kept(self.channel, self.messages, whole, self.picture)


def encode(kept: Kept) -> bytes:
    """The digest as compressed JSON."""
    plain = {
        "channel": kept.channel,
        "messages": [asdict(each) for each in kept.messages],
        "report": kept.report,
        "picture": base64.b64encode(kept.picture).decode() if kept.picture else None,
    }
    return zlib.compress(json.dumps(plain, separators=(",", ":")).encode(), 6)


def decode(content: bytes) -> Kept:
    """The digest in what `encode` made."""
    plain = json.loads(zlib.decompress(content))
    messages = tuple(Message(**each) for each in plain["messages"])
    picture = base64.b64decode(plain["picture"]) if plain["picture"] else None
    return Kept(plain["channel"], messages, plain["report"], picture)


def stamp(content: bytes) -> str:
    """What stands for kept content: equal for equal content."""
    return hashlib.sha256(content).hexdigest()
