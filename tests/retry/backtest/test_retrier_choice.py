"""Which retrier is hinted: one that people would write, that holds for no longer than needed."""

from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from sfn_digest.model.retry_cost import HintStanding
from sfn_digest.retry.backtest.policies import JITTERED, RHYTHMS, Rhythm
from sfn_digest.retry.backtest.retrier_choice import (
    MOST_TO_LEARN,
    Candidate,
    LastHint,
    Tried,
)
from sfn_digest.retry.backtest.retrier_choice import to_learn as chosen_to_learn
from sfn_digest.retry.backtest.retrier_choice import to_retry as chosen_to_retry

MANY = Tried(10_000, 10_000)
"""Spells enough for what was tried on them to be beyond doubt."""
MINUTE, HALF_HOUR, DOUBLING = Rhythm(60, 1, 60), Rhythm(1800, 1, 1800), Rhythm(60, 2, 900)


def candidate(rhythm: Rhythm, attempts: int, worth: float, price: float = 0.02) -> Candidate:
    return Candidate(rhythm, attempts, rhythm.hold(attempts, 1.0), worth, price)


def to_retry(
    found: Sequence[Candidate], tried: Tried, last: LastHint | None = None
) -> Candidate | None:
    chosen = chosen_to_retry(found, tried, last)
    return chosen.candidate if chosen else None


def to_learn(
    found: Sequence[Candidate], tried: Tried, last: LastHint | None = None
) -> Candidate | None:
    chosen = chosen_to_learn(found, tried, last)
    return chosen.candidate if chosen else None


CANDIDATES = st.lists(
    st.builds(
        candidate,
        st.sampled_from((*RHYTHMS, *JITTERED)),
        st.integers(1, 12),
        st.floats(-1, 1).map(lambda worth: round(worth, 6)),
        st.floats(0, 1),
    ),
    min_size=1,
    max_size=30,
)


@given(CANDIDATES)
def test_no_shorter_hold_is_worth_as_much_within_three_per_cent(found: list[Candidate]) -> None:
    chosen = to_retry(found, MANY)
    assert chosen is not None
    most = max(each.worth for each in found)
    assert chosen.worth >= most - 0.03 * abs(most)
    near = [each for each in found if each.worth >= most - 0.03 * abs(most)]
    assert chosen.hold == min(each.hold for each in near)


@given(CANDIDATES)
def test_what_is_learned_from_costs_little_if_no_failure_ever_recovers(
    found: list[Candidate],
) -> None:
    chosen = to_learn(found, MANY)
    assert chosen is None or chosen.price <= MOST_TO_LEARN
    assert chosen is None or chosen.rhythm.full_jitter


def test_the_shortest_hold_wins_among_those_that_are_worth_about_as_much() -> None:
    short, long = candidate(MINUTE, 10, 0.89), candidate(HALF_HOUR, 6, 0.90)
    assert to_retry([long, short], MANY) is short
    assert to_retry([long, candidate(MINUTE, 10, 0.80)], MANY) is long


def test_of_two_that_hold_as_long_the_simpler_one_wins() -> None:
    even = Candidate(Rhythm(300, 1, 300), 6, 1800.0, 0.9, 0.1)
    growing = Candidate(DOUBLING, 6, 1800.0, 0.9, 0.1)
    assert to_retry([growing, even], MANY) is even


LAST = LastHint(HALF_HOUR.retrier(("E",), 6))


def test_the_last_report_s_hint_stays_while_it_is_worth_nearly_as_much() -> None:
    last, better = candidate(HALF_HOUR, 6, 0.74), candidate(MINUTE, 10, 0.90)
    assert to_retry([last, better], MANY, LAST) is last
    assert to_retry([candidate(HALF_HOUR, 6, 0.70), better], MANY, LAST) is better
    other = LastHint(HALF_HOUR.retrier(("E",), 5))
    assert to_retry([last, better], MANY, other) is better


def test_a_single_week_does_not_undo_a_hint_that_stood_well_in_those_before() -> None:
    good = [candidate(HALF_HOUR, 6, 0.90), candidate(MINUTE, 10, 0.80)]
    bad = [candidate(HALF_HOUR, 6, 0.60), candidate(MINUTE, 10, 0.90)]
    first = chosen_to_retry(good, MANY, LAST)
    assert first is not None
    then = chosen_to_retry(bad, MANY, LastHint(LAST.retrier, first.standing))
    assert then is not None
    assert (then.candidate.rhythm, then.standing.missed > 0) == (HALF_HOUR, True)
    again = chosen_to_retry(bad, MANY, LastHint(LAST.retrier, then.standing))
    assert again is not None
    assert again.candidate.rhythm == MINUTE
    assert again.standing.missed == 0


def test_a_hint_that_does_harm_is_not_given_again_however_well_it_stood() -> None:
    stood = LastHint(LAST.retrier, HintStanding(best=1e9))
    harm, better = candidate(HALF_HOUR, 6, -0.01), candidate(MINUTE, 10, 0.1)
    assert to_retry([harm, better], MANY, stood) is better


def test_a_hint_read_back_from_a_definition_is_known_again() -> None:
    """An even interval needs no MaxDelaySeconds, so that it may be missing there."""
    hinted = Rhythm(1800, 1, 1800).retrier(("E",), 6)
    uncapped = type(hinted)(("E",), 1800.0, 6, 1.0)
    assert candidate(HALF_HOUR, 6, 0.9).waits_like(uncapped)
    assert not candidate(DOUBLING, 6, 0.9).waits_like(uncapped)


def test_learning_takes_as_long_as_its_cost_allows_however_much_it_is_thought_to_bring() -> None:
    short = candidate(JITTERED[0], 2, 0.5)
    long = candidate(JITTERED[2], 2, -0.04, price=0.05)
    dear = candidate(JITTERED[-1], 2, 0.9, price=0.07)
    assert to_learn([short, long, dear], MANY) is long


def test_what_was_hinted_to_learn_from_stays_while_it_costs_little() -> None:
    hinted = candidate(JITTERED[0], 2, -0.04, price=0.05)
    longer = candidate(JITTERED[2], 2, 0.5)
    last = LastHint(hinted.rhythm.retrier(("E",), 2))
    assert to_learn([hinted, longer], MANY, last) is hinted
    dear = candidate(JITTERED[0], 2, -0.04, price=0.07)
    assert to_learn([dear, longer], MANY, last) is longer


def test_what_is_tried_only_to_learn_is_not_hinted_to_retry() -> None:
    only = Candidate(JITTERED[0], 2, 90.0, 0.9, 0.05, only_to_learn=True)
    assert to_retry([only], MANY) is None
    assert to_learn([only], MANY) is only


def test_nobody_is_asked_to_learn_from_fewer_retries_than_are_made_today() -> None:
    fewer = Candidate(JITTERED[2], 2, 90.0, 0.9, 0.01, fewer=True)
    more = candidate(JITTERED[2], 4, 0.5)
    assert to_learn([fewer, more], MANY) is more
    assert to_learn([fewer], MANY) is None
    assert to_retry([fewer], MANY) is fewer


def test_two_retries_tell_more_than_one() -> None:
    one, two = candidate(JITTERED[-1], 1, 0.5), candidate(JITTERED[2], 2, 0.48)
    assert to_learn([one, two], MANY) is two


def test_the_fewer_spells_there_were_the_longer_the_last_hint_stays() -> None:
    last, better = candidate(HALF_HOUR, 6, 0.60), candidate(MINUTE, 10, 0.90)
    assert to_retry([last, better], Tried(30, 1), LAST) is last
    assert to_retry([last, better], Tried(30, 30), LAST) is better
