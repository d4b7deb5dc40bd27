"""What failed executions do not tell stands in the terminal, on the page and in the thread."""

import io
from dataclasses import replace

import pytest

from sfn_digest.model.recoveries import (
    CaughtCause,
    MachineRecoveries,
    Recoveries,
    RisingRetries,
)
from sfn_digest.model.releases import Alias, MachineVersions, Route, VersionCount
from sfn_digest.model.report import Report
from sfn_digest.model.sample import Estimate
from sfn_digest.model.stuck import StuckExecution, StuckMachine
from sfn_digest.report.faces import show
from sfn_digest.report.slack import message, thread_messages
from tests.report import made, made_japanese
from tests.report.golden import expected

pytestmark = pytest.mark.slow

MACHINE = MachineRecoveries(
    machine_arn=made.SCORES.arn,
    successes=2_040,
    read=60,
    complete=True,
    saved=Estimate(120, 95, 150),
    attempts=141.5,
    hours=9.0,
    dollars=0.0035,
    caught=Estimate(12, 12, 12),
    causes=(CaughtCause("Load", "code_error", "permanent", "KeyError", "KeyError: 'width'", 3),),
    redriven=2,
    redriven_hours=2.6,
    rising=RisingRetries(
        made.WINDOW.start, Estimate(4, 1, 9), 1_000, Estimate(116, 90, 150), 1_040
    ),
)
RECOVERIES = Recoveries(
    MACHINE.saved, 141.5, 9.0, 0.0035, MACHINE.caught, 2, 2.6, 2_040, 60, (MACHINE,)
)


DAY = 86_400.0
CALLBACK = "sqs:sendMessage.waitForTaskToken"
EXECUTION = f"{made.BATCH.arn.replace(':stateMachine:', ':execution:')}:lost"
STUCK = (
    StuckMachine(
        made.BATCH.arn,
        executions=2,
        complete=True,
        successes=412,
        usual_seconds=1_680.0,
        timeout_seconds=3_400,
        longest=(
            StuckExecution(
                EXECUTION, 3 * DAY, "Approve", 3 * DAY - 9, CALLBACK, None, None, taken=True
            ),
        ),
    ),
    StuckMachine(
        made.SCORES.arn,
        executions=1,
        complete=True,
        successes=0,
        usual_seconds=None,
        timeout_seconds=None,
        longest=(
            StuckExecution(
                EXECUTION, 2 * DAY, "Render", 2 * DAY, "activity", None, None, taken=False
            ),
        ),
    ),
)
RELEASES = (
    MachineVersions(
        made.BATCH.arn,
        (VersionCount("13", 412, 0), VersionCount("14", 60, 6)),
        made.WINDOW.start,
        VersionCount("14", 60, 6),
        VersionCount("13", 412, 0),
        made.WINDOW.start,
        (Alias("live", (Route("14", 90), Route("13", 10))),),
    ),
)


def unnoticed_week() -> Report:
    return replace(made.week(), recoveries=RECOVERIES, stuck=STUCK, releases=RELEASES)


@pytest.mark.parametrize(
    ("language", "texts"), [("en", made.TEXTS), ("ja", made_japanese.JAPANESE)]
)
def test_the_reply_is_the_golden_one(language: str, texts: object) -> None:
    (reply,) = (
        each
        for each in thread_messages(unnoticed_week(), texts)  # type: ignore[arg-type]
        if each not in thread_messages(made.week(), texts)  # type: ignore[arg-type]
    )
    assert f"{reply.text}\n" == expected(f"unnoticed_{language}.txt", f"{reply.text}\n")


@pytest.mark.parametrize("face", ["terminal", "html"])
def test_every_face_tells_it_of_a_week_with_failures_and_of_a_quiet_one(face: str) -> None:
    for week in (made.week(), made.quiet_week()):
        machines = (*made.week().machines,)
        out = io.StringIO()
        report = replace(week, recoveries=RECOVERIES, machines=week.machines or machines)
        show(report, face, made.TEXTS, out, depth="full")
        told = " ".join(out.getvalue().split())
        assert "Retries saved about 120 executions (95\N{EN DASH}150) and cost 9 h." in told


def test_the_line_of_a_quiet_week_tells_what_recovered_by_itself() -> None:
    quiet = replace(made.quiet_week(), recoveries=RECOVERIES)
    (block,) = message(quiet, made.TEXTS).blocks
    said = "Retries saved about 120 executions (95\N{EN DASH}150) and cost 9 h."
    assert said in message(quiet, made.TEXTS).text
    assert said in str(block)
