"""Hints as a whole: what is hinted where, and where nothing is."""

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from sfn_digest.asl.definition import read_retrier
from sfn_digest.model.report import Hint
from sfn_digest.model.retry_cost import HintStanding
from sfn_digest.model.successes import ReadSuccess, Success, Successes
from sfn_digest.retry import Terms, evaluate, evaluation_notes, read_definition
from sfn_digest.retry.backtest.policies import Rhythm
from sfn_digest.retry.hints.retry_longer import attempts_made, change_of
from tests.retry.made import (
    ECS,
    MACHINE,
    START,
    WEEK,
    attempts,
    failed_attempt,
    failure,
    failures,
    hints,
    passes,
    retry,
    task,
)

pytestmark = pytest.mark.slow

OUTAGE = (20.0, 22.0)
PARENT = MACHINE.replace("orders", "parent")


def test_an_outage_that_nothing_retried_gets_a_retrier_that_outlasts_it() -> None:
    (hint,) = hints(
        task(), failures("service_error", "Lambda.ServiceException"), passes(unless=OUTAGE), "retry"
    )
    assert hint.retrier is not None
    assert hint.retrier["ErrorEquals"] == ["Lambda.ServiceException"]
    assert (hint.failures, hint.sure) == (12, "likely")
    assert hint.recovered.low >= 10
    assert hint.recovered.low <= hint.recovered.likely <= hint.recovered.high <= 12
    assert "12 failures" in hint.text
    assert f"with {settings_in(hint)}. Currently: no retries. An execution" in hint.text


def settings_in(hint: Hint) -> str:
    """The retrier of a hint as its sentence names it."""
    assert hint.retrier is not None
    fields = {key: value for key, value in hint.retrier.items() if key != "ErrorEquals"}
    order = ("MaxAttempts", "IntervalSeconds", "BackoffRate", "MaxDelaySeconds", "JitterStrategy")
    return ", ".join(f"{key} {fields[key]}" for key in order if key in fields)


def test_what_the_retrier_is_now_stands_beside_what_it_is_to_be() -> None:
    definition = task(Retry=retry("Lambda.ServiceException", attempts=0))
    (hint,) = hints(
        definition,
        failures("service_error", "Lambda.ServiceException"),
        passes(unless=OUTAGE),
        "retry",
    )
    assert f"with {settings_in(hint)}. Currently: MaxAttempts 0. An execution" in hint.text


def test_a_wait_that_is_mostly_the_time_of_failed_retries_says_so() -> None:
    """Each attempt runs for half an hour before Spot interrupts it, and is retried at once."""
    failed = [
        failure(n, attempts(START + timedelta(hours=5 * n), "spot_interruption",
                            "States.TaskFailed", 2, took=1800))
        for n in range(12)
    ]  # fmt: skip
    definition = task(ECS, Retry=retry("States.TaskFailed", attempts=1))
    (long,) = hints(definition, failed, passes(every=3600), "retry")
    assert ", failed retries included." in long.text
    outage = failures("service_error", "Lambda.ServiceException")
    (short,) = hints(task(), outage, passes(unless=OUTAGE), "retry")
    assert "failed retries included" not in short.text


@pytest.mark.parametrize(
    ("further", "words"),
    [
        (0.4, "About as many attempts as today."),
        (-0.4, "About as many attempts as today."),
        (1.0, "1 more attempt in all."),
        (-2.0, "2 fewer attempts in all."),
    ],
)
def test_no_change_in_the_number_of_attempts_is_no_change_in_words(
    further: float, words: str
) -> None:
    assert words == str(attempts_made(further))


def test_the_same_arguments_give_the_same_hints() -> None:
    failed = failures("service_error", "Lambda.ServiceException")
    assert hints(task(), failed, passes()) == hints(task(), failed, passes())


def test_failures_on_their_own_that_nothing_retried_are_to_be_learned_from_first() -> None:
    failed = failures("service_error", "Lambda.ServiceException", every=36_000, number=10)
    found = hints(task(), failed, passes())
    assert [hint.kind for hint in found] == ["learn_first"]
    assert found[0].sure == "learn"
    assert "the data is inconclusive" in found[0].text
    # Its bounds go from none to all: how many outlast it is as little known.
    assert "outlast" not in found[0].text
    assert found[0].retrier == {
        "ErrorEquals": ["Lambda.ServiceException"],
        "IntervalSeconds": 120,
        "MaxAttempts": 2,
        "BackoffRate": 2,
        "MaxDelaySeconds": 1800,
        "JitterStrategy": "FULL",
    }


def test_a_parent_is_not_told_to_retry_a_child_that_is_known_itself() -> None:
    child = MACHINE.replace("orders", "payment")
    parent = task("arn:aws:states:::states:startExecution.sync:2",
                  Parameters={"StateMachineArn": child})  # fmt: skip
    failed = failures("service_error", "States.TaskFailed")
    definitions = {MACHINE: read_definition(parent), child: read_definition(task())}
    successes = {MACHINE: passes(unless=OUTAGE)}
    assert evaluate(definitions, failed, successes, WEEK) == ()
    alone = evaluate({MACHINE: definitions[MACHINE]}, failed, successes, WEEK)
    assert [hint.kind for hint in alone] == ["retry"]


def test_items_of_one_map_that_fail_together_are_one_execution_that_may_never_succeed() -> None:
    """Each time two items fail, and nobody else: an outage as well as the input explains that."""
    inner = {**task(), "StartAt": "Work"}
    each = {"Type": "Map", "ItemProcessor": inner, "End": True}
    definition = {"StartAt": "Each", "States": {"Each": each}}
    failed = []
    for number in range(10):
        at = START + timedelta(hours=10 * number + 5)
        made = [
            failed_attempt(at + timedelta(seconds=item / 100), "service_error",
                           "Lambda.ServiceException", took=2, back_off=None)
            for item in range(3)
        ]  # fmt: skip
        failed.append(failure(number, made))
    assert hints(definition, failed, passes(), kind="retry") == []


def test_a_failure_alone_is_not_worth_learning_from() -> None:
    failed = failures("service_error", "Lambda.ServiceException", number=1)
    assert hints(task(), failed, passes()) == []


@pytest.mark.parametrize(("events", "most"), [(100, 12), (24_900, 4), (24_990, 0)])
def test_no_hinted_retrier_takes_an_execution_beyond_its_25_000_events(
    events: int, most: int
) -> None:
    known = passes(unless=OUTAGE)
    long = replace(known, read=tuple(replace(each, events=events) for each in known.read))
    crowd = [
        failure(n, [each for _ in range(5) for each in made])
        for n, made in enumerate(
            attempts(START + timedelta(hours=20.2, minutes=8 * n), "service_error", "E", 1)
            for n in range(12)
        )
    ]
    found = [h for h in hints(task(), crowd, long) if h.kind in ("retry", "learn_first")]
    made = [int(str(hint.retrier["MaxAttempts"])) for hint in found if hint.retrier]
    assert all(number <= most for number in made)
    assert bool(made) == bool(most)


def test_what_is_left_out_is_said() -> None:
    failed = [
        replace(
            failure(n, attempts(START + timedelta(hours=n), "service_error", "E", 1)), state=f"S{n}"
        )
        for n in range(45)
    ]
    cut = {MACHINE: replace(passes(), complete=False)}
    assert evaluation_notes(failed, cut) == (
        (
            "Retries were evaluated for the 40 states with the most failures; 5 others were "
            "left out."
        ),
        (
            "Only the newest successes of orders were listed, so their retries are evaluated on "
            "less data."
        ),
    )
    assert evaluation_notes(failed[:40], {MACHINE: passes()}) == ()


def test_inputs_that_fail_every_retry_beside_others_that_succeed_get_no_retry_hint() -> None:
    failed = failures("service_error", "Lambda.ServiceException", every=36_000, number=10, made=8)
    definition = task(Retry=retry("Lambda.ServiceException", attempts=7, IntervalSeconds=5))
    assert hints(definition, failed, passes(), "retry") == []


@pytest.mark.parametrize("cause", ["code_error", "permission", "out_of_memory", "invalid_input"])
def test_a_cause_that_never_heals_is_never_retried(cause: str) -> None:
    found = hints(task(), failures(cause, "SomeError"), passes(unless=OUTAGE))
    assert found == []


def test_a_cause_that_depends_is_not_retried_before_a_retry_was_seen_to_help() -> None:
    failed = failures("container_exit", "States.TaskFailed")
    assert hints(task(ECS), failed, passes(unless=OUTAGE), "retry") == []


def test_spot_interruptions_are_new_draws_and_get_more_retries() -> None:
    failed = [
        failure(
            n,
            attempts(
                START + timedelta(hours=5 * n),
                "spot_interruption",
                "States.TaskFailed",
                2,
                took=300,
            ),
        )
        for n in range(12)
    ]
    definition = task(ECS, Retry=retry("States.TaskFailed", attempts=1))
    (hint,) = hints(definition, failed, passes(every=3600), "retry")
    assert hint.recovered.low >= 8
    assert "Currently: MaxAttempts 1" in hint.text


def test_a_retry_that_succeeded_in_a_failed_execution_is_evidence() -> None:
    first = failed_attempt(START, "service_error", "Lambda.ServiceException", took=2, back_off=5)
    later = failed_attempt(
        START + timedelta(hours=1), "permission", "AccessDenied", took=1, back_off=None
    )
    later = replace(later, state="Save")
    definition = task(Retry=retry("Lambda.ServiceException"))
    assert hints(definition, [failure(1, [first, later])], None, "retry") == []


def test_failures_outside_the_window_are_left_out() -> None:
    failed = [
        failure(n, attempts(START - timedelta(hours=n), "service_error", "E", 1))
        for n in range(1, 9)
    ]
    assert hints(task(), failed, passes()) == []


def test_machines_without_failures_cost_no_hints() -> None:
    assert hints(task(), [], passes()) == []


def test_the_hinted_retrier_s_errors_are_the_observed_names_not_states_all() -> None:
    definition = task(Retry=retry("States.ALL", attempts=1))
    failed = failures("service_error", "Lambda.ServiceException", made=2)
    (hint,) = hints(definition, failed, passes(unless=OUTAGE), "retry")
    assert hint.patched is not None
    names = [each["ErrorEquals"] for each in hint.patched["Retry"]]  # type: ignore[attr-defined]
    assert names == [["Lambda.ServiceException"], ["States.ALL"]]


def test_a_hostile_error_name_is_put_into_no_retrier() -> None:
    failed = failures("service_error", "Evil\u202eError\n")
    assert hints(task(), failed, passes(unless=OUTAGE)) == []


@pytest.mark.parametrize(
    "error",
    [
        "Rejected: ghp_9Zk3mQ1vB7xT5yR2wL8nC4dF6gH0jKaP1sUe",
        "LoginFailed password=k7hunter2",
        "no mailbox jane@example.com",
    ],
)
def test_an_error_name_with_a_secret_in_it_is_put_into_no_retrier_and_no_hint(error: str) -> None:
    failed = failures("service_error", error)
    found = hints(task(Retry=[*retry(error.casefold())]), failed, passes(unless=OUTAGE))
    text = "".join(map(str, found))
    assert not [hint for hint in found if hint.retrier or hint.patched]
    assert not any(word in text for word in ("9Zk3mQ1v", "hunter2", "jane@"))


def test_a_retrier_of_the_definition_that_names_a_secret_is_not_told() -> None:
    own = retry("Rejected: ghp_9Zk3mQ1vB7xT5yR2wL8nC4dF6gH0jKaP1sUe", "States.ALL")
    found = hints(task(Retry=own), failures("service_error", "X.Y"), passes(unless=OUTAGE))
    assert found
    assert "9Zk3mQ1v" not in "".join(map(str, found))


def test_no_hint_tells_more_of_a_state_than_the_fields_it_changes() -> None:
    parameters = {"Headers": {"Authorization": "Bearer k7hunter2"}, "Environment": [{"Name": "A"}]}
    failed = [
        *failures("service_error", "Lambda.ServiceException"),
        *failures("code_error", "KeyError", made=3, every=3000),
    ]
    definition = task(
        "arn:aws:states:::lambda:invoke.waitForTaskToken",
        TimeoutSeconds=None,
        Retry=retry("KeyError"),
        Parameters=parameters,
    )
    found = hints(definition, failed, passes(unless=OUTAGE))
    fields = {key for hint in found for key in (hint.patched or {})}
    assert fields == {"Retry", "TimeoutSeconds"}
    assert "hunter2" not in "".join(map(str, found))


def test_an_outage_that_has_not_ended_promises_nothing_and_says_so() -> None:
    """Successes until the sixth day, and nothing but failures after it."""
    failed = failures("service_error", "Lambda.ServiceException", number=30, begin=150)
    (hint,) = hints(task(), failed, passes(unless=(150, 168)))
    assert (hint.kind, hint.sure) == ("learn_first", "learn")
    assert "Nothing has succeeded since" in hint.text
    assert "redrive" in hint.text


def test_where_nothing_is_likely_to_recover_only_the_longest_wait_is_said() -> None:
    """The last success was hours ago, and every failure since was retried in vain for minutes."""
    failed = failures("service_error", "Lambda.ServiceException", number=90, begin=110, made=3)
    definition = task(Retry=retry("Lambda.ServiceException", IntervalSeconds=5, BackoffRate=1))
    (hint,) = hints(definition, failed, passes(unless=(110, 168)))
    assert hint.recovered.likely < 0.5
    assert "(median)" not in hint.text
    assert "An execution waits for at most " in hint.text


def test_no_retrier_holds_an_execution_past_its_deadline() -> None:
    failed = failures("service_error", "Lambda.ServiceException")
    for deadline in (600.0, 3600.0):
        (hint,) = hints(task(), failed, passes(unless=OUTAGE), terms=Terms(deadline=deadline))
        assert hint.cost is not None
        assert 0 < hint.cost.hold_seconds <= deadline
        assert hold_of(hint.retrier) <= deadline


def test_a_machine_s_own_deadline_goes_before_the_one_for_all() -> None:
    failed = failures("service_error", "Lambda.ServiceException")
    terms = Terms(deadline=60.0, deadlines={MACHINE: 7200.0})
    (hint,) = hints(task(), failed, passes(unless=OUTAGE), terms=terms)
    assert 60 < hold_of(hint.retrier) <= 7200


def test_retries_never_outlast_the_state_machine_s_own_timeout() -> None:
    failed = failures("service_error", "Lambda.ServiceException")
    short = {**task(), "TimeoutSeconds": 5400}
    (hint,) = hints(short, failed, passes(unless=OUTAGE), kind="retry")
    assert hold_of(hint.retrier) <= 5400


@pytest.mark.parametrize(
    ("own", "whole", "terms"),
    [
        ({"TimeoutSeconds": 5400}, {}, Terms()),
        ({"TimeoutSeconds": None}, {"TimeoutSeconds": 5400}, Terms()),
        ({"TimeoutSeconds": None}, {}, Terms(deadlines={PARENT: 5400.0})),
    ],
)
def test_retries_in_a_child_fit_into_what_its_parent_allows(
    own: dict[str, Any], whole: dict[str, Any], terms: Terms
) -> None:
    start = "arn:aws:states:::states:startExecution.sync:2"
    above = {**task(start, Parameters={"StateMachineArn": MACHINE}, **own), **whole}
    definitions = {MACHINE: read_definition(task()), PARENT: read_definition(above)}
    failed = failures("service_error", "Lambda.ServiceException")
    found = evaluate(definitions, failed, {MACHINE: passes(unless=OUTAGE)}, WEEK, terms)
    (hint,) = [each for each in found if each.kind == "retry"]
    assert hold_of(hint.retrier) <= 5400 - 30


def test_retries_in_a_child_leave_its_parent_time_to_start_it_again() -> None:
    """The parent's three runs of the child, and two waits of a minute, fit into its deadline."""
    start = "arn:aws:states:::states:startExecution.sync:2"
    again = retry("States.ALL", IntervalSeconds=60, BackoffRate=1)
    above = task(start, Parameters={"StateMachineArn": MACHINE}, Retry=again, TimeoutSeconds=None)
    definitions = {MACHINE: read_definition(task()), PARENT: read_definition(above)}
    failed = failures("service_error", "Lambda.ServiceException")
    terms = Terms(deadlines={PARENT: 7200.0})
    found = evaluate(definitions, failed, {MACHINE: passes(unless=OUTAGE)}, WEEK, terms)
    (hint,) = [each for each in found if each.kind in ("retry", "learn_first")]
    assert hint.cost is not None
    assert 3 * hint.cost.hold_seconds + 120 <= 7200


@pytest.mark.parametrize("kind", ["Parallel", "Map"])
def test_retries_inside_leave_the_retry_around_them_time_to_run_all_again(kind: str) -> None:
    inner = task()
    around: dict[str, Any] = {"Type": kind, "End": True}
    around |= {"Branches": [inner]} if kind == "Parallel" else {"ItemProcessor": inner}
    around["Retry"] = retry("States.TaskFailed", attempts=3, IntervalSeconds=100, BackoffRate=1)
    each_run = [
        [
            run
            for again in range(4)
            for run in attempts(
                START + timedelta(hours=20, seconds=n * 600 + again * 102),
                *("service_error", "Lambda.ServiceException", 1),
            )
        ]
        for n in range(12)
    ]
    failed = [failure(n, made) for n, made in enumerate(each_run)]
    definition = {"StartAt": "All", "States": {"All": around}}
    found = hints(definition, failed, passes(unless=OUTAGE), terms=Terms(deadline=7200.0))
    (hint,) = (each for each in found if each.kind in ("retry", "learn_first"))
    assert hint.cost is not None
    assert hint.retrier is not None
    own = read_retrier(hint.retrier).longest_wait
    assert 4 * own + 300 <= hint.cost.hold_seconds <= 7200


def test_a_retrier_that_was_deployed_since_is_not_replaced_by_a_shorter_one() -> None:
    """All failures met one retry after five seconds; what runs now retries for an hour."""
    failed = failures("service_error", "Lambda.ServiceException", made=2)
    few = failures("service_error", "Lambda.ServiceException", made=2, number=9, every=36_000)
    now = retry("Lambda.ServiceException", attempts=7, IntervalSeconds=60)
    for seen, successes in ((failed, passes(unless=OUTAGE)), (few, passes())):
        assert hints(task(), seen, successes)
        assert hints(task(Retry=now), seen, successes) == []


def test_a_retrier_that_was_deployed_since_is_replaced_where_it_would_not_do_either() -> None:
    failed = failures("service_error", "Lambda.ServiceException", made=2)
    now = retry("Lambda.ServiceException", attempts=2, IntervalSeconds=5)
    (hint,) = hints(task(Retry=now), failed, passes(unless=OUTAGE))
    assert hint.kind == "retry"
    assert hold_of(hint.retrier) > 600


def test_machines_that_start_each_other_have_a_deadline_all_the_same() -> None:
    start = "arn:aws:states:::states:startExecution.sync:2"
    other = {**task(start, Parameters={"StateMachineArn": MACHINE}), "TimeoutSeconds": 5400}
    mine = task()
    mine["States"]["Again"] = task(start, Parameters={"StateMachineArn": PARENT})["States"]["Work"]
    definitions = {MACHINE: read_definition(mine), PARENT: read_definition(other)}
    failed = failures("service_error", "Lambda.ServiceException")
    found = evaluate(definitions, failed, {MACHINE: passes(unless=OUTAGE)}, WEEK)
    assert all(hold_of(hint.retrier) <= 5400 for hint in found if hint.kind == "retry")


def test_what_the_last_report_hinted_stays_while_it_is_about_as_good() -> None:
    failed = failures("service_error", "Lambda.ServiceException")
    (first,) = hints(task(), failed, passes(unless=OUTAGE))
    assert first.retrier is not None
    last = {**first.retrier, "MaxAttempts": 10}
    about, new = (MACHINE, "Work", "service_error"), HintStanding()
    terms = Terms(hinted={about: (last, new)})
    (second,) = hints(task(), failed, passes(unless=OUTAGE), terms=terms)
    assert first.retrier != last
    assert second.retrier == last
    assert second.cost is not None
    assert 0 <= second.cost.standing.missed < second.cost.standing.best
    useless = Terms(hinted={about: ({**last, "MaxAttempts": 1}, new)})
    (third,) = hints(task(), failed, passes(unless=OUTAGE), terms=useless)
    assert third.retrier == first.retrier


def hold_of(retrier: Mapping[str, Any] | None) -> float:
    """The most that all its delays take."""
    assert retrier is not None
    read = read_retrier(retrier)
    return sum(read.delay(used) for used in range(read.attempts))


def test_the_price_is_told_in_waits_slower_executions_and_attempts() -> None:
    failed = failures("service_error", "Lambda.ServiceException")
    (hint,) = hints(task(), failed, passes(unless=OUTAGE))
    assert re.search(r"An execution that recovers waits [\d.]+ (s|min|h) \(median\)", hint.text)
    assert re.search(r"and never more than [\d.]+ (s|min|h)\.", hint.text)
    assert "No execution that succeeds today becomes slower." in hint.text
    assert re.search(r"\d+ more attempts in all\.", hint.text)


def test_of_executions_that_retry_today_those_known_are_the_least_that_become_slower() -> None:
    """What was not read may have retried too."""
    definition = task(Retry=retry("Lambda.ServiceException", IntervalSeconds=5))
    failed = failures("service_error", "Lambda.ServiceException", made=3)
    known = passes(unless=OUTAGE)
    (hint,) = hints(definition, failed, known)
    assert "None of the successful executions that were read becomes slower." in hint.text
    at = START + timedelta(hours=30)
    again = Success(f"{MACHINE}:again", MACHINE, at, at + timedelta(seconds=60))
    made = attempts(at, "service_error", "Lambda.ServiceException", 2)[:1]
    read = (*known.read, ReadSuccess(again, tuple(made), ()))
    found = Successes(MACHINE, (*known.listed, again), read, complete=True)
    (hint,) = hints(definition, failed, found)
    assert "At least 1 execution that succeeds today becomes slower by" in hint.text


@pytest.mark.parametrize(
    ("now", "title"),
    [
        ({"IntervalSeconds": 1, "MaxAttempts": 2}, "Retry longer after"),
        ({"IntervalSeconds": 20_000, "MaxAttempts": 1}, "Retry more often after"),
        ({"IntervalSeconds": 4000, "MaxAttempts": 12, "BackoffRate": 1}, "Retry sooner after"),
        (None, "Retry after"),
    ],
)
def test_a_title_says_what_the_new_retrier_does_that_the_old_one_does_not(
    now: dict[str, object] | None, title: str
) -> None:
    then = Rhythm(600, 1, 600).retrier(("E",), 12)
    old = read_retrier({"ErrorEquals": ["E"], **now}) if now else None
    assert change_of(old, then).startswith(title)


def test_jitter_makes_no_retry_longer_than_it_is_on_average() -> None:
    now = Rhythm(300, 1, 300).retrier(("E",), 4)
    then = Rhythm(300, 2, 600, full_jitter=True).retrier(("E",), 4)
    assert then.longest_wait > now.longest_wait
    assert change_of(now, then).startswith("Retry sooner")
