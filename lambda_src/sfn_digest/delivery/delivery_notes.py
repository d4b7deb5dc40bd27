"""What happened on the way that somebody should know though the digest went on its way."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

NoteCode = Literal[
    "Adopted",
    "AskedAgain",
    "ChannelMissed",
    "Duplicate",
    "EntryUnread",
    "FilesInDoubt",
    "FilesLeftOut",
    "HintsNotKept",
    "LeftStanding",
    "NoCharts",
    "NoMetadata",
    "NotKept",
    "PastUnread",
    "PlainForm",
    "PostedAnew",
    "ReadLess",
    "ReportCut",
    "ThreadLeftOut",
    "UnreadNotKept",
]
"""Short names, fit for metrics: see docs/delivery.md."""


@dataclass(frozen=True, slots=True)
class Note:
    """One such thing; `sentence` is for the log and says what to do, if anything."""

    code: NoteCode
    sentence: str


NoteLog = Callable[[Note], None]
"""Takes a note when it happens, so that it is known even if the run fails afterwards."""


def unread_entry(what: str) -> Note:
    """The note on an entry of the table that is none of ours, or damaged."""
    sentence = f"An entry of the DynamoDB table is unreadable and is replaced: it held {what}."
    return Note("EntryUnread", sentence)
