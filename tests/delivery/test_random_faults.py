"""Whatever strikes, in whatever order: no duplicate, nothing lost, no wrong thread."""

from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.delivery.draws import drawn
from tests.delivery.faults import no_faults
from tests.delivery.weeks import Week, faults_in_channel
from tests.examples import many

pytestmark = pytest.mark.slow

MOST_RUNS = 4


@st.composite
def plays(draw: st.DrawFn) -> tuple[int, float, list[list[tuple[float, float]]]]:
    """A seed, how likely a fault is, and the runs that start together: pause and skew."""
    groups = st.lists(
        st.lists(
            st.tuples(st.sampled_from([0.0, 1.0, 60.0, 3_600.0]), st.floats(-290.0, 290.0)),
            min_size=1,
            max_size=3,
        ),
        min_size=1,
        max_size=MOST_RUNS,
    )
    likely = st.sampled_from([0.05, 0.15, 0.3, 0.6])
    return draw(st.integers(0, 2**32)), draw(likely), draw(groups)


def play(
    week: Week, seed: int, likely: float, groups: list[list[tuple[float, float]]]
) -> list[bool]:
    """Let the runs go on under faults; whether each said that the digest went out."""
    draws = Random(seed)
    said = []
    for number, group in enumerate(groups):
        week.later(group[0][0])
        runs = week.together(
            [(drawn(draws, likely), f"edition {number}", skew) for _, skew in group]
        )
        said += [run.outcome is not None for run in runs]
    return said


@settings(max_examples=many(150), deadline=None)
@given(plays())
def test_the_channel_ends_with_one_root_and_one_of_each_reply(
    drawn_play: tuple[int, float, list[list[tuple[float, float]]]],
) -> None:
    seed, likely, groups = drawn_play
    week = Week(seed)
    if any(play(week, seed, likely, groups)):
        assert faults_in_channel(week) == []
    assert len(week.slack.roots()) <= 1
    for _ in range(2):
        week.later(60.0)
        last = week.run(no_faults, edition="last")
    assert last.outcome is not None
    assert faults_in_channel(week) == []
    assert last.codes == []


@settings(max_examples=many(100), deadline=None)
@given(plays(), st.booleans())
def test_where_nobody_can_look_there_is_at_most_one_and_success_is_never_claimed_for_none(
    drawn_play: tuple[int, float, list[list[tuple[float, float]]]], webhook: bool
) -> None:
    seed, likely, groups = drawn_play
    week = Week(seed, history=False, webhook=webhook, parts=("root",))
    said = play(week, seed, likely, groups)
    assert len(week.slack.messages) <= 1
    if any(said):
        assert len(week.slack.messages) == 1


@settings(max_examples=many(60), deadline=None)
@given(st.integers(0, 2**32), st.integers(1, 4))
def test_runs_at_once_without_faults_all_succeed(seed: int, runs: int) -> None:
    week = Week(seed)
    ended = week.together([(no_faults, f"edition {n}", 0.0) for n in range(runs)])
    assert all(run.outcome for run in ended)
    assert faults_in_channel(week) == []
    assert "Duplicate" not in [code for run in ended for code in run.codes]
