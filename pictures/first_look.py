"""What a reader finds first in five weeks: `python -m pictures.first_look` writes the table again.

The weeks are made up, each to put one question to the message; the texts are the product's own.
"""

import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

from pictures.sizes import sized
from sfn_digest.causes import noun
from sfn_digest.i18n.message import Message
from sfn_digest.i18n.translator import Language
from sfn_digest.model.comparison import Before, CauseChange, DefinitionChange
from sfn_digest.model.executions import Diagnosis, ExecutionCounts, Failure, StateMachine
from sfn_digest.model.report import Hint, Recovered, Report
from sfn_digest.pipeline.texts import texts_in
from sfn_digest.report.build import build_report
from sfn_digest.report.slack import message, read_characters, read_words
from tests.report import made
from tests.report.made_past import RETRY, period

PAGE = Path("docs/message.md")
BEGIN, END = "<!-- table: python -m pictures.first_look -->", "<!-- end of the table -->"

SHOP, STORE, MAILS = (
    made.machine(name) for name in ("publish-orders", "store-files", "send-mails")
)
THROTTLED = Diagnosis(
    "throttling", "transient", "Lambda.TooManyRequestsException", "Rate exceeded", "v1:throttled"
)


@dataclass(frozen=True, slots=True)
class Look:
    """One week, and what its reader is to find first."""

    name: str
    report: Report
    sought: str


def looks() -> tuple[Look, ...]:
    """Give the five weeks."""
    return (
        Look("a break after a change", _broken(), "publish-orders"),
        Look("a throttle storm", _storm(), "store-files"),
        Look("a quiet week", _quiet(), "No failures"),
        Look("a partial read", _partial(), "Partial data"),
        Look("400 state machines", _many(), "score-batch-027"),
    )


def _failures(of: StateMachine, count: int, cause: str, first: int = 1) -> list[Failure]:
    found = [made.failure(of, first + n % 50, cause, (cause,), state="Run") for n in range(count)]
    return [_numbered(each, n) for n, each in enumerate(found, start=first)]


def _numbered(each: Failure, number: int) -> Failure:
    """Give the failure an execution of its own: more of them end at the same time."""
    name = f"run-{number:03}"
    arn = f"{each.execution.arn.rpartition(':')[0]}:{name}"
    return replace(each, execution=replace(each.execution, arn=arn, name=name))


def _throttled(of: StateMachine, count: int) -> list[Failure]:
    plain = _failures(of, count, made.SPOT)
    return [replace(each, diagnosis=THROTTLED, attempts=()) for each in plain]


def _report(
    failures: Sequence[Failure], succeeded: Mapping[str, int], before: Mapping[str, ExecutionCounts]
) -> Report:
    machines = [SHOP, STORE, MAILS]
    report = build_report(
        account_id=made.ACCOUNT,
        region=made.REGION,
        window=made.WINDOW,
        machines=machines,
        counts={each.arn: ExecutionCounts(succeeded.get(each.name, 0)) for each in machines},
        found=made.listed(failures),
        failures=failures,
        coverage=made.coverage(len(machines), len(failures)),
        unlisted=(),
    )
    return replace(report, before=_held_against(before))


def _held_against(before: Mapping[str, ExecutionCounts]) -> Before:
    failed = sum(each.failures for each in before.values())
    succeeded = sum(each.succeeded for each in before.values())
    last = replace(
        period(1, failed), executions=succeeded + failed, succeeded=succeeded, failed=failed
    )
    return Before("kept_report", last, None, before)


def _hint(machine: StateMachine, cause: str, failures: int) -> Hint:
    likely = failures - 2
    error = THROTTLED.error if cause == THROTTLED.cause else "States.TaskFailed"
    recovered = Recovered(
        surely=likely, likely=likely, possibly=failures, low=likely, high=failures
    )
    return replace(
        RETRY,
        machine_arn=machine.arn,
        state="Run",
        cause=cause,
        failures=failures,
        recovered=recovered,
        added_wait_seconds=240.0,
        errors=(error,),
        title=Message(
            "Retry longer after {cause}: {errors} in {state}",
            cause=noun(cause) or cause,
            errors=error,
            state="Run",
        ),
    )


def _before(shop: int, store: int, mails: int) -> dict[str, ExecutionCounts]:
    counts = zip((SHOP, STORE, MAILS), (shop, store, mails), strict=True)
    return {each.arn: ExecutionCounts(900, failed) for each, failed in counts}


def _broken() -> Report:
    """Six failures since a change, beside some twenty that go on and one new one of chance."""
    began = made.WINDOW.start + timedelta(hours=40)
    found = [
        *_failures(SHOP, 6, made.DENIED, first=14),
        *_failures(STORE, 22, made.SPOT),
        *_failures(MAILS, 1, made.BROKEN),
    ]
    before = _before(0, 20, 0)
    report = _report(found, {"publish-orders": 54, "store-files": 900, "send-mails": 400}, before)
    changed = DefinitionChange(began - timedelta(minutes=90), None)
    changes = (
        CauseChange(SHOP.arn, "Run", made.DENIED, "g1", "new", 6, 0, began, changed),
        CauseChange(MAILS.arn, "Run", made.BROKEN, "g2", "new", 1, 0, began),
        CauseChange(STORE.arn, "Run", made.SPOT, "g3", "repeated", 22, 20, periods=3),
    )
    return replace(
        report,
        before=replace(_held_against(before), causes=changes),
        hints=(_hint(STORE, made.SPOT, 22),),
    )


def _storm() -> Report:
    """One service throttled hundreds of executions, most of which a longer Retry would recover."""
    found = [*_throttled(STORE, 260), *_throttled(MAILS, 40), *_failures(SHOP, 5, made.BROKEN)]
    report = _report(
        found, {"publish-orders": 900, "store-files": 1_700, "send-mails": 900}, _before(5, 9, 2)
    )
    return replace(report, hints=(_hint(STORE, "throttling", 260), _hint(MAILS, "throttling", 40)))


def _quiet() -> Report:
    report = _report(
        [], {"publish-orders": 60, "store-files": 900, "send-mails": 400}, _before(6, 20, 1)
    )
    return _with_trend(report)


def _with_trend(report: Report) -> Report:
    """Give the report a trend of the two periods that it is about."""
    totals = report.totals
    own = replace(
        period(0, 0),
        executions=totals.executions,
        succeeded=totals.succeeded,
        failed=totals.failed,
    )
    return replace(report, trend=(*([report.before.period] if report.before else []), own))


def _partial() -> Report:
    """The machine with most failures could not be read, which could change who is named first."""
    why = Message(
        "AWS denied {action}: allow it in the IAM policy of the digest's role or user.",
        action="states:ListExecutions",
    )
    denied = Message("{machine} was skipped: {reason}", machine=STORE.name, reason=why)
    found = [*_failures(SHOP, 6, made.DENIED), *_failures(MAILS, 4, made.BROKEN)]
    report = _report(
        found, {"publish-orders": 54, "store-files": 900, "send-mails": 400}, _before(0, 20, 4)
    )
    machines = [
        replace(each, failed=40) if each.arn == STORE.arn else each for each in report.machines
    ]
    coverage = replace(
        report.coverage, complete=False, machines_scanned=2, notes=(denied,), left_out=(denied,)
    )
    totals = replace(
        report.totals,
        executions=report.totals.executions + 40,
        failed=report.totals.failed + 40,
    )
    return replace(report, machines=tuple(machines), coverage=coverage, totals=totals)


def _many() -> Report:
    """Among 400 machines that fail a little, one whose rate jumped."""
    report = sized(400, 2_000)
    before = {each.arn: ExecutionCounts(1_000, each.failures) for each in report.machines}
    jumped = next(each for each in report.machines if each.name == "score-batch-027")
    machines = [replace(each, failed=60) if each is jumped else each for each in report.machines]
    totals = replace(
        report.totals,
        executions=report.totals.executions + 55,
        failed=report.totals.failed + 55,
    )
    return replace(report, machines=tuple(machines), totals=totals, before=_held_against(before))


def first_lines(report: Report, language: Language = "en") -> tuple[str, str]:
    """Give the header of a week's message, and the line below it."""
    head, *rest = message(report, texts_in(language)).text.split("\n")
    return head, rest[0] if rest else ""


def table() -> str:
    """Give the table, with the words and blocks of each message."""
    rows = [
        "| week | first | then | words | Japanese characters | blocks |",
        "| --- | --- | --- | ---: | ---: | ---: |",
    ]
    for look in looks():
        head, then = first_lines(look.report)
        posted = message(look.report, texts_in("en"))
        words, blocks = read_words(posted), len(posted.blocks)
        characters = read_characters(message(look.report, texts_in("ja")))
        cells = (look.name, head, then, words, characters, blocks)
        rows.append(f"| {' | '.join(map(str, cells))} |")
    return "\n".join(rows)


def written(page: str) -> str:
    """Give the page with its table as it is now."""
    before, rest = page.split(BEGIN)
    return f"{before}{BEGIN}\n{table()}\n{END}{rest.split(END)[1]}"


if __name__ == "__main__":
    PAGE.write_text(written(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
    sys.stderr.write(f"{PAGE}\n")
