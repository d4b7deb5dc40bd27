"""Pure: what is known of one message, and what to do next about it.

    nothing known, or refused ──claim──▶ claimed ──post, store──▶ sent ◀──update──▶ updating
                   ▲                        │ answer lost, or lease over
                   │                        ▼
                   └─────not there──────── lost ───there: adopt──▶ sent

A message is posted only by whoever holds its claim, and soon after claiming it; a claim that
nobody resolved within LEASE_SECONDS is an unknown outcome, never a free place.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import Enum, auto
from typing import Literal, cast, get_args

LEASE_SECONDS = 60.0
"""How long a claim keeps others away: SEND_WITHIN, and what connecting and an answer can take.

Lambda's first retry comes a minute after the failure, so it hardly waits.
"""

SEND_WITHIN = 15.0
"""Seconds after the claim was begun in which its holder may send; later it claims again."""

CLOCK_SKEW = 600.0
"""Seconds that no two clocks differ by: AWS refuses requests that are 300 seconds off."""

State = Literal["claimed", "lost", "refused", "sent", "updating"]

UNDATED = datetime(1970, 1, 1, tzinfo=UTC)
"""When a message was claimed whose record does not tell."""


@dataclass(frozen=True, slots=True)
class MessageRecord:
    """One message as the ledger knows it.

    `token` is new with every write. `claimed_at` is when it was last claimed. `traceable` is
    False where the message carries no metadata and so cannot be found. `lost`: it was sent,
    and nobody knows whether Slack took it. `refused`: it is surely not in the channel.
    `updating`: it is there, and a run that claimed it then is changing it. `ts` is None where
    Slack tells none; `fingerprint` where nobody knows what the message says.
    """

    state: State
    token: str
    claimed_at: datetime
    thread: str | None = None
    traceable: bool = True
    ts: str | None = None
    fingerprint: str | None = None

    def entry(self) -> dict[str, str]:
        """The record as the ledger writes it."""
        entry = {
            "state": self.state,
            "token": self.token,
            "claimed_at": self.claimed_at.isoformat(),
            "traceable": "yes" if self.traceable else "no",
        }
        more = {"thread": self.thread, "ts": self.ts, "fingerprint": self.fingerprint}
        return entry | {name: value for name, value in more.items() if value is not None}


def record_in(entry: Mapping[str, str]) -> MessageRecord:
    """The record in an entry of the ledger.

    Where nobody can read what became of the message, or when, it is `lost`: it may stand in the
    channel.
    """
    state, claimed_at = entry.get("state"), moment_in(entry, "claimed_at")
    known = state in get_args(State) and (claimed_at or state not in ("claimed", "lost"))
    return MessageRecord(
        state=cast("State", state) if known else "lost",
        token=entry["token"],
        claimed_at=claimed_at or UNDATED,
        thread=entry.get("thread"),
        traceable=entry.get("traceable") != "no",
        ts=entry.get("ts"),
        fingerprint=entry.get("fingerprint"),
    )


def moment_in(entry: Mapping[str, str], name: str) -> datetime | None:
    """The time of this name in an entry of the ledger; None where there is none."""
    try:
        moment = datetime.fromisoformat(entry.get(name, ""))
        return moment.astimezone(UTC) if moment.tzinfo else None
    except (OverflowError, ValueError):
        return None


class Step(Enum):
    """What to do next about a message."""

    CLAIM = auto()
    """Claim it, post it, store where it stands."""
    WAIT = auto()
    """Another run holds the claim and may be posting, or changing it."""
    LOOK = auto()
    """It may have been posted: look into the channel."""
    UPDATE = auto()
    """It stands there with another content."""
    DONE = auto()
    """It stands there as it should."""


def next_step(
    record: MessageRecord | None, *, lease_over: bool, thread: str | None, fingerprint: str
) -> Step:
    """The next step towards a message with this fingerprint in this thread (None: a root).

    `lease_over` tells whether nobody can still be posting under the record's claim.
    """
    if record is None or record.state == "refused":
        return Step.CLAIM
    if record.state in ("claimed", "updating") and not lease_over:
        return Step.WAIT
    # The root of the thread was removed and posted again: what hung on it is gone with it.
    if record.thread != thread:
        return Step.CLAIM
    if record.state in ("claimed", "lost"):
        return Step.LOOK
    known = record.state == "sent" and record.fingerprint == fingerprint
    return Step.DONE if known else Step.UPDATE
