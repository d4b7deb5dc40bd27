"""Successes that were only listed, and took so long that they must have retried."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from sfn_digest.model.successes import ReadSuccess, Success, Successes, SuccessfulAttempt
from sfn_digest.retry import read_definition
from sfn_digest.retry.observations.observed_states import StateEvidence, gather
from sfn_digest.retry.observations.slow_successes import LEAST_QUIET, LEAST_READ
from sfn_digest.retry.outages.likelihood import seen_of
from tests.retry.made import MACHINE, START, attempts, failures, passes, retry, task

ERROR = "Lambda.ServiceException"
OWN = retry(ERROR, attempts=3, IntervalSeconds=20)
HOUR = 3600.0


def slow(number: int, seconds: float) -> Success:
    """A success of the twentieth hour that took so long."""
    at = START + timedelta(hours=20, seconds=number * 60)
    return Success(f"{MACHINE}:slow-{number}", MACHINE, at, at + timedelta(seconds=seconds))


def read(one: Success, *, retried: int = 1, cause: str = "service_error") -> ReadSuccess:
    """It as it was read; its attempts before the last failed in Work."""
    made = attempts(one.started_at, cause, ERROR, retried + 1, took=1, pause=20)
    return ReadSuccess(one, tuple(made[:retried]), ())


def evidence(
    listed: list[Success],
    known: list[ReadSuccess],
    own: list[dict[str, Any]] = OWN,
    every: float = 600.0,
) -> StateEvidence:
    """Of a state whose successes take 32 s, save those in the twentieth hour that are given."""
    usual = passes(every=every, unless=(17.0, 24.0))
    found = Successes(
        MACHINE,
        (*usual.listed, *listed, *(each.execution for each in known)),
        (*usual.read, *known),
        complete=True,
    )
    failed = failures("service_error", ERROR, number=3, made=4, pause=20.0)
    (state,) = gather({MACHINE: read_definition(task(Retry=own))}, failed, {MACHINE: found})
    return state


def sure(state: StateEvidence) -> set[tuple[float, ...]]:
    return {each.sure for each in state.passes if each.sure}


RETRIED = [read(slow(number, 120)) for number in range(100, 100 + LEAST_READ)]


@pytest.mark.parametrize(
    ("seconds", "times"),
    [(33, ()), (54, (0, 22)), (80, (0, 22, 64)), (160, (0, 22, 64, 146)), (300, ())],
)
def test_a_success_that_took_longer_than_any_in_quiet_times_had_retried_as_often_as_it_must(
    seconds: float, times: tuple[float, ...]
) -> None:
    """Beyond what all retries come to something else took the time."""
    assert sure(evidence([slow(1, seconds)], RETRIED)) == ({times} if times else set())


def test_nothing_is_sure_where_one_that_was_read_took_as_long_without_a_retry() -> None:
    unretried = read(slow(99, 90), retried=0)
    assert sure(evidence([slow(1, 80)], [*RETRIED, unretried])) == set()


def test_nothing_is_sure_where_few_that_took_longer_were_read() -> None:
    assert sure(evidence([slow(1, 80)], RETRIED[1:])) == set()


def test_nothing_is_sure_where_few_successes_show_what_is_usual() -> None:
    """Those within two hours of a failed attempt do not."""
    every = 7 * 24 * HOUR / LEAST_QUIET
    assert sure(evidence([slow(1, 80)], RETRIED, every=every)) == set()


@pytest.mark.parametrize(
    "own",
    [
        retry(ERROR, attempts=3, IntervalSeconds=20, JitterStrategy="FULL"),
        [*OWN, *OWN],
        retry("Other", attempts=3, IntervalSeconds=20),
    ],
)
def test_nothing_is_sure_where_no_single_retrier_sets_the_times(own: list[dict[str, Any]]) -> None:
    assert sure(evidence([slow(1, 80)], RETRIED, own)) == set()


def test_nothing_is_sure_where_an_execution_visits_the_state_more_than_once() -> None:
    """As the items of a Map do: which of them took the time is not known."""
    one, *others = RETRIED
    visits = (one.execution.started_at, one.execution.stopped_at)
    twice = tuple(SuccessfulAttempt("Work", each, each) for each in visits)
    assert sure(evidence([slow(1, 80)], [replace(one, succeeded=twice), *others])) == set()


def test_attempts_that_are_sure_to_have_failed_are_laid_to_the_cause_of_nearly_all() -> None:
    alone = evidence([slow(1, 160)], RETRIED)
    more = evidence([], RETRIED)
    counted = [
        [sum(seen.kinds.single[seen.kind] < len(seen.kinds.earlier)) for seen in seen_of(*asked)]
        for asked in (
            ("service_error", alone, 10_000),
            ("service_error", more, 10_000),
        )
    ]
    assert counted[0][1] == counted[1][1] + 3
    others = [read(each.execution, cause="throttling") for each in RETRIED]
    mixed = evidence([slow(1, 160)], others)
    _, every = seen_of("throttling", mixed, 10_000)
    assert sum(every.kinds.single[every.kind] < len(every.kinds.earlier)) == LEAST_READ
