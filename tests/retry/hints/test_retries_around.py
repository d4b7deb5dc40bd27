"""A retrier of a state in a Map or Parallel that its own Retry runs anew: what it promises."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from bench.applied_checks import Judged, judged
from bench.hint_worlds import START, failures_of, successes_of
from sfn_digest.model.executions import Window
from sfn_digest.model.report import Hint
from sfn_digest.retry import Terms, evaluate, read_definition
from simulator.worlds.systems import DAY, build_world, machine_arn
from tests.retry.change.test_holders import with_work
from tests.retry.change.worlds import ERROR, lived, retry, task

pytestmark = pytest.mark.slow

WEEK = Window(datetime.fromtimestamp(START, UTC), datetime.fromtimestamp(START + 2 * DAY, UTC))
DEADLINE = 4 * 3600.0


def applied(kind: str, around: list[dict[str, Any]]) -> tuple[Hint, Judged]:
    """The hint to retry Work, after two hours of outage that eight executions or six do not
    outlast, and what came of it.
    """
    before = lived(with_work(kind, task(), Retry=around), (5.0, 7.0))
    arn = machine_arn("m")
    (hint,) = evaluate(
        {arn: read_definition(with_work(kind, task(), Retry=around))},
        failures_of(before),
        {arn: successes_of(before, "m")},
        WEEK,
        Terms(DEADLINE),
    )
    changed = with_work(kind, task(**(hint.patched or {})), Retry=around)
    systems = [replace(each, definition=changed) for each in before.make(before.setting)]
    return hint, judged(hint, before.world, build_world(systems, before.setting))


AROUND = {
    "once, later": retry(ERROR, attempts=1, interval=600),
    "often, later": retry(ERROR, attempts=3, interval=600),
    "often, soon": retry("States.ALL", attempts=3, interval=60),
}


@pytest.mark.parametrize("kind", ["Map", "Parallel"])
@pytest.mark.parametrize("around", AROUND)
def test_what_a_retry_around_makes_of_a_retrier_is_in_its_promises(kind: str, around: str) -> None:
    hint, one = applied(kind, AROUND[around])
    assert (hint.kind, one.gained) == ("retry", hint.failures)
    assert one.checks["bounds"]
    assert one.checks["hold"]
    assert hint.cost is not None
    held = float(one.seen.partition("held ")[2].split()[0])
    assert held <= hint.cost.hold_seconds <= DEADLINE


def test_the_hint_says_how_often_a_retry_around_makes_its_retries_again() -> None:
    hint, _ = applied("Map", AROUND["often, later"])
    again = "If they fail, the Retry of Around makes them all again, up to 3 times."
    assert again in str(hint.text)


def test_further_attempts_are_counted_beyond_those_that_a_retry_around_makes_today() -> None:
    _, one = applied("Parallel", AROUND["often, soon"])
    assert one.checks["attempts"]


def test_what_retries_around_recover_is_told_from_the_whole_time_that_they_take() -> None:
    """Not only from that of one run: beyond it, each retry would be as good as a guess."""
    hint, _ = applied("Parallel", AROUND["often, soon"])
    assert hint.recovered.low >= 0.7 * hint.failures
