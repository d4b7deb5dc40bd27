"""The guard: what a report can do without never ends it.

Only finding, listing and delivery may end a run. Every other part is asked for through a guard,
which turns whatever goes wrong there into a note of the report, and reports it at once.
"""

import threading
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from sfn_digest.errors import SfnDigestError
from sfn_digest.i18n.message import Message, Msgid
from sfn_digest.i18n.sanitize import clean, shown_characters

T = TypeVar("T")
U = TypeVar("U")


@dataclass(frozen=True, slots=True)
class Part:
    """A part that a report can do without: its name for logs, and what is said where it is
    missing, with the `error`.
    """

    name: str
    missing: Msgid


QUOTAS = Part(
    "quotas",
    Msgid(
        "The account's quotas and load are unknown, so AWS's default quotas were assumed: {error}"
    ),
)
COUNTS = Part("counts", Msgid("Successes are unknown and every state machine was listed: {error}"))
EXPRESS = Part("express", Msgid("The logs of Express workflows could not be read: {error}"))
MAP_RUNS = Part("map runs", Msgid("What failed in Distributed Maps could not be read: {error}"))
STREAM = Part(
    "stream",
    Msgid(
        "Collected events could not be stored or read, so executions were listed instead: {error}"
    ),
)
CONTINUATION = Part(
    "continuation", Msgid("What was read could not be saved or continued in another run: {error}")
)
HISTORY = Part("history", Msgid("A history could not be read: {error}"))
DEFINITION = Part("definition", Msgid("A definition could not be read: {error}"))
EVIDENCE = Part("evidence", Msgid("The data behind retry hints could not be read: {error}"))
INCIDENTS = Part("incidents", Msgid("Failures could not be grouped into incidents: {error}"))
HINTS = Part("hints", Msgid("The retry hints are missing: {error}"))
STORED_HINTS = Part("stored hints", Msgid("Hints of earlier reports could not be used: {error}"))
HINTS_TO_STORE = Part("hints to store", Msgid("The report's hints were not stored: {error}"))
ADOPTION = Part("adoption", Msgid("The results of earlier hints are missing: {error}"))
PREVIOUS_REPORT = Part(
    "previous report", Msgid("The report on the previous period could not be used: {error}")
)
PERIODS = Part("periods", Msgid("Earlier periods could not be counted: {error}"))
COMPARISON = Part(
    "comparison", Msgid("The comparison with the previous period is missing: {error}")
)
CHANGES = Part(
    "changes",
    Msgid("Definition changes before new causes appeared could not be looked up: {error}"),
)
RECOVERIES = Part("recoveries", Msgid("What retries saved is unknown: {error}"))
STUCK = Part("stuck", Msgid("It is unknown whether executions are stuck: {error}"))
RELEASES = Part("releases", Msgid("Failures could not be counted by version: {error}"))
EXPECTED = Part("expected", Msgid("It is unknown which failures were expected: {error}"))
ESTIMATES = Part(
    "estimates",
    Msgid("Numbers by cause count the failures read and are not estimates of all: {error}"),
)
SINCE = Part("since", Msgid("It is unknown since when causes have occurred: {error}"))
TREND = Part("trend", Msgid("The trend is missing: {error}"))
ALIAS = Part("alias", Msgid("The account's alias is missing: {error}"))
ACCOUNT = Part("account", Msgid("An account could not be read: {error}"))
HUB = Part("hub", Msgid("The report could not be sent to the hub: {error}"))
CHANNEL = Part("channel", Msgid("The digest of another channel could not be delivered: {error}"))
PICTURE = Part("picture", Msgid("The chart could not be drawn: {error}"))
SLACK_CHARTS = Part("slack charts", Msgid("Slack's own charts are missing: {error}"))
DETAILS = Part(
    "details", Msgid("Hints, comparison and trend are missing from the message: {error}")
)
MENTIONS = Part("mentions", Msgid("Owners with a handle could not be mentioned: {error}"))
FILES = Part("files", Msgid("The files were not attached: {error}"))


@dataclass(frozen=True, slots=True)
class Fault:
    """What went wrong in which part; `sentence` says what is missing."""

    part: Part
    error: Exception
    sentence: Message


class Guard:
    """Asks for the parts of one report; `log` is given each fault once, from any thread."""

    def __init__(self, log: Callable[[Fault], None] = lambda _: None) -> None:
        self._log = log
        self._lock = threading.Lock()
        self._reported: set[str] = set()
        self._notes: dict[Message, None] = {}

    def result_of(
        self,
        part: Part,
        work: Callable[[], T],
        otherwise: U,
        passing: type[Exception] | tuple[()] = (),
    ) -> T | U:
        """What the work gives; `otherwise` where it fails, which is reported and noted.

        Errors that are `passing` pass: who asks deals with them.
        """
        try:
            return work()
        except passing:
            raise
        except Exception as error:  # noqa: BLE001 - this is the one place that may
            why = self.caught(part, error)
            with self._lock:
                self._notes[Message(part.missing, error=why)] = None
            return otherwise

    def caught(self, part: Part, error: Exception) -> str:
        """Report an error that is noted elsewhere; gives what to say of it."""
        why = _why(error)
        fault = Fault(part, error, Message(part.missing, error=why))
        with self._lock:
            known = fault.sentence in self._reported
            self._reported.add(fault.sentence)
        if not known:
            self._log(fault)
        return why

    @property
    def notes(self) -> tuple[Message, ...]:
        """What is missing so far, in whole sentences."""
        with self._lock:
            return tuple(self._notes)


def _why(error: Exception) -> str:
    if isinstance(error, SfnDigestError) and error.sentence:
        return error.sentence
    return Message("an internal error in sfn-digest ({kind}).", kind=type(error).__name__)


MOST_LINES, LONGEST_LINE = 80, 300
"""What is kept of a stack trace: its last lines, each cut to so many characters."""


def stack_trace(error: BaseException) -> str:
    """The stack trace of an error, with what it says redacted: texts of executions may be in it."""
    # The handler loads this module before every event, and causes take as long as all the rest.
    from sfn_digest.causes import redact  # noqa: PLC0415

    trace = traceback.TracebackException.from_exception(error)
    # What shows nothing would hide a secret's name from redaction, and be gone afterwards.
    shown = "\n".join(map(shown_characters, "".join(trace.format()).splitlines()))
    lines = redact(shown).splitlines()[-MOST_LINES:]
    indents = (line[: len(line) - len(line.lstrip(" "))] for line in lines)
    return "\n".join(
        indent + clean(line, LONGEST_LINE) for indent, line in zip(indents, lines, strict=True)
    )
