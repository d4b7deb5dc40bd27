"""Kept hints held against the week after: adopted or not, and what came of it."""

from dataclasses import replace
from datetime import timedelta

import pytest

from sfn_digest.adoption import HintOutcome, judge
from sfn_digest.asl.definition import Retrier
from sfn_digest.model.executions import Window
from sfn_digest.model.successes import Success, Successes
from tests.adoption.made import (
    AWAY,
    CHANGED,
    ERROR,
    FIRST,
    RETRIER,
    SECOND,
    WEEK,
    failed,
    findings,
    kept,
    patched,
    recovered,
    successes,
)
from tests.retry.made import MACHINE, retry, task

NOW = SECOND.end + timedelta(minutes=5)
QUICK = Success(
    f"{MACHINE}:quick", MACHINE, CHANGED + timedelta(hours=2), CHANGED + timedelta(hours=2.01)
)
BRISK = replace(QUICK, arn=f"{MACHINE}:brisk", stopped_at=QUICK.stopped_at + timedelta(seconds=59))
SLOW = [
    replace(QUICK, arn=f"{MACHINE}:slow-{n}", stopped_at=QUICK.stopped_at + timedelta(seconds=60))
    for n in range(20)
]


def test_a_hint_that_was_adopted_is_judged_by_what_recovered_since() -> None:
    found = findings(patched(), failed(2), successes(recovered(8)))
    (told,), (stays,) = judge([kept()], found, NOW)
    assert (told.failures, told.recovered, told.verdict) == (10, 8, "as_predicted")
    assert (told.hinted_at, told.adopted_at) == (FIRST.end, CHANGED)
    assert (told.predicted_low, told.predicted_high, told.at_least) == (0.7, 0.9, False)
    assert told.retrier == RETRIER
    assert stays.adopted_at == CHANGED
    assert stays.observed == HintOutcome(10, 8, 8, windows=(SECOND,))


def test_a_hint_that_did_not_help_is_told_as_worse() -> None:
    (told,), _ = judge([kept()], findings(patched(), failed(9), successes(recovered(1))), NOW)
    assert (told.failures, told.recovered, told.verdict) == (10, 1, "worse")


def test_a_hint_that_the_definition_does_not_carry_is_not_told_of() -> None:
    hint = kept()
    assert judge([hint], findings(task(), failed(3)), NOW) == ((), (hint,))


def test_a_hint_of_a_machine_whose_definition_was_not_read_stays_as_it_is() -> None:
    hint = kept(adopted_at=CHANGED, observed=HintOutcome(5, 4, 3))
    assert judge([hint], findings(patched(), definitions={}), NOW) == ((), (hint,))


def test_a_hint_whose_change_was_taken_back_counts_as_not_adopted() -> None:
    hint = kept(adopted_at=CHANGED, observed=HintOutcome(5, 4, 3, windows=(SECOND,)))
    assert judge([hint], findings(task(), failed(3)), NOW) == ((), (kept(),))


def test_without_the_date_of_the_change_a_hint_counts_as_adopted_from_now_on() -> None:
    found = findings(patched(), failed(9), changed={})
    (told,), (stays,) = judge([kept()], found, NOW)
    assert (told.adopted_at, told.failures, told.verdict) == (NOW, 0, "too_few")
    third = Window(SECOND.end, SECOND.end + WEEK)
    later = findings(patched(), failed(9, begin=NOW), successes(), window=third, changed={})
    (told,), _ = judge([stays], later, NOW + WEEK)
    assert (told.adopted_at, told.failures, told.verdict) == (NOW, 9, "worse")


def test_executions_that_began_before_the_change_are_not_counted() -> None:
    early = SECOND.start
    found = findings(
        patched(), failed(1, begin=early), successes(recovered(1, begin=early, every=1))
    )
    (told,), _ = judge([kept()], found, NOW)
    assert told.failures == 0


def test_the_same_week_read_again_is_counted_once_and_the_next_is_added() -> None:
    week = findings(patched(), failed(2), successes(recovered(4)))
    _, first = judge([kept()], week, NOW)
    again, second = judge(first, week, NOW)
    assert first == second
    assert again[0].failures == 6
    third = Window(SECOND.end, SECOND.end + WEEK)
    later = replace(week, window=third, failures=failed(1, begin=third.start),
                    successes={MACHINE: successes(recovered(3, begin=third.start))})  # fmt: skip
    (told,), (stays,) = judge(second, later, NOW + WEEK)
    assert (told.failures, told.recovered) == (10, 7)
    assert stays.observed.windows == (Window(SECOND.start, third.end),)


def test_a_longer_window_adds_what_a_shorter_one_left_out() -> None:
    short = Window(SECOND.start, SECOND.start + timedelta(days=2))
    week = findings(patched(), failed(6), successes(recovered(6)))
    cut, kept_then = judge([kept()], replace(week, window=short), NOW)
    assert 0 < cut[0].failures < 12
    (told,), _ = judge(kept_then, week, NOW)
    assert (told.failures, told.recovered) == (12, 6)


def test_a_machine_whose_failures_were_not_all_read_is_not_counted() -> None:
    found = findings(patched(), failed(2), successes(recovered(8)))
    (told,), (stays,) = judge([kept()], replace(found, partly_read=frozenset({MACHINE})), NOW)
    assert told.failures == 0
    assert stays.observed.windows == ()


def test_without_successes_nothing_is_counted() -> None:
    (told,), (stays,) = judge([kept()], findings(patched(), failed(9), successes={}), NOW)
    assert (told.failures, stays.observed.windows) == (0, ())


@pytest.mark.parametrize(
    "found",
    [successes(recovered(1), [QUICK, *SLOW]), successes(recovered(1), complete=False)],
    ids=["unread", "unlisted"],
)
def test_where_successes_were_left_unread_the_share_is_a_lower_bound(found: Successes) -> None:
    (told,), _ = judge([kept()], findings(patched(), failed(9), found), NOW)
    assert (told.at_least, told.verdict) == (True, "too_few")


def test_only_unread_successes_that_took_long_enough_for_a_retry_count_as_unread() -> None:
    found = successes(recovered(1), [QUICK, BRISK, *SLOW])
    _, (stays,) = judge([kept()], findings(patched(), failed(9), found), NOW)
    assert stays.observed.unread == len(SLOW)


def test_a_success_that_was_over_before_any_retry_need_not_be_read() -> None:
    between = [
        replace(
            QUICK,
            arn=f"{MACHINE}:quick-{n}",
            started_at=QUICK.started_at + timedelta(hours=10 * n),
            stopped_at=QUICK.stopped_at + timedelta(hours=10 * n),
        )
        for n in range(9)
    ]
    found = successes(recovered(1), [*between, BRISK])
    (told,), _ = judge([kept()], findings(patched(), failed(9), found), NOW)
    assert (told.at_least, told.verdict) == (False, "worse")


def test_under_jitter_a_quick_success_may_have_been_retried() -> None:
    jittered = {**RETRIER, "JitterStrategy": "FULL"}
    found = findings(task(Retry=[jittered]), failed(9), successes(recovered(1), [QUICK]))
    (told,), _ = judge([kept(retrier=jittered)], found, NOW)
    assert told.at_least


def test_failures_by_other_causes_are_not_counted() -> None:
    found = successes(recovered(8, cause="throttling"))
    (told,), _ = judge([kept()], findings(patched(), failed(2), found), NOW)
    assert (told.failures, told.recovered) == (2, 0)


def test_of_two_hints_on_one_cause_the_later_one_that_is_carried_is_judged() -> None:
    lesser = Retrier((ERROR,), 30, 2)
    first = kept(retrier={"ErrorEquals": [ERROR], "IntervalSeconds": 30, "MaxAttempts": 2})
    last = kept(last_hinted_at=FIRST.end + timedelta(days=1), predicted_low=0.8)
    both = [first, last]
    (told,), stay = judge(both, findings(patched()), NOW)
    assert told.predicted_low == 0.8
    assert [each.key for each in stay] == [last.key]
    weaker = task(Retry=retry(ERROR, attempts=lesser.attempts, IntervalSeconds=30))
    (told,), stay = judge(both, findings(weaker), NOW)
    assert told.predicted_low == 0.7
    assert len(stay) == 2


def test_what_did_not_help_comes_first() -> None:
    other = MACHINE.replace("orders", "other")
    found = findings(patched(), failed(9))
    found = replace(found, definitions={**found.definitions, other: found.definitions[MACHINE]})
    told, _ = judge([kept(machine_arn=other), kept()], found, NOW)
    assert [each.verdict for each in told] == ["worse", "too_few"]
    assert told[0].cause == AWAY


def test_a_change_before_the_hint_was_given_is_not_the_one_that_took_it_up() -> None:
    found = findings(patched(), failed(9), changed={MACHINE: FIRST.end})
    (told,), _ = judge([kept()], found, NOW)
    assert (told.adopted_at, told.failures) == (NOW, 0)
