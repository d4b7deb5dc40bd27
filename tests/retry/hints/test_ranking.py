"""Which hints stand first, and that one missing timeout speaks for a machine's others."""

from dataclasses import replace

from sfn_digest.i18n.message import Message
from sfn_digest.model.report import Hint, Recovered
from sfn_digest.retry.hints.ranking import best_first, one_timeout_each

NOTHING = Recovered(surely=0, likely=0.0, possibly=0, low=0, high=0)
PLAIN = Hint("herd", "arn:m:a", "Work", "throttling", (), None, 3, 1, NOTHING, 0.0)
RETRY = replace(PLAIN, kind="retry", recovered=replace(NOTHING, likely=2.0, low=1), sure="likely")
TIMEOUT = replace(
    PLAIN,
    kind="missing_timeout",
    failures=0,
    title=Message("Set a timeout on Work"),
    text=Message("Set one."),
)


def test_what_recovers_stands_before_waste_then_defects_then_learning_then_timeouts() -> None:
    ordered = [
        replace(RETRY, recovered=replace(NOTHING, likely=9.0, low=4)),
        RETRY,
        replace(PLAIN, kind="stop_retrying", hours=3.0, failures=1),
        replace(PLAIN, kind="ecs_branch", hours=0.5, failures=9),
        replace(PLAIN, failures=8),
        replace(PLAIN, kind="stop_retrying", hours=0.01, failures=2),
        replace(PLAIN, kind="learn_first", sure="learn", failures=30, recovered=RETRY.recovered),
        replace(TIMEOUT, patched={"Type": "Task"}, state="Z"),
        TIMEOUT,
    ]
    assert list(best_first(reversed(ordered))) == ordered


def test_one_missing_timeout_stands_for_those_of_its_machine() -> None:
    second, third = replace(TIMEOUT, state="Load"), replace(TIMEOUT, state="Save")
    other = replace(TIMEOUT, machine_arn="arn:m:b")
    shown = one_timeout_each([RETRY, TIMEOUT, second, third, other])
    assert shown == (
        RETRY,
        replace(TIMEOUT, text=Message("Set one. Also missing in Load, Save.")),
        other,
    )
