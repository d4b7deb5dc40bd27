"""Random reports whose names, causes and errors were written by somebody hostile."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from random import Random
from typing import TypeVar

from hypothesis import given, settings
from hypothesis import strategies as st

from sfn_digest.i18n.message import Message
from sfn_digest.i18n.translator import translator
from sfn_digest.model.executions import (
    UNSUCCESSFUL,
    Coverage,
    DiagnosedAttempt,
    Diagnosis,
    Execution,
    ExecutionCounts,
    Failure,
    MachineType,
    Nature,
    StateMachine,
)
from sfn_digest.model.report import Report
from sfn_digest.report.build import build_report
from sfn_digest.report.shown import Shown
from tests.examples import many
from tests.report.made import ACCOUNT, REGION, TABLE, WINDOW, Row, listed

T = TypeVar("T")

HOSTILE = [
    "<!channel>",
    "<!here|x>",
    "<@U012AB3CD>",
    "<https://evil.example|click>",
    "&lt;!channel&gt;",
    "```",
    "`code`",
    "*bold* _it_ ~no~",
    "\u202egnp.exe",
    "\u2066\u200b\ufeff",
    "\x1b[31mred\x1b]8;;https://evil.example\x07",
    "\x00\x07\r\n\t",
    "[red]rich[/red] [link=https://evil.example]x[/link]",
    "<script>alert(1)</script>",
    "\" onload='x' {{ 7*7 }} {% x %}",
    ":tada: @everyone #general",
    "\ud800",
    "名前🚀",
    "x" * 400,
    "",
]

TYPES: list[MachineType | None] = ["STANDARD", "EXPRESS", None]
NATURES: list[Nature] = ["transient", "permanent", "depends"]


@dataclass(frozen=True, slots=True)
class Found:
    """What a report is built from."""

    machines: list[StateMachine]
    counts: dict[str, ExecutionCounts]
    failures: list[Failure]
    coverage: Coverage
    unlisted: frozenset[str] = frozenset()

    def report(self) -> Report:
        """Build the report."""
        return build_report(
            account_id=ACCOUNT,
            region=REGION,
            window=WINDOW,
            machines=self.machines,
            counts=self.counts,
            found=listed(self.failures),
            failures=self.failures,
            coverage=self.coverage,
            unlisted=self.unlisted,
        )


class Author:
    """Writes the findings of one week; the same seed, the same week."""

    def __init__(self, seed: int) -> None:
        self.random = Random(seed)

    def text(self) -> str:
        """Write something that a markup, a terminal or a reader may trip over."""
        pieces = self.random.choices([self._known, self._letters], [3, 1], k=self.upto(3))
        return "".join(piece() for piece in pieces)

    def _known(self) -> str:
        return self.random.choice(HOSTILE)

    def _letters(self) -> str:
        ends = self.random.choice([0x80, 0x3000, 0x110000])
        return "".join(chr(self.random.randrange(ends)) for _ in range(self.upto(80)))

    def message(self) -> Message:
        """Write a sentence around a hostile text."""
        return Message("{text}", text=self.text())

    def upto(self, most: int) -> int:
        """Choose a number."""
        return self.random.randint(0, most)

    def maybe(self, make: Callable[[], T]) -> T | None:
        """Make something in four of five cases."""
        return make() if self.random.random() < 0.8 else None

    def cause(self) -> str:
        """Name a cause of the table, or one that it does not know."""
        return self.random.choice([*TABLE, "unknown", self.text()])

    def texts(self) -> Shown:
        """Write a table of causes, to be told in English."""
        return Shown(self._table(), translator("en"))

    def _table(self) -> dict[str, Row]:
        return {
            self.cause(): Row(
                title=self.text(),
                meaning=self.text(),
                nature=self.random.choice(NATURES),
                advice=self.text(),
                docs=self.random.choice([self.text(), f"https://docs.example/{self.upto(9)}"]),
            )
            for _ in range(self.upto(6))
        }

    def found(self, max_machines: int = 6) -> Found:
        """Write what was found in a week."""
        machines = [self._machine(index) for index in range(self.upto(max_machines))]
        failures = [
            self._failure(machine)
            for machine in machines
            if machine.type != "EXPRESS"
            for _ in range(self.upto(4))
        ]
        failing = {failure.execution.machine_arn for failure in failures}
        return Found(
            machines=machines,
            counts={machine.arn: self._counts() for machine in machines if self.upto(4)},
            failures=failures,
            coverage=self._coverage(len(machines), len(failures)),
            unlisted=frozenset(m.arn for m in machines if m.arn not in failing and self.upto(1)),
        )

    def _machine(self, index: int) -> StateMachine:
        arn = f"arn:aws:states:{REGION}:{ACCOUNT}:stateMachine:m{index}"
        made_up = f"{self.text()}{index}"
        return StateMachine(
            self.random.choice([arn, made_up]), self.text(), self.random.choice(TYPES)
        )

    def _counts(self) -> ExecutionCounts:
        return ExecutionCounts(*(self.upto(50_000) for _ in range(4)))

    def _diagnosis(self) -> Diagnosis:
        nature = self.random.choice(NATURES)
        return Diagnosis(self.cause(), nature, self.text(), self.text(), self.text())

    def _failure(self, machine: StateMachine) -> Failure:
        stopped = WINDOW.start + timedelta(seconds=self.upto(600_000))
        real_arn = f"arn:aws:states:{REGION}:{ACCOUNT}:execution:m:run"
        execution = Execution(
            arn=self.random.choice([real_arn, self.text()]),
            machine_arn=machine.arn,
            name=self.text(),
            status=self.random.choice(UNSUCCESSFUL),
            started_at=stopped - timedelta(seconds=self.upto(99_999)),
            stopped_at=stopped,
            redrive_count=self.upto(3),
        )
        attempts = [
            DiagnosedAttempt(self.maybe(self.text), self._diagnosis(), None, stopped, None)
            for _ in range(self.upto(5))
        ]
        return Failure(
            execution=execution,
            state=self.maybe(self.text),
            fail_state=self.maybe(self.text),
            diagnosis=self._diagnosis(),
            attempts=tuple(attempts),
            attempts_complete=self.random.random() < 0.7,
        )

    def _coverage(self, machines: int, failures: int) -> Coverage:
        notes = tuple(self.message() for _ in range(self.upto(6)))
        return Coverage(
            machines_tagged=machines,
            machines_scanned=self.upto(machines),
            failures_found=failures,
            failures_read=self.upto(failures),
            api_calls={"GetResources": 1, "GetExecutionHistory": self.upto(99_999)},
            throttled=self.upto(2_000),
            complete=self.random.random() < 0.5,
            notes=notes,
            left_out=notes[: self.upto(6)],
        )


def by_any_author(test: Callable[[Author], None]) -> Callable[[], None]:
    """Run a test on the weeks of 25 authors; a busy machine may take its time."""
    authors = st.integers(0, 2**32 - 1).map(Author)
    return settings(deadline=None, max_examples=many(40))(given(authors)(test))
