"""Who reads a scan of the deployed function, and where its batches are: in the ledger.

One run at a time holds the scan, by a lease as long as the run may last. A run whose time for
reading is up gives it back and has the function invoked again. Batches of a run that lost its
lease are refused, and it ends.
"""

import uuid
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from sfn_digest.aws.deployed import invoke_again
from sfn_digest.config.request import CONTINUATION_OF, Request
from sfn_digest.config.settings import Settings
from sfn_digest.delivery import Ledger, RunClock, SystemRunClock
from sfn_digest.delivery.ledger import Entry
from sfn_digest.delivery.message_states import moment_in
from sfn_digest.errors import AnotherRunError
from sfn_digest.guard import Guard
from sfn_digest.i18n.message import Message
from sfn_digest.pipeline.continuation import KeptReadings, guarded

TO_GO_ON = Message(
    'To read the rest, add "continue": true to the event: further runs then continue with it.'
)

_LEAST = 0.3
"""The part of a run's time that it takes at least: to list, to evaluate retries and to deliver."""


@dataclass(frozen=True, slots=True)
class Caller:
    """Who runs: the function's name, ARN and request as Lambda's context tells them.

    `time_left` gives the seconds until Lambda kills the run; `event` is what it was invoked with.
    Lambda's retries repeat the request's id.
    """

    function_name: str
    function_arn: str
    request_id: str
    time_left: Callable[[], float]
    event: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ScanTerms:
    """After the first run at most `most` others follow, and none that would end later than `due`
    after the scan began.
    """

    most: int
    due: timedelta


def scan_of(
    request: Request, delivery: str, caller: Caller, settings: Settings, ledger: Ledger
) -> "LedgerScan | None":
    """The reading of a delivery's failures, where several runs may take part in it."""
    if not (settings.table and settings.continuations and request.goes_on):
        return None
    event = {**caller.event, CONTINUATION_OF: delivery}
    if not request.scheduled:
        # The words of its window would mean another one when the next run begins.
        window = request.window
        event |= {"since": window.start.isoformat(), "until": window.end.isoformat()}
    terms = ScanTerms(settings.continuations, settings.due)
    time = SystemRunClock(caller.time_left)
    return LedgerScan(delivery, ledger, replace(caller, event=event), terms, time)


class LedgerScan:
    """A scan whose batches are in the ledger, beside the entry that says who holds it."""

    def __init__(
        self, delivery: str, ledger: Ledger, run: Caller, terms: ScanTerms, clock: RunClock
    ) -> None:
        self._key = f"{delivery}/reading"
        self._ledger = ledger
        self._run = run
        self._terms = terms
        self._now = clock.utc
        self._lasts = timedelta(seconds=run.time_left())
        self._entry: Entry = {}
        self._started_over = False
        self._next = 0

    def opened(self, behind: Guard, request: Request) -> KeptReadings | None:
        """What was read before, once this run holds the scan; None where the ledger refuses.

        Raises AnotherRunError; see `claim`.
        """
        continuing = request.continuation_of is not None
        if guarded(behind, lambda: self._hold(continuing=continuing), lambda: None):
            return KeptReadings(self, behind)
        return None

    def _hold(self, *, continuing: bool) -> bool:
        self.claim(continuing=continuing)
        return True

    def claim(self, *, continuing: bool) -> None:
        """Hold the scan for as long as this run may last; `continuing`: an earlier run asked.

        Raises AnotherRunError where another run holds it, or finished it before its own retry or
        continuation came; AccountError.
        """
        while True:
            standing = self._ledger.read(self._key)
            entry = self._claimed(standing, continuing=continuing)
            if self._written(entry, standing):
                return

    def _claimed(self, standing: Entry | None, *, continuing: bool) -> dict[str, str]:
        now, mine = self._now(), self._run.request_id
        if standing is not None and not _is_readable(standing):
            standing, self._started_over = None, True
        until = _text(now + timedelta(seconds=self._run.time_left()))
        if standing is not None:
            took_part = mine in standing["runs"].split()
            done = standing["state"] == "done"
            if done and (took_part or continuing):
                raise AnotherRunError("The digest has been made by another run.")
            held = standing["state"] == "reading" and (moment_in(standing, "until") or now) > now
            # Lambda repeats a run that was killed under its own id.
            if held and standing["run"] != mine:
                raise AnotherRunError("Another run is reading, and will post the digest.")
            if not done:
                runs = standing["runs"] if took_part else f"{standing['runs']} {mine}"
                return {**standing, "state": "reading", "run": mine, "runs": runs, "until": until}
        return {
            "scan": uuid.uuid4().hex,
            "begun": _text(now),
            "continuations": "0",
            "state": "reading",
            "run": mine,
            "runs": mine,
            "until": until,
        }

    def _written(self, entry: Mapping[str, str], standing: Entry | None) -> bool:
        new = {**entry, "token": uuid.uuid4().hex}
        if not self._ledger.write(
            self._key, new, replacing=standing["token"] if standing else None
        ):
            return False
        self._entry = new
        return True

    @property
    def continuations(self) -> int:
        """See Batches."""
        return int(self._entry.get("continuations", "0"))

    @property
    def seconds(self) -> float:
        """What this run has left, no more than until the digest is due where others went before,
        and a part of it all the same where that is over.
        """
        left = self._run.time_left()
        return min(left, max(self._due_in, _LEAST * left)) if self.continuations else left

    @property
    def _due_in(self) -> float:
        due = datetime.fromisoformat(self._entry["begun"]) + self._terms.due
        return (due - self._now()).total_seconds()

    def load(self) -> Iterator[bytes]:
        """See Batches."""
        while (stored := self._ledger.load(self._batch_key())) is not None:
            self._next += 1
            yield stored.content

    def add(self, batch: bytes) -> None:
        """See Batches."""
        if self._ledger.store(self._batch_key(), batch, replacing=None) is None:
            raise AnotherRunError("Another run is continuing the reading.")
        self._next += 1

    def _batch_key(self) -> str:
        return f"{self._key}/{self._entry['scan']}/{self._next}"

    def go_on(self) -> Message | None:
        """See Batches."""
        used = self.continuations
        if used >= self._terms.most:
            return Message(
                "The rest was not read in another run of the function, because {most} had "
                "already followed the first: the setting continuations allows no more.",
                most=used,
            )
        if self._lasts.total_seconds() > self._due_in:
            return Message(
                "The rest was not read in another run of the function, because the report "
                "was due: see the setting due."
            )
        held = self._entry
        asked = {**held, "state": "to continue", "continuations": str(used + 1)}
        if not self._written(asked, held):
            raise AnotherRunError("Another run is continuing the reading.")
        try:
            invoke_again(self._run.function_arn, self._run.event)
        except Exception:
            # What was asked for may come all the same: it finds the scan held, and ends.
            self._written(held, self._entry)
            raise
        raise AnotherRunError("The time for reading is up, and another run continues.")

    def notes(self) -> Iterator[Message]:
        """See Batches."""
        if self._started_over:
            yield Message(
                "What earlier runs had read was read again: its entry in the table was unreadable."
            )
        if self.continuations:
            yield Message(
                "The failures were read by {runs} runs of the function, one after the other.",
                runs=self.continuations + 1,
            )

    def finish(self) -> None:
        """The digest went out: a run that is still to come has nothing to do."""
        standing = self._ledger.read(self._key)
        if standing is not None and standing.get("state") != "done":
            self._written({**standing, "state": "done"}, standing)


def _is_readable(entry: Entry) -> bool:
    """Whether an entry on a scan tells all that who goes on with it relies on."""
    texts = all(entry.get(name) for name in ("state", "scan", "run", "runs"))
    times = moment_in(entry, "until") and moment_in(entry, "begun")
    continued = entry.get("continuations", "")
    return bool(texts and times and continued.isascii() and continued.isdigit())


def _text(moment: datetime) -> str:
    """A time as text that sorts as times do."""
    return moment.astimezone(UTC).isoformat(timespec="microseconds")
