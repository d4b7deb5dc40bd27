"""Kept hints as text: the same after a round trip, and never a crash on anything else."""

import json
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sfn_digest.adoption import HintOutcome, Kept, judge
from sfn_digest.adoption.hint_json import UnreadableError, fitting, from_text, merged, to_text
from sfn_digest.model.executions import Window
from sfn_digest.model.retry_cost import HintStanding
from tests.adoption.made import (
    CHANGED,
    FIRST,
    RETRIER,
    SECOND,
    findings,
    kept,
    patched,
    retriers,
)

ADOPTED = kept(
    adopted_at=CHANGED, observed=HintOutcome(9, 8, 3, unread=2, unlisted=True, windows=(SECOND,))
)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=8,
)


def test_what_is_kept_comes_back_the_same() -> None:
    assert from_text(to_text([kept(), ADOPTED])) == (kept(), ADOPTED)


@given(st.text() | JSON.map(json.dumps))
def test_any_other_text_is_said_to_be_unreadable(text: str) -> None:
    with pytest.raises(UnreadableError):
        from_text(text)


@given(st.sampled_from(sorted(json.loads(to_text([ADOPTED]))["hints"][0])), JSON)
def test_a_hint_with_a_strange_field_is_unreadable_or_harmless(name: str, value: Any) -> None:
    plain = json.loads(to_text([ADOPTED]))
    plain["hints"][0][name] = value
    try:
        read = from_text(json.dumps(plain))
    except UnreadableError:
        return
    judge(read, findings(patched()), SECOND.end)


def test_another_version_is_unreadable() -> None:
    with pytest.raises(UnreadableError, match="version 2"):
        from_text('{"version": 2, "hints": []}')


@pytest.mark.parametrize(
    "changes",
    [
        {"predicted_low": 1.5},
        {"failures": -1},
        {"hinted_at": "2026-03-09T00:00:00"},
        {"state": 7},
        {"standing": {"best": "inf"}},
    ],
)
def test_values_that_make_no_sense_are_unreadable(changes: dict[str, Any]) -> None:
    plain = json.loads(to_text([kept()]))
    plain["hints"][0] |= changes
    with pytest.raises(UnreadableError):
        from_text(json.dumps(plain))


def test_hints_that_an_earlier_release_kept_have_no_standing_yet() -> None:
    plain = json.loads(to_text([kept(standing=HintStanding(8.0, 1.5))]))
    (each,) = retriers(from_text(json.dumps(plain)))
    assert each.standing == HintStanding(8.0, 1.5)
    del plain["hints"][0]["standing"]
    assert from_text(json.dumps(plain)) == (kept(),)


def test_two_runs_at_once_lose_no_hint() -> None:
    other = kept(cause="throttling")
    assert set(keys(merged([kept()], [other]))) == set(keys([kept(), other]))


def test_of_one_hint_the_better_known_stays_with_its_first_and_last_day() -> None:
    longer = Window(SECOND.start, SECOND.end + timedelta(days=1))
    more = kept(
        adopted_at=CHANGED,
        hinted_at=FIRST.end + timedelta(days=1),
        observed=HintOutcome(12, 9, 4, windows=(longer,)),
    )
    for pair in ((ADOPTED, more), (more, ADOPTED), (kept(), more)):
        (one,) = retriers(merged(pair[:1], pair[1:]))
        assert (one.observed, one.hinted_at) == (more.observed, FIRST.end)


@pytest.mark.parametrize("number", [0, 1, 3])
def test_only_as_many_hints_as_fit_are_written(number: int) -> None:
    hints = [kept(retrier={**RETRIER, "MaxAttempts": n}) for n in range(1, 5)]
    most = len(to_text(hints[:number]))
    assert fitting(hints, most) == tuple(hints[:number])
    assert len(to_text(fitting(hints, most))) <= most


def keys(hints: Sequence[Kept]) -> list[tuple[str, ...]]:
    return [each.key for each in hints]
