"""A week's digest, delivered by one run or several, and what came of it."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from sfn_digest.delivery import (
    Delivered,
    DeliveryContext,
    Digest,
    Ledger,
    MemoryLedger,
    Note,
    deliver_once,
    period_id,
)
from sfn_digest.errors import SfnDigestError
from sfn_digest.model.executions import Tag, Window
from sfn_digest.model.slack_message import SlackMessage
from sfn_digest.report.csv_face import COLUMNS
from tests.delivery.faults import Faults, FlakyLedger, no_faults
from tests.delivery.stage import START, Actor, Stage
from tests.delivery.workspace import CHANNEL, FakeChannel, FakeSlack

WEEK = Window(START - timedelta(days=7), START)
DELIVERY = period_id(WEEK, "123456789012", "eu-west-1", CHANNEL, tag=Tag("sfn-digest", "on"))
AGAIN = "aws lambda invoke …"
PARTS = ("root", "first reply", "second reply")


FAILURES = 48
"""Executions that failed in the week."""


REPORT: dict[str, Any] = {
    "window": {"start": "2026-11-09T09:00:00.000Z", "end": "2026-11-16T09:00:00.000Z"},
    "coverage": {
        "notes": [],
        "complete": True,
        "machines_scanned": 1,
        "failures_found": FAILURES,
        "failures_read": FAILURES,
        "executions_counted": True,
    },
    "machines": [{"arn": "arn:machine", "name": "machine"}],
    "failures": [
        {
            **dict.fromkeys(COLUMNS, ""),
            "failed_attempts": {"network": 2},
            "machine_arn": "arn:machine",
        }
    ],
}


def report_that_read(failures: int) -> dict[str, Any]:
    """The week's report, as far as it could be read."""
    coverage = {"failures_read": failures, "complete": failures == FAILURES}
    return {**REPORT, "coverage": {**REPORT["coverage"], **coverage}}


def digest(
    edition: str,
    parts: tuple[str, ...] = PARTS,
    *,
    charts: bool = False,
    report: dict[str, Any] | None = None,
) -> Digest:
    """A digest whose every message names its part and edition."""
    fallback: list[dict[str, Any]] | None = [{"type": "divider"}] if charts else None
    messages = tuple(
        SlackMessage(f"{part}, {edition}", [{"type": "divider", "block_id": part}], fallback)
        for part in parts
    )
    return Digest(CHANNEL, messages, report or REPORT, b"\x89PNG")


@dataclass
class Run:
    """What one run did: it ended with an outcome, with an error, or was killed."""

    outcome: Delivered | None = None
    error: SfnDigestError | None = None
    scans: int = 0
    notes: list[Note] = field(default_factory=list)

    @property
    def codes(self) -> list[str]:
        """The notes' short names."""
        return [note.code for note in self.notes]


@dataclass
class Week:
    """The shared world of all runs of one period."""

    seed: int = 0
    history: bool = True
    webhook: bool = False
    parts: tuple[str, ...] = PARTS
    delivery: str = DELIVERY
    period: bool = True
    charts: bool = False
    reports: dict[str, dict[str, Any]] = field(default_factory=dict)
    """What an edition reports, where it is not REPORT."""
    ledger: Ledger = field(default_factory=MemoryLedger)

    def __post_init__(self) -> None:
        self.stage = Stage(self.seed)
        self.slack = FakeSlack(self.stage, history=self.history, webhook=self.webhook)

    def run(
        self,
        faults: Faults = no_faults,
        *,
        edition: str = "as read",
        lasts: float = 900.0,
        skew: float = 0.0,
        looked: bool = False,
    ) -> Run:
        """One run, alone."""
        return self.together([(faults, edition, skew)], lasts=lasts, looked=looked)[0]

    def together(
        self,
        each: list[tuple[Faults, str, float]],
        *,
        lasts: float = 900.0,
        looked: bool = False,
    ) -> list[Run]:
        """Several runs that start at the same time: faults, edition and clock skew of each."""
        runs, scripts = [], []
        for faults, edition, skew in each:
            run, actor = Run(), Actor(self.stage, lasts=lasts, skew=skew)
            runs.append(run)
            scripts.append((actor, self._script(run, actor, faults, edition, looked=looked)))
        self.stage.play(scripts)
        return runs

    def _script(
        self, run: Run, actor: Actor, faults: Faults, edition: str, *, looked: bool
    ) -> "Script":
        tools = DeliveryContext(
            FlakyLedger(self.ledger, actor, faults),
            FakeChannel(self.slack, actor, faults),
            actor,
            run.notes.append,
            looked=looked,
        )
        return Script(run, tools, edition, self)

    def later(self, seconds: float) -> None:
        """Time passes."""
        self.stage.clock += seconds


@dataclass
class Script:
    """What one run does."""

    run: Run
    tools: DeliveryContext
    edition: str
    week: Week

    def __call__(self) -> None:
        try:
            self.run.outcome = deliver_once(
                self.week.delivery, self._scan, self.tools, again=AGAIN, refresh=self.week.period
            )
        except SfnDigestError as error:
            self.run.error = error

    def _scan(self) -> Digest:
        self.run.scans += 1
        report = self.week.reports.get(self.edition)
        return digest(self.edition, self.week.parts, charts=self.week.charts, report=report)


def faults_in_channel(week: Week) -> list[str]:
    """What is wrong with the channel, where one root and one of each reply should stand."""
    # What Slack takes late must be in.
    week.later(60.0)
    wrong = []
    roots, replies = week.slack.roots(), week.slack.replies()
    if len(roots) != 1:
        wrong.append(f"{len(roots)} roots")
    names = sorted(each.text.split(",")[0] for each in replies)
    if names != sorted(week.parts[1:]):
        wrong.append(f"replies {names}")
    if {each.thread for each in replies} - {each.ts for each in roots}:
        wrong.append("a reply in the wrong thread")
    attached = Counter(thread for thread, _ in week.slack.attached)
    if any(count > 1 for count in attached.values()):
        wrong.append("files attached twice")
    return wrong


def editions_shown(week: Week) -> set[str]:
    """The editions that the channel's messages are of."""
    return {each.text.split(", ")[1] for each in week.slack.messages}
