"""Which hints are kept, renewed and forgotten."""

from dataclasses import replace
from datetime import timedelta

from sfn_digest.adoption import HintOutcome, hints_to_store
from sfn_digest.adoption.given_hints import FORGOTTEN_AFTER, MOST_HINTS, REPORTED_FOR
from tests.adoption.made import (
    CHANGED,
    FIRST,
    RETRIER,
    SECOND,
    failed,
    findings,
    hint,
    kept,
    patched,
    recovered,
    retriers,
    successes,
)
from tests.retry.made import MACHINE, task

NOTHING = findings(task())
DAY = timedelta(days=1)


def test_a_hint_to_retry_is_kept_with_its_prediction_as_shares() -> None:
    assert hints_to_store([], [hint()], NOTHING, FIRST.end) == (kept(),)


def test_a_hint_to_learn_first_is_kept_too_and_other_kinds_are_not() -> None:
    given = [hint(kind="learn_first"), hint(kind="stop_retrying", cause="permission")]
    assert [each.kind for each in hints_to_store([], given, NOTHING, FIRST.end)] == ["learn_first"]


def test_hints_that_name_no_retrier_or_no_failure_predict_nothing() -> None:
    assert hints_to_store([], [hint(retrier=None), hint(failures=0)], NOTHING, FIRST.end) == ()


def test_what_retries_recovered_already_counts_on_both_sides() -> None:
    week = findings(task(), failed(10), successes(recovered(10)))
    (each,) = retriers(hints_to_store([], [hint()], week, SECOND.end))
    assert (each.failures, each.predicted_low, each.predicted_high) == (20, 17 / 20, 19 / 20)


def test_the_same_hint_a_week_later_is_renewed_and_keeps_its_first_day() -> None:
    (each,) = retriers(hints_to_store([kept()], [hint(failures=20)], NOTHING, SECOND.end))
    assert (each.hinted_at, each.last_hinted_at) == (FIRST.end, SECOND.end)
    assert (each.failures, each.predicted_low) == (20, 0.35)


def test_another_retrier_for_the_same_cause_is_another_hint() -> None:
    other = hint(retrier={**RETRIER, "MaxAttempts": 9})
    assert len(hints_to_store([kept()], [other], NOTHING, SECOND.end)) == 2


def test_an_adopted_hint_is_not_made_new_by_the_same_one() -> None:
    adopted = kept(adopted_at=CHANGED, observed=HintOutcome(3, 2, 1))
    assert hints_to_store([adopted], [hint()], findings(patched()), SECOND.end) == (adopted,)


def test_a_hint_that_nobody_took_up_is_forgotten_after_a_hundred_days() -> None:
    old = kept(hinted_at=FIRST.end - 300 * DAY)
    assert hints_to_store([old], [], NOTHING, FIRST.end + FORGOTTEN_AFTER) == (old,)
    assert hints_to_store([old], [], NOTHING, FIRST.end + FORGOTTEN_AFTER + DAY) == ()


def test_a_hint_whose_state_is_gone_is_dropped_at_once() -> None:
    gone = kept(state="Gone")
    assert hints_to_store([gone], [], NOTHING, SECOND.end) == ()
    assert hints_to_store([gone], [], replace(NOTHING, definitions={}), SECOND.end) == (gone,)


def test_a_judged_hint_is_told_of_for_five_weeks_and_an_unjudged_one_for_longer() -> None:
    judged = kept(adopted_at=CHANGED, observed=HintOutcome(10, 8, 10))
    unjudged = kept(adopted_at=CHANGED, observed=HintOutcome(2, 1, 2), cause="throttling")
    both, week = [judged, unjudged], findings(patched())
    assert len(hints_to_store(both, [], week, CHANGED + REPORTED_FOR)) == 2
    assert hints_to_store(both, [], week, CHANGED + REPORTED_FOR + DAY) == (unjudged,)
    assert hints_to_store(both, [], week, CHANGED + FORGOTTEN_AFTER + DAY) == ()


def test_of_very_many_hints_the_newest_are_kept() -> None:
    many = [
        kept(state=f"S{n}", last_hinted_at=FIRST.end + timedelta(minutes=n))
        for n in range(MOST_HINTS + 5)
    ]
    left = hints_to_store(many, [], replace(NOTHING, definitions={}), SECOND.end)
    assert len(left) == MOST_HINTS
    assert left[0].state == f"S{MOST_HINTS + 4}"
    assert {each.machine_arn for each in left} == {MACHINE}
