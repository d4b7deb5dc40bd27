"""Herds as queues: which of their retries are refused."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import count

from sfn_digest.retry.observations.crowds import Herds
from sfn_digest.retry.observations.observed_states import StateEvidence
from sfn_digest.retry.observations.thinning import Pass
from sfn_digest.retry.observations.visits import Visit
from tests.retry.backtest.made import attempt, visit

DAY = 86_400.0
BETWEEN = (5.0, 15.0, 25.0, 35.0, 45.0)


def struck(size: int, days: int = 3) -> tuple[Visit, ...]:
    """Visits that failed together at noon of some days."""
    found = [
        visit(attempt(day * DAY + 1), at=day * DAY) for day in range(days) for _ in range(size)
    ]
    return tuple(replace(each, execution=str(n)) for n, each in enumerate(found))


def evidence(size: int, **known: object) -> StateEvidence:
    return replace(StateEvidence("m", "Work", struck(size), (), (10.0,)), **known)  # type: ignore[arg-type]


def refusals(
    found: StateEvidence, delays: Sequence[float], *, jitter: bool = False
) -> Mapping[int, Sequence[float]]:
    numbers = count()
    luck = lambda: (next(numbers) * 0.618) % 1  # noqa: E731
    return Herds(found, found.visits).refusals(delays, BETWEEN, luck, jitter=jitter)


def test_retries_that_come_together_are_served_in_turns() -> None:
    """One at a time, for ten seconds each: of four the first is let in when the place is free."""
    (shares, *_) = refusals(evidence(4), (10.0, 10.0, 10.0, 10.0)).values()
    assert list(shares[1:5]) == [3 / 4, 2 / 3, 1 / 2, 0]


def test_retries_before_the_first_are_done_are_all_refused() -> None:
    (shares, *_) = refusals(evidence(4), (2.0,)).values()
    assert set(shares) == {1.0}


def test_retries_that_are_spread_far_are_hardly_refused() -> None:
    (crowded, *_) = refusals(evidence(8), (20.0,), jitter=True).values()
    (spread, *_) = refusals(evidence(8), (2000.0,), jitter=True).values()
    assert sum(crowded[2:]) / 4 > 0.5
    assert spread[-1] < 0.1


def test_as_many_are_served_at_once_as_were_let_in_beside_the_refused() -> None:
    (one, *_) = refusals(evidence(4), (12.0,)).values()
    (all_at_once, *_) = refusals(evidence(4, let_in=4), (12.0,)).values()
    passes = tuple(Pass(day * DAY) for day in range(3) for _ in range(4))
    (as_passed, *_) = refusals(evidence(4, passes=passes), (12.0,)).values()
    assert one[1] == 3 / 4
    assert all_at_once[1] == as_passed[1] == 0


def test_what_came_with_few_others_is_of_no_herd() -> None:
    found = evidence(4)
    alone = visit(at=5 * DAY)
    herds = Herds(replace(found, visits=(*found.visits, alone)), (*found.visits, alone))
    assert herds.of(found.visits[0]) is not None
    assert herds.of(alone) is None
    assert Herds(evidence(3), struck(3)).of(struck(3)[0]) is None
