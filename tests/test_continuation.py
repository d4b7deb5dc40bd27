"""A reading that takes several runs: one digest, and no execution counted twice, whatever dies."""

from collections.abc import Iterator

import pytest

from bench.continuation import Came, GoingOn, going_on, steps_to_kill, wrong
from bench.fault_account import Strike

pytestmark = pytest.mark.slow

SPREAD = (0.02, 0.2, 0.45, 0.6, 0.93)
"""Where in all steps of the runs one is killed here; `python -m bench.continuation` tries 500."""


@pytest.fixture(scope="module")
def function() -> Iterator[GoingOn]:
    with going_on() as made:
        yield made


@pytest.fixture(scope="module")
def whole(function: GoingOn) -> Came:
    return function.read()


def test_three_runs_together_read_what_one_has_no_time_for(whole: Came) -> None:
    assert (whole.digests, whole.runs, whole.coverage["continuations"]) == (1, 3, 2)
    assert whole.coverage["complete"]
    assert len(set(whole.read)) == len(whole.read) == whole.coverage["failures_found"]
    told = "The failures were read by 3 runs of the function, one after the other."
    assert told in whole.coverage["notes"]


@pytest.mark.parametrize("part", SPREAD)
def test_a_run_that_is_killed_costs_no_digest_and_counts_nothing_twice(
    function: GoingOn, whole: Came, part: float
) -> None:
    came = function.read(round(part * whole.steps))
    assert list(wrong(came, whole)) == []


def test_an_event_that_is_delivered_twice_adds_no_digest(function: GoingOn, whole: Came) -> None:
    came = function.read(twice=True)
    assert list(wrong(came, whole)) == []
    # Two readers are at work when the time of a run is up.
    assert came.again <= 2 * 2


@pytest.mark.parametrize(("fault", "runs"), [("denied", 1), ("throttled", 1), ("slow", 1 + 3)])
def test_a_run_that_may_not_invoke_the_next_posts_what_it_has_read(
    function: GoingOn, whole: Came, fault: str, runs: int
) -> None:
    # Lambda took each event that it did not answer, and those runs find nothing left to do.
    came = function.read(strike=Strike("Invoke", fault))
    assert (came.digests, came.runs) == (1, runs)
    assert 0 < len(came.read) < len(whole.read)
    told = "What was read could not be saved or continued in another run: "
    assert any(note.startswith(told) for note in came.coverage["notes"])
    assert not came.coverage["complete"]


def test_a_table_that_refuses_batches_costs_the_continuation_alone(
    function: GoingOn, whole: Came
) -> None:
    # The first write claims the scan; those after it keep what is read.
    came = function.read(strike=Strike("PutItem", "throttled", first=2, times=1))
    assert (came.digests, came.runs) == (1, 1)
    assert 0 < len(came.read) < len(whole.read)
    assert any("could not be saved or continued" in note for note in came.coverage["notes"])


def test_no_further_run_begins_where_none_is_left(
    function: GoingOn, whole: Came, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SFN_DIGEST_CONTINUATIONS", "1")
    came = function.read()
    assert (came.digests, came.runs) == (1, 2)
    assert len(came.read) < len(whole.read)
    assert (
        "The rest was not read in another run of the function, because 1 had already "
        "followed the first: the setting continuations allows no more."
    ) in came.coverage["notes"]


def test_no_further_run_begins_that_would_end_after_the_digest_is_due(
    function: GoingOn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SFN_DIGEST_DUE", "16m")
    came = function.read()
    assert (came.digests, came.runs) == (1, 1)
    assert any("because the report was due" in note for note in came.coverage["notes"])


def test_a_report_by_hand_goes_on_only_where_that_was_asked_for(
    function: GoingOn, whole: Came
) -> None:
    alone = function.read(by_hand=True)
    assert (alone.digests, alone.runs) == (1, 1)
    assert any('add "continue": true to the event' in note for note in alone.coverage["notes"])
    asked = function.read(by_hand=True, goes_on=True)
    assert (asked.digests, asked.runs) == (1, 3)
    assert set(asked.read) == set(whole.read)


def test_kills_are_spread_over_all_steps_and_so_are_the_first_of_them() -> None:
    killed = steps_to_kill(300, 100)
    assert sorted(killed) == list(range(1, 301, 3))
    first = sorted(killed[:20])
    assert (
        max(after - before for before, after in zip([0, *first], [*first, 300], strict=True)) < 40
    )
