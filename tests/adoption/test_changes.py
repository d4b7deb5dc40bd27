"""Hints that set no retrier to retry by: kept, recognized, counted, never credited with more."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from sfn_digest.adoption import Findings, judge_changes, mended_catchers
from sfn_digest.adoption.change_records import StoredChange
from sfn_digest.adoption.change_scope import difference
from sfn_digest.adoption.given_hints import REPORTED_FOR, hints_to_store
from sfn_digest.adoption.hint_json import from_text, to_text
from sfn_digest.asl.edit import apply_hints
from sfn_digest.model.comparison import AdoptedChange, ChangeTally
from sfn_digest.model.executions import Failure
from sfn_digest.model.report import Hint
from sfn_digest.model.successes import Success
from sfn_digest.retry import read_definition
from tests.adoption.made import CHANGED, FIRST, SECOND, findings, kept, recovered, successes
from tests.adoption.made import hint as made_hint
from tests.retry.made import LAMBDA, MACHINE, attempts, failure, retry, task

DENIED, TIMEOUT = "Lambda.AWSLambdaException", "States.Timeout"
BUSY = "Lambda.TooManyRequestsException"
RETRIED = task(Retry=retry("States.ALL", attempts=2))


def change(kind: str, patched: Mapping[str, Any], cause: str, *errors: str, **more: Any) -> Hint:
    """Make a hint of a kind that `patch` can write down."""
    given = made_hint(
        kind=kind, cause=cause, errors=errors, retrier=None, patched=patched, sure="sure"
    )
    return replace(given, **more)


def stop() -> Hint:
    never = {"ErrorEquals": [DENIED], "MaxAttempts": 0}
    return change(
        "stop_retrying",
        {"Retry": [never, *RETRIED["States"]["Work"]["Retry"]]},
        "permission",
        DENIED,
        retrier=never,
    )


def struck(
    cause: str, error: str, number: int, *, made: int = 1, later: bool = False, **more: Any
) -> list[Failure]:
    """Make executions that failed by a cause, in the first week or after the change."""
    begin = (CHANGED if later else FIRST.start) + timedelta(hours=1)
    return [
        failure(
            n + 100 * later, attempts(begin + timedelta(hours=9 * n), cause, error, made, **more)
        )
        for n in range(number)
    ]


def good(number: int, *, later: bool = False) -> list[Success]:
    """Make successes of a week that were listed and not read."""
    begin = (CHANGED if later else FIRST.start) + timedelta(hours=1)
    arn = MACHINE.replace(":stateMachine:", ":execution:")
    starts = [begin + timedelta(minutes=50 * n) for n in range(number)]
    return [
        Success(f"{arn}:good-{later}-{n}", MACHINE, at, at + timedelta(seconds=30))
        for n, at in enumerate(starts)
    ]


def first_week(asl: Mapping[str, Any], failures: Sequence[Failure]) -> Findings:
    """Make what the report on the first week has found."""
    found = findings(dict(asl), failures, successes(unread=good(180)))
    return replace(found, window=FIRST, changed={})


def stored(hint: Hint, asl: Mapping[str, Any], failures: Sequence[Failure]) -> StoredChange:
    """Give a hint as the first week's report keeps it, after a round trip as text."""
    kept_now = hints_to_store([], [hint], first_week(asl, failures), FIRST.end)
    (each,) = from_text(to_text(kept_now))
    assert isinstance(each, StoredChange)
    assert kept_now == (each,)
    return each


def judged(
    each: StoredChange, asl: Mapping[str, Any], failures: Sequence[Failure], number: int = 180
) -> AdoptedChange:
    """Give what the second week's report tells of a change that its definition carries."""
    found = findings(dict(asl), failures, successes(unread=good(number, later=True)))
    (told,), _ = judge_changes([each], found, SECOND.end)
    return told


def test_retries_that_were_stopped_are_told_with_what_they_would_have_cost() -> None:
    each = stored(stop(), RETRIED, struck("permission", DENIED, 6, made=3, pause=60))
    asl = apply_hints(read_definition(RETRIED), [stop()])
    told = judged(each, asl, struck("permission", DENIED, 4, later=True))
    assert (told.verdict, told.adopted_at) == ("counted", CHANGED)
    assert (told.before.retries, told.since.failed, told.since.retries) == (12, 4, 0)
    assert told.saved_retries == 8
    assert told.saved_seconds == pytest.approx(4 * (2 * 60 + 2 * 2))
    assert told.since.passing == 0
    quiet = judged(each, asl, [])
    assert (quiet.verdict, quiet.since.executions) == ("too_few", 180)


def test_failures_that_a_retry_might_have_healed_are_told_where_retries_were_stopped() -> None:
    each = stored(stop(), RETRIED, struck("permission", DENIED, 6, made=3))
    asl = apply_hints(read_definition(RETRIED), [stop()])
    told = judged(each, asl, struck("service_error", DENIED, 3, later=True))
    assert (told.since.failed, told.since.passing, told.verdict) == (0, 3, "too_few")


def spread() -> tuple[Hint, dict[str, Any]]:
    asl = task(Retry=retry(BUSY, attempts=2))
    better = {**asl["States"]["Work"]["Retry"][0], "JitterStrategy": "FULL"}
    return change("herd", {"Retry": [better]}, "concurrency_limit", BUSY, retrier=better), asl


def test_a_rate_is_held_against_the_week_before_by_incidents() -> None:
    hint, asl = spread()
    each = stored(hint, asl, struck("concurrency_limit", BUSY, 10, made=3))
    after = apply_hints(read_definition(asl), [hint])
    assert judged(each, after, []).verdict == "fewer"
    same = judged(each, after, struck("concurrency_limit", BUSY, 10, made=3, later=True))
    assert (same.verdict, same.since.attempts, same.before.attempts) == ("same", 30, 30)
    thin = stored(hint, asl, struck("concurrency_limit", BUSY, 3, made=3))
    assert judged(thin, after, []).verdict == "too_few"
    assert judged(each, after, [], number=0).verdict == "too_few"


@pytest.mark.parametrize(
    ("before", "since", "known", "says"),
    [
        ((200, 10), (200, 0), True, "fewer"),
        ((200, 10), (200, 0), False, "too_few"),
        ((200, 10), (200, 9), True, "same"),
        ((200, 0), (200, 10), True, "more"),
        ((200, 2), (200, 2), True, "too_few"),
        ((200, 10), (20, 0), True, "same"),
        ((0, 10), (200, 0), True, "too_few"),
        ((200, 10), (0, 0), True, "too_few"),
    ],
)
def test_a_difference_is_told_only_where_chance_would_not_bring_it(
    before: tuple[int, int], since: tuple[int, int], known: bool, says: str
) -> None:
    one, other = (ChangeTally(executions=e, incidents=i) for e, i in (before, since))
    assert difference(one, other, fewer_is_known=known) == says


def test_a_timeout_counts_what_it_ended_and_one_that_was_raised_what_it_no_longer_ends() -> None:
    bare = task(TimeoutSeconds=None)
    hint = change("missing_timeout", {"TimeoutSeconds": 600}, "timeout_task", TIMEOUT)
    told = judged(
        stored(hint, bare, []),
        task(TimeoutSeconds=700),
        struck("timeout_task", TIMEOUT, 2, later=True, took=700),
    )
    assert (told.verdict, told.since.attempts, told.was) == ("counted", 2, {})
    raised = change("timeout_value", {"TimeoutSeconds": 7200}, "timeout_task", TIMEOUT)
    each = stored(raised, task(), struck("timeout_task", TIMEOUT, 8, took=3600))
    assert judged(each, task(TimeoutSeconds=7200), []).verdict == "fewer"
    assert each.was == {"TimeoutSeconds": 3600}
    lowered = change("timeout_value", {"TimeoutSeconds": 600}, "timeout_task", TIMEOUT)
    each = stored(lowered, task(), struck("timeout_task", TIMEOUT, 8, took=3600))
    hung = struck("timeout_task", TIMEOUT, 3, later=True, took=600)
    assert judged(each, task(TimeoutSeconds=600), hung).verdict == "counted"


def test_a_catcher_that_was_named_right_counts_what_it_has_taken() -> None:
    def caught_by(name: str) -> dict[str, Any]:
        asl = task(Catch=[{"ErrorEquals": [name], "Next": "Tell"}])
        return {**asl, "States": {**asl["States"], "Tell": {"Type": "Succeed"}}}

    hint = change(
        "dead_retrier",
        {"Catch": [{"ErrorEquals": ["States.ALL"], "Next": "Tell"}]},
        "unknown",
        "States.ALL",
    )
    each = stored(hint, caught_by("States.All"), [])
    told = judged(each, caught_by("States.ALL"), struck("permission", DENIED, 2, later=True))
    assert (told.verdict, told.since.failed) == ("counted", 2)
    assert told.since.at_least
    everything = findings(caught_by("States.ALL"), [], successes(recovered(3)))
    (told,), _ = judge_changes([each], everything, SECOND.end)
    assert (told.since.executions, told.since.at_least) == (3, False)
    carriers = {MACHINE: read_definition(caught_by("States.ALL"))}
    assert mended_catchers([each], carriers) == {MACHINE}
    assert mended_catchers([each], {MACHINE: read_definition(caught_by("States.All"))}) == set()


def carried(each: StoredChange, asl: Mapping[str, Any]) -> list[str]:
    told, _ = judge_changes([each], findings(dict(asl)), SECOND.end)
    return [one.verdict for one in told]


def test_nothing_is_concluded_where_the_definition_was_changed_in_another_way() -> None:
    each = stored(stop(), RETRIED, struck("permission", DENIED, 6, made=3))
    asl = apply_hints(read_definition(RETRIED), [stop()])
    state = asl["States"]["Work"]
    assert carried(each, asl) == ["too_few"]
    assert carried(each, {**asl, "Comment": "New words"}) == ["too_few"]

    def other(**fields: Any) -> dict[str, Any]:
        return {**asl, "States": {"Work": {**state, **fields}}}

    more = {"ErrorEquals": ["E"], "MaxAttempts": 1}
    for changed in (
        other(Parameters={"FunctionName": "another"}),
        other(Resource=f"{LAMBDA}.waitForTaskToken"),
        other(TimeoutSeconds=60),
        other(Retry=[*state["Retry"], more]),
        other(Retry=state["Retry"][:1]),
        other(Catch=[{"ErrorEquals": ["States.ALL"], "Next": "Work"}]),
        {**asl, "TimeoutSeconds": 60},
        {**asl, "States": {**asl["States"], "New": {"Type": "Succeed"}}},
    ):
        assert carried(each, changed) == ["otherwise"], changed


def test_what_other_hints_say_is_no_other_change_and_is_told_to_have_been_adopted_too() -> None:
    asl = task(Retry=retry("States.ALL", attempts=2), TimeoutSeconds=None)
    limit = change("missing_timeout", {"TimeoutSeconds": 600}, "timeout_task", TIMEOUT)
    week = first_week(asl, struck("permission", DENIED, 6, made=3))
    both = hints_to_store([], [stop(), limit], week, FIRST.end)
    patched = apply_hints(read_definition(asl), [stop(), limit])
    told, _ = judge_changes(both, findings(patched), SECOND.end)
    assert {(each.kind, each.verdict, each.together) for each in told} == {
        ("stop_retrying", "too_few", False),
        ("missing_timeout", "too_few", False),
    }
    hint, crowded = spread()
    (each,) = hints_to_store([], [hint], first_week(crowded, []), FIRST.end)
    retrier = {**(hint.retrier or {}), "MaxAttempts": 6}
    beside = kept(cause="concurrency_limit", errors=(BUSY,), retrier=retrier)
    alone = task(Retry=[retrier])
    (one,), _ = judge_changes([each, beside], findings(alone), SECOND.end)
    assert (one.together, one.verdict) == (True, "too_few")


def test_a_change_taken_back_ends_it_and_what_was_there_before_is_never_kept() -> None:
    each = stored(stop(), RETRIED, struck("permission", DENIED, 6, made=3))
    asl = apply_hints(read_definition(RETRIED), [stop()])
    _, (adopted,) = judge_changes([each], findings(asl), SECOND.end)
    assert adopted.adopted_at == CHANGED
    told, (back,) = judge_changes([adopted], findings(dict(RETRIED)), SECOND.end)
    assert (told, back) == ((), each)
    assert hints_to_store([], [stop()], first_week(asl, []), FIRST.end) == ()


def test_each_window_is_counted_once_and_a_told_change_is_dropped_after_five_weeks() -> None:
    each = stored(stop(), RETRIED, struck("permission", DENIED, 6, made=3))
    asl = apply_hints(read_definition(RETRIED), [stop()])
    found = findings(
        asl, struck("permission", DENIED, 4, later=True), successes(unread=good(9, later=True))
    )
    _, once = judge_changes([each], found, SECOND.end)
    (told,), again = judge_changes(once, found, SECOND.end)
    assert (told.since.failed, told.since.executions) == (4, 13)
    assert again == once
    later = CHANGED + REPORTED_FOR
    assert hints_to_store(again, [], found, later) == again
    assert hints_to_store(again, [], found, later + timedelta(days=1)) == ()


def test_where_not_every_success_was_listed_only_the_time_that_is_known_counts() -> None:
    each = stored(stop(), RETRIED, struck("permission", DENIED, 6, made=3))
    asl = apply_hints(read_definition(RETRIED), [stop()])
    failed = struck("permission", DENIED, 4, later=True)
    late = good(180, later=True)[-20:]
    found = findings(asl, failed, successes(unread=late, complete=False))
    (told,), _ = judge_changes([each], found, SECOND.end)
    assert (told.since.executions, told.since.failed) == (20, 0)
    unread = findings(asl, failed, successes(), partly_read=frozenset({MACHINE}))
    (none,), _ = judge_changes([each], unread, SECOND.end)
    assert (none.since.executions, none.verdict) == (0, "too_few")
