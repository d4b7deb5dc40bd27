"""Herds, and payloads that are too large: what is said of them, and what is changed."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from sfn_digest.model.executions import DiagnosedAttempt, Failure
from sfn_digest.model.report import Hint
from sfn_digest.model.successes import Successes
from sfn_digest.retry import read_definition
from sfn_digest.retry.hints.herds import herds
from sfn_digest.retry.hints.machine import MachineView
from sfn_digest.retry.observations.incidents import Incidents
from sfn_digest.retry.observations.observed_states import gather
from tests.retry.made import (
    MACHINE,
    START,
    attempts,
    failure,
    failures,
    hints,
    passes,
    retry,
    task,
)

pytestmark = pytest.mark.slow

THROTTLED = "Lambda.TooManyRequestsException"


def herd(cause: str = "throttling", number: int = 4) -> list[Failure]:
    return [
        failure(
            10 * n + place,
            attempts(START + timedelta(hours=6 * n, seconds=place), cause, THROTTLED, 2),
        )
        for n in range(number)
        for place in range(6)
    ]


def refused_items() -> list[Failure]:
    """Executions of a Map, each with six items that were refused at once."""
    return [
        failure(
            n,
            [
                each
                for place in range(6)
                for each in attempts(
                    START + timedelta(hours=6 * n, seconds=place / 10), "throttling", THROTTLED, 2
                )
            ],
        )
        for n in range(4)
    ]


def items(*numbers: int) -> Successes:
    """Executions that succeeded, with so many items each that all started at once."""
    whole = passes()
    read = tuple(
        replace(success, succeeded=success.succeeded * number)
        for success, number in zip(whole.read, numbers, strict=False)
    )
    return replace(whole, read=read)


def test_throttled_attempts_that_come_together_are_a_herd() -> None:
    definition = task(Retry=retry(THROTTLED))
    (hint,) = hints(definition, herd(), kind="herd")
    refused = (
        "The first attempt of Work was refused 24 times, all of them in 4 bursts of 6 each within"
    )
    assert refused in hint.text
    assert (hint.retrier, hint.patched) == (None, None)


def told(known: Successes, **retrier: Any) -> Hint:
    """What is said of the herd alone, whatever else is hinted."""
    definition = {MACHINE: read_definition(task(Retry=retry(THROTTLED, **retrier)))}
    evidence = gather(definition, herd(), {MACHINE: known})
    view = MachineView(
        arn=MACHINE,
        definition=definition[MACHINE],
        failures=herd(),
        evidence={each.state: each for each in evidence},
        incidents=Incidents(evidence),
        successes_known=True,
        took=(),
    )
    (hint,) = herds(view)
    return hint


def test_retries_that_outlast_the_herd_come_at_any_time_until_then() -> None:
    hint = told(passes(), IntervalSeconds=600)
    assert hint.retrier is not None
    assert hint.retrier["JitterStrategy"] == "FULL"
    assert hint.retrier["MaxAttempts"] == 2
    assert hint.patched == {"Retry": [hint.retrier]}
    assert "JitterStrategy FULL" in hint.text


@pytest.mark.parametrize(
    ("known", "retrier"),
    [
        (passes(), {"IntervalSeconds": 20}),
        (replace(passes(), read=()), {"IntervalSeconds": 600}),
        (passes(), {"IntervalSeconds": 600, "JitterStrategy": "FULL"}),
    ],
)
def test_jitter_is_not_to_shorten_retries_that_may_end_before_the_herd_is_served(
    known: Successes, retrier: dict[str, Any]
) -> None:
    """In 25 of 28 simulated herds fewer succeeded with jitter, since it comes to half of a wait."""
    hint = told(known, **retrier)
    assert (hint.retrier, hint.patched) == (None, None)
    assert "JitterStrategy" not in hint.text


def test_refusals_outside_of_the_bursts_are_not_counted_with_them() -> None:
    alone = [
        failure(900 + n, attempts(START + timedelta(hours=6 * n + 3), "throttling", THROTTLED, 2))
        for n in range(3)
    ]
    (hint,) = hints(task(Retry=retry(THROTTLED)), [*herd(), *alone], kind="herd")
    assert "was refused 27 times; 24 of those came in 4 bursts of 6 each within" in hint.text
    fewer = [each for n, each in enumerate(herd()) if n != 3]
    (other,) = hints(task(Retry=retry(THROTTLED)), [*fewer, *alone], kind="herd")
    assert "23 of those came in 4 bursts of 5 to 6 within five minutes" in other.text


def test_the_map_around_the_state_is_named_with_its_concurrency() -> None:
    inner = task()
    definition = {
        "StartAt": "Each",
        "States": {
            "Each": {"Type": "Map", "MaxConcurrency": 40, "ItemProcessor": inner, "End": True}
        },
    }
    (hint,) = hints(definition, refused_items(), items(3, 5), kind="max_concurrency")
    assert (hint.state, hint.patched, hint.sure) == ("Each", {"MaxConcurrency": 5}, "likely")
    assert "refused 24 times, up to 6 at once, by a limit that Each exceeds" in hint.text
    assert "4 executions failed by this." in hint.text
    assert "Up to 5 ran at once without being refused: set MaxConcurrency to 5" in hint.text
    assert hints(definition, herd(), kind="herd") == []


def in_a_map(concurrency: int, item: dict[str, Any]) -> dict[str, Any]:
    """A Map around Work."""
    inner = {"StartAt": "Work", "States": item["States"]}
    each = {"Type": "Map", "MaxConcurrency": concurrency, "ItemProcessor": inner, "End": True}
    return {"StartAt": "Each", "States": {"Each": each}}


@pytest.mark.parametrize(
    ("concurrency", "known", "kinds"),
    [
        (1, None, ["herd"]),
        (3, items(3), ["herd"]),
        (4, items(3), ["max_concurrency"]),
        (40, None, ["max_concurrency"]),
    ],
)
def test_a_map_all_of_whose_items_were_let_through_once_is_not_what_crowds(
    concurrency: int, known: Successes | None, kinds: list[str]
) -> None:
    found = hints(
        in_a_map(concurrency, task(Retry=retry(THROTTLED, attempts=0))), refused_items(), known
    )
    assert [h.kind for h in found if h.kind in ("herd", "max_concurrency")] == kinds


@pytest.mark.parametrize(
    ("fields", "at_once", "told"),
    [
        ({"MaxConcurrency": 9}, 1, "Lower MaxConcurrency (currently 9) below the limit"),
        ({"MaxConcurrencyPath": "$.n"}, 5, "Set MaxConcurrency (currently not set) below"),
        ({}, 5, "set MaxConcurrency to 5 (currently not set)."),
        ({}, 1, "Set MaxConcurrency (currently not set) below the limit"),
    ],
)
def test_where_it_does_not_show_how_many_fit_no_number_is_given(
    fields: dict[str, Any], at_once: int, told: str
) -> None:
    around = {"Type": "Map", "ItemProcessor": task(), "End": True, **fields}
    definition = {"StartAt": "Each", "States": {"Each": around}}
    (hint,) = hints(definition, refused_items(), items(at_once), kind="max_concurrency")
    assert told in hint.text
    assert (hint.patched is not None) == ("set MaxConcurrency" in told)


@pytest.mark.parametrize(
    ("cause", "now", "fits"),
    [
        ("concurrency_limit", {}, 7),
        ("concurrency_limit", {"MaxConcurrency": 40}, 7),
        ("concurrency_limit", {"MaxConcurrency": 7}, None),
        ("throttling", {}, None),
    ],
)
def test_items_that_ran_beside_those_that_were_refused_show_a_limit_of_what_runs_at_once(
    cause: str, now: dict[str, Any], fits: int | None
) -> None:
    """Seven ran at the same time, and one more was refused: a limit of calls a second says less."""
    around = {"Type": "Map", "ItemProcessor": task(), "End": True, **now}
    known = items(7)
    late = tuple(attempts(known.read[0].execution.started_at, cause, THROTTLED, 1))
    found = hints(
        {"StartAt": "Each", "States": {"Each": around}},
        [replace(each, attempts=tuple(_by(cause, each))) for each in refused_items()],
        replace(known, read=(replace(known.read[0], failed=late),)),
        kind="max_concurrency",
    )
    assert [each.patched for each in found] == [{"MaxConcurrency": fits} if fits else None]


def _by(cause: str, failed: Failure) -> list[DiagnosedAttempt]:
    return [
        replace(each, diagnosis=replace(each.diagnosis, cause=cause)) for each in failed.attempts
    ]


def test_failures_spread_over_the_day_are_no_herd() -> None:
    assert hints(task(), failures("throttling", THROTTLED, every=3600), kind="herd") == []


@pytest.mark.parametrize("cause", ["service_error", "capacity_unavailable"])
def test_an_outage_met_by_many_is_no_herd(cause: str) -> None:
    """A zone has no capacity for one task alone either."""
    assert hints(task(), herd(cause), kind="herd") == []


def test_a_map_whose_tasks_find_no_capacity_runs_no_better_with_fewer_at_once() -> None:
    inner = {"Type": "Map", "ItemProcessor": task(), "End": True}
    definition = {"StartAt": "Each", "States": {"Each": inner}}
    assert hints(definition, herd(), kind="max_concurrency")
    assert hints(definition, herd("capacity_unavailable"), kind="max_concurrency") == []


def test_a_payload_over_the_limit_names_its_state_and_the_way_through_s3() -> None:
    failed = failures("payload_too_large", "States.DataLimitExceeded", number=3)
    (hint,) = hints(task(), failed, kind="payload")
    assert (hint.state, hint.failures) == ("Work", 3)
    assert "S3" in hint.text
    assert hint.patched is None


def test_payloads_that_fail_within_minutes_of_each_other_are_one_incident() -> None:
    close = failures("payload_too_large", "States.DataLimitExceeded", number=3, every=60)
    late = failures("payload_too_large", "States.DataLimitExceeded", number=4, every=3600)[3]
    unseen = replace(late, attempts=())
    (hint,) = hints(task(), [*close, unseen], kind="payload")
    assert (hint.failures, hint.incidents) == (4, 2)
