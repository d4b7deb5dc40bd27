"""The story of an execution on a screen: whole, within its width, and safe to show."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from io import StringIO

import pytest
from rich.cells import cell_len

from sfn_digest.i18n.formats import ENGLISH
from sfn_digest.i18n.message import Message
from sfn_digest.model.described import Described, ExecutionStatus
from sfn_digest.model.executions import Diagnosis, Execution, Failure, Nature, UnsuccessfulStatus
from sfn_digest.model.story import RetryVerdict, Story, StoryAttempt, StoryVisit
from sfn_digest.pipeline.texts import texts_in
from sfn_digest.report.terminal.story_text import MOST_ATTEMPTS, MOST_VISITS, render, write

ARN = "arn:aws:states:eu-west-1:123456789012:execution:orders:e1"
MACHINE = "arn:aws:states:eu-west-1:123456789012:stateMachine:orders"
BEGAN = datetime(2026, 11, 16, 23, 59, 50, tzinfo=UTC)
ENDED = BEGAN + timedelta(minutes=3, seconds=10)
VERDICT = RetryVerdict("Call", "KeyError", 2, 1, 3)


def named(cause: str, nature: Nature = "transient") -> Diagnosis:
    return Diagnosis(cause, nature, "States.TaskFailed", "It was interrupted.", f"1:{cause}")


SPOT = named("spot_interruption")


def tried(number: int, failure: Diagnosis | None = SPOT) -> StoryAttempt:
    began = BEGAN + timedelta(seconds=10 * number)
    return StoryAttempt(began, began + timedelta(seconds=4), failure, 6.0)


def visit(attempts: int = 2, state: str = "Call", *, left: bool = True) -> StoryVisit:
    told = tuple(tried(number) for number in range(attempts))
    return StoryVisit(state, BEGAN, ENDED if left else None, told)


def described(status: ExecutionStatus, *, redrivable: bool | None = True) -> Described:
    stopped = None if status == "RUNNING" else ENDED
    return Described(ARN, MACHINE, "e1", status, BEGAN, stopped, 0, redrivable)


def failed(
    *visits: StoryVisit, why: Diagnosis = SPOT, status: UnsuccessfulStatus = "FAILED"
) -> Story:
    execution = Execution(ARN, MACHINE, "e1", status, BEGAN, ENDED)
    failure = Failure(execution, "Call", None, why, (), attempts_complete=True)
    return Story(described(status), failure, visits or (visit(),), None, (), ())


def shown(story: Story, width: int = 80) -> str:
    return render(story, texts_in("en"), width)


def in_a_line(story: Story) -> str:
    return " ".join(shown(story).split())


def test_the_attempts_stand_in_time_order_with_the_waits_between_them() -> None:
    lines = shown(failed()).splitlines()
    first = lines.index("Attempts")
    assert lines[first + 1 : first + 7] == [
        "  Call: 2 of 2 attempts failed",
        "    1. 23:59:50  4 s: Spot interruption",
        "       States.TaskFailed: It was interrupted.",
        "       waited 6 s",
        "    2. 2026-11-17 00:00:00  4 s: Spot interruption",
        "       waited 6 s",
    ]


def test_how_and_when_it_ended_leads() -> None:
    lines = shown(failed()).splitlines()
    assert lines[:4] == [
        "orders / e1",
        "Failed: Spot interruption in Call",
        "States.TaskFailed: It was interrupted.",
        "2026-11-16 23:59:50 to 2026-11-17 00:03 UTC, 3 min 10 s.",
    ]


@pytest.mark.parametrize(
    ("verdict", "says"),
    [
        (VERDICT, "Retrier 1 of Call matches KeyError; retries exhausted (MaxAttempts 3)."),
        (
            replace(VERDICT, attempts=0),
            "Retrier 1 of Call matches KeyError, but its MaxAttempts is",
        ),
        (
            replace(VERDICT, taken_by=None, attempts=None),
            "None of the 2 retriers of Call match KeyError.",
        ),
        (
            replace(VERDICT, retriers=1, taken_by=None, attempts=None),
            "The only retrier of Call does not match KeyError.",
        ),
        (
            replace(VERDICT, retriers=0, taken_by=None, attempts=None),
            "Call has no Retry, so KeyError ended the execution immediately.",
        ),
    ],
)
def test_what_its_retry_did_is_said(verdict: RetryVerdict, says: str) -> None:
    assert says in in_a_line(replace(failed(), verdict=verdict))


def test_a_retry_that_time_cut_short_is_not_called_used_up() -> None:
    story = replace(failed(status="TIMED_OUT"), verdict=VERDICT)
    assert "matches KeyError; the execution ended before its retries were exhausted." in in_a_line(
        story
    )


def test_the_command_that_redrives_it_stands_on_one_line() -> None:
    lines = [line for line in shown(failed(), 60).splitlines() if "redrive-execution" in line]
    command = "aws stepfunctions redrive-execution --region eu-west-1 --execution-arn"
    assert lines == [f"    {command} {ARN}"]
    assert "It can be redriven until 2026-12-01 00:03 UTC" in in_a_line(failed())


def test_a_cause_that_time_does_not_heal_is_to_be_mended_before_a_redrive() -> None:
    story = failed(why=named("permission", "permanent"))
    assert "Once the cause is fixed outside the definition, it can be red" in in_a_line(story)


def test_no_redrive_is_offered_where_aws_makes_none() -> None:
    story = replace(failed(), execution=described("FAILED", redrivable=False))
    assert "Step Functions cannot redrive it: start a new execution." in in_a_line(story)
    assert "redrive-execution" not in shown(story)


def test_after_a_catch_a_new_execution_is_advised() -> None:
    story = failed()
    assert story.failure is not None
    story = replace(story, failure=replace(story.failure, fail_state="Give up"))
    said = in_a_line(story)
    assert "Call failed, and a Catch led to the Fail state Give up." in said
    assert "A redrive would resume at the Fail state" in said
    assert "redrive-execution" not in said


def test_many_visits_and_attempts_are_cut_and_counted() -> None:
    story = failed(*(visit(state=f"S{number}") for number in range(MOST_VISITS + 5)))
    said = in_a_line(story)
    assert "… 5 more visits with failed attempts …" in said
    assert "S0: 2 of 2" in said
    assert f"S{MOST_VISITS + 4}: 2 of 2" in said
    said = in_a_line(failed(visit(MOST_ATTEMPTS + 30)))
    assert "… 30 more failed attempts …" in said
    assert f" {MOST_ATTEMPTS + 30}. " in said


def test_visits_that_went_well_or_were_cut_off_are_counted() -> None:
    well = StoryVisit("Well", BEGAN, ENDED, (tried(0, None),))
    cut = StoryVisit("Cut", BEGAN, None, (replace(tried(0, None), ended_at=None),))
    said = in_a_line(failed(well, visit(), well, cut))
    assert "2 other state visits succeeded on their first attempt." in said
    assert "1 visit cut off by the end of the execution." in said
    assert "Well: " not in said


def test_a_running_execution_says_what_it_waits_for() -> None:
    waits = StoryVisit("Wait", BEGAN, None, (StoryAttempt(BEGAN, None, None, None),))
    story = Story(described("RUNNING"), None, (visit(), waits), None, (), ())
    said = in_a_line(story)
    assert "Running Started 2026-11-16 23:59:50 UTC." in said
    assert "2 attempts have failed so far." in said
    assert "Wait: one attempt 1. 23:59:50 still running" in said


def test_an_execution_that_called_nothing_says_so() -> None:
    story = Story(described("SUCCEEDED"), None, (), None, (), (Message("Something to know."),))
    said = in_a_line(story)
    assert "It reached no state that calls a service." in said
    assert said.endswith("Something to know.")


HOSTILE = "evil\x1b]0;owned\x07\x1b[31m\u202e\u200b[red]name[/red]"


def test_hostile_names_send_no_command_to_the_terminal() -> None:
    story = failed(visit(state=HOSTILE))
    assert story.failure is not None
    story = replace(
        story,
        failure=replace(story.failure, state=HOSTILE, children=(HOSTILE,)),
        execution=replace(story.execution, name=HOSTILE),
        verdict=replace(VERDICT, state=HOSTILE, error=HOSTILE),
    )
    out = StringIO()
    write(story, texts_in("en"), out)
    for text in (shown(story), out.getvalue()):
        assert "[red]name[/red]" in text
        assert not {"\x1b", "\x07", "\u202e", "\u200b"} & set(text)


@pytest.mark.parametrize("width", [40, 80, 120])
def test_lines_stay_within_the_width(width: int) -> None:
    long = named("spot_interruption")
    long = replace(long, message="It was interrupted, and nobody knows why. " * 4)
    story = replace(failed(visit(), why=long), verdict=VERDICT)
    lines = shown(story, width).splitlines()
    breakable = [line for line in lines if "https://" not in line and "aws step" not in line]
    assert max(map(cell_len, breakable)) <= width


@pytest.mark.parametrize(
    ("seconds", "says"),
    [
        (0.0, "0 s"),
        (0.25, "0.2 s"),
        (9.96, "10 s"),
        (59.4, "59 s"),
        (59.6, "1 min"),
        (190, "3 min 10 s"),
        (3_600, "1 h"),
        (7_260, "2 h 1 min"),
        (187_200, "2 d 4 h"),
    ],
)
def test_a_length_of_time_is_told_in_its_two_largest_units(seconds: float, says: str) -> None:
    assert ENGLISH.length(seconds) == says


def test_visits_cut_off_alike_are_told_once_with_their_number() -> None:
    cut = [
        StoryVisit("Load", BEGAN, None, (StoryAttempt(BEGAN, None, None, None),)) for _ in range(12)
    ]
    told = in_a_line(failed(*cut, why=named("timeout_execution"), status="TIMED_OUT"))
    assert told.count("Load: one attempt") == 1
    assert "… and 11 more visits cut off like it" in told


def test_a_redrive_is_told_as_one() -> None:
    attempts = (replace(tried(0), wait=None, redriven_after=7_200.0), tried(1, None))
    told = in_a_line(failed(StoryVisit("Call", BEGAN, ENDED, attempts)))
    assert "redriven after 2 h" in told
    assert "waited 2 h" not in told
