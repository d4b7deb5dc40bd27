"""Ids that last, and the remedies for one state's failures in order."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import pytest

from sfn_digest.model.report import Hint, Recovered
from sfn_digest.retry import Terms, read_definition
from sfn_digest.retry.hints.plans import identified, is_remedy, left_after, planned
from tests.adoption.made import hint
from tests.asl.test_ecs_branch import SPOT
from tests.retry.hints.test_herds import THROTTLED, herd
from tests.retry.made import (
    ECS,
    LAMBDA,
    MACHINE,
    START,
    attempts,
    failures,
    hints,
    passes,
    retry,
    task,
)

pytestmark = pytest.mark.slow

STOPPED = "States.TaskFailed"


def steps(found: Sequence[Hint]) -> list[tuple[str, int]]:
    return [(each.kind, each.step) for each in found if each.plan]


def test_an_id_stays_while_the_hint_is_about_the_same_thing() -> None:
    first, other = hint(), hint(kind="learn_first", failures=99, errors=("Another",))
    assert identified([first])[0].id == identified([other])[0].id
    assert len(identified([first])[0].id) == 8
    for changed in (hint(state="Save"), hint(cause="throttling"), hint(kind="herd")):
        assert identified([changed])[0].id != identified([first])[0].id


def test_no_two_hints_of_a_report_share_an_id() -> None:
    again = identified([hint(), hint(), hint(kind="dead_retrier"), hint(kind="dead_retrier")])
    assert len({each.id for each in again}) == 4
    assert identified(again)[:1] == again[:1]


def test_for_spot_a_few_retries_come_first_and_capacity_on_demand_second() -> None:
    definition = task(ECS, Parameters=SPOT, Retry=retry(STOPPED, attempts=1))
    failed = failures("spot_interruption", STOPPED, number=24, made=2, every=14_000)
    found = hints(definition, failed, passes())
    assert steps(found) == [("retry", 1), ("ecs_branch", 2)]
    first, second = (each for each in found if each.plan)
    assert first.id == first.plan == second.plan
    assert first.retrier is not None
    assert int(str(first.retrier["MaxAttempts"])) <= 3
    assert first.text.startswith("Step 1 of 2. ")
    assert "redrive" not in first.text
    # Step 1 recovers nearly all of them.
    assert second.text.startswith("Step 2 of 2. Step 1 may leave nothing for this one to recover: ")
    assert "take it. The figures below are for this step alone. About " in second.text
    # The retries that come first are those of step 1 by then, not the one of today.
    assert "on Spot still" not in second.text
    assert "were lost to Spot" in second.text


def test_where_on_demand_cannot_be_written_down_retries_are_as_many_as_are_worth_it() -> None:
    definition = task(ECS, Retry=retry(STOPPED, attempts=1))
    failed = failures("spot_interruption", STOPPED, number=24, made=2, every=14_000)
    (first,) = hints(definition, failed, passes(), kind="retry")
    assert first.retrier is not None
    assert int(str(first.retrier["MaxAttempts"])) > 3


def test_for_a_throttled_map_fewer_items_at_once_come_first() -> None:
    definition = {
        "StartAt": "Each",
        "States": {
            "Each": {
                "Type": "Map",
                "MaxConcurrency": 40,
                "ItemProcessor": task(Retry=retry(THROTTLED)),
                "End": True,
            }
        },
    }
    found = hints(definition, herd(), passes())
    assert [kind for kind, _ in steps(found)] in (
        ["max_concurrency", "retry"],
        ["max_concurrency", "learn_first"],
    )
    assert [each.state for each in found if each.plan] == ["Each", "Work"]


def spot(kind: str, low: int, likely: float, high: int, failed: int = 20) -> Hint:
    found = Recovered(low, likely, high, low, high)
    return hint(kind=kind, id=kind, failures=failed, recovered=found, errors=(STOPPED,))


def test_what_retries_leave_to_capacity_on_demand_is_what_they_do_not_recover() -> None:
    left = left_after([spot("retry", 12, 15.0, 17)], spot("ecs_branch", 18, 19.0, 20))
    assert left == Recovered(surely=1, likely=4.0, possibly=8, low=1, high=8)
    nothing = left_after([spot("retry", 20, 20.0, 20)], spot("ecs_branch", 18, 19.0, 20))
    assert nothing == Recovered(surely=0, likely=0.0, possibly=0, low=0, high=0)


LEFT = "Step 1 is likely to leave about {} for this one to recover (95% interval: 0\N{EN DASH}8)."
NONE_LEFT = "Step 1 may leave nothing for this one to recover: see what is left before you take it."


@pytest.mark.parametrize(
    ("recovered", "said"),
    [
        (19.7, NONE_LEFT),
        (19.0, LEFT.format("1 failure")),
        (17.0, LEFT.format("3 failures")),
    ],
)
def test_about_none_is_said_in_words(recovered: float, said: str) -> None:
    definitions = {MACHINE: read_definition(task(ECS))}
    retries = replace(spot("retry", 12, recovered, 20), id="first")
    _, second = planned([retries, spot("ecs_branch", 18, 20.0, 20)], definitions)
    assert f"Step 2 of 2. {said} The figures below are for this step alone." in second.text


def test_a_later_step_says_that_fewer_items_at_once_may_leave_it_nothing() -> None:
    definitions = {MACHINE: read_definition(task(LAMBDA))}
    known = hint(kind="max_concurrency", id="first", patched={"MaxConcurrency": 4})
    for first, said in ((known, True), (replace(known, patched=None), False)):
        _, second = planned([first, hint(id="second")], definitions)
        assert second.step == 2
        assert (NONE_LEFT in second.text) is said
        assert "The figures below are for this step alone." in second.text
    assert left_after([hint(kind="timeout_value")], hint()) is None


def test_hints_on_other_errors_or_states_are_no_plan() -> None:
    definitions = {MACHINE: read_definition(task(LAMBDA))}
    apart = [hint(), hint(state="Save"), hint(errors=("Other",), cause="throttling")]
    found = planned(identified(apart), definitions)
    assert [each.plan for each in found] == [None, None, None]


def test_a_retrier_that_would_hold_executions_too_long_is_not_brought_to_life() -> None:
    asl = task(Retry=retry("Lambda.serviceException", attempts=40, IntervalSeconds=900))
    failed = failures("service_error", "Lambda.ServiceException", number=5)
    (dead,) = hints(asl, failed, kind="dead_retrier")
    assert (dead.retrier, dead.patched) == (None, None)
    assert "it would hold an execution for longer than 6 h" in dead.text
    (alive,) = hints(asl, failed, kind="dead_retrier", terms=Terms(deadline=1e12))
    assert alive.patched is not None


def test_a_machine_s_own_timeout_less_what_it_takes_bounds_its_retries() -> None:
    asl = {**task(), "TimeoutSeconds": 1800}
    failed = failures("service_error", "Lambda.ServiceException", number=12, every=50)
    (found,) = hints(asl, failed, passes(unless=(20, 20.2), took=600), kind="retry")
    assert found.cost is not None
    assert found.cost.hold_seconds <= 1800 - 600


def test_the_slow_executions_are_what_retries_have_to_fit_in_with() -> None:
    asl = {**task(), "TimeoutSeconds": 3600}
    failed = failures("service_error", "Lambda.ServiceException", number=12, every=50)
    known = passes(unless=(20, 20.2), took=600)
    listed = [
        replace(each, stopped_at=each.started_at + timedelta(seconds=600 if n % 10 else 2400))
        for n, each in enumerate(known.listed)
    ]
    again = attempts(START, "service_error", "Lambda.ServiceException", 1)
    waited = replace(listed[0], stopped_at=listed[0].started_at + timedelta(seconds=3500))
    retried = replace(known.read[0], execution=waited, failed=tuple(again))
    slow = replace(known, listed=(waited, *listed[1:]), read=(retried, *known.read[1:]))
    (found,) = hints(asl, failed, slow, kind="retry")
    assert found.cost is not None
    assert 600 < found.cost.hold_seconds <= 3600 - 2400


@pytest.mark.parametrize(
    ("seconds", "told"),
    [(900, [("timeout_value", 1), ("retry", 2)]), (60, [])],
)
def test_a_longer_timeout_comes_before_retries_of_what_it_ended(
    seconds: int, told: list[tuple[str, int]]
) -> None:
    definitions = {MACHINE: read_definition(task(TimeoutSeconds=300))}
    late = hint(errors=("States.Timeout",), cause="timeout_task")
    longer = replace(late, kind="timeout_value", retrier=None, patched={"TimeoutSeconds": seconds})
    found = planned(identified([late, longer]), definitions)
    assert sorted(steps(found), key=lambda each: each[1]) == told
    assert [is_remedy(each) for each in found] == [True, bool(told)]


@pytest.mark.parametrize(
    ("seconds", "told"),
    [(900, [("timeout_value", 1), ("timeout_retried", 2)]), (60, [])],
)
def test_a_longer_timeout_comes_before_the_end_of_retries_of_what_it_ended(
    seconds: int, told: list[tuple[str, int]]
) -> None:
    definitions = {MACHINE: read_definition(task(TimeoutSeconds=300))}
    ended = hint(kind="timeout_retried", errors=("States.Timeout",), cause="timeout_task")
    longer = replace(ended, kind="timeout_value", retrier=None, patched={"TimeoutSeconds": seconds})
    found = planned(identified([ended, longer]), definitions)
    assert sorted(steps(found), key=lambda each: each[1]) == told
    assert [is_remedy(each) for each in found] == [bool(told)] * 2


def test_steps_of_a_plan_stay_together_in_their_order() -> None:
    definition = task(ECS, Parameters=SPOT, Retry=retry(STOPPED, attempts=1))
    failed = failures("spot_interruption", STOPPED, number=24, made=2, every=14_000)
    found = hints(definition, failed, passes())
    place = [n for n, each in enumerate(found) if each.plan]
    assert place == list(range(place[0], place[0] + 2))
    assert replace(found[place[0]], step=1) == found[place[0]]
