"""Incidents: which failures of one cause belong together, and which are chance."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import timedelta
from random import Random

import pytest

from sfn_digest.model.executions import Failure
from sfn_digest.model.successes import Successes
from sfn_digest.retry.observations.failure_rows import FAR, NEAR, more_than_chance
from sfn_digest.retry.observations.incidents import Incidents, incidents_of
from sfn_digest.retry.observations.observed_states import StateEvidence
from sfn_digest.retry.observations.thinning import Pass
from sfn_digest.retry.observations.visits import Visit, visits_of_failure
from tests.retry.made import MACHINE, START, attempts, failure, passes

OTHER = f"{MACHINE}-too"
MINUTE = 60.0
WEEK = range(0, 7 * 24 * 60, 10)
"""Minutes at which a state runs that runs every ten."""


def state(
    failed: Iterable[float],
    passed: Iterable[float] = (),
    *,
    machine: str = MACHINE,
    cause: str = "service_error",
    made: int = 1,
) -> StateEvidence:
    """A state that failed and passed at these minutes from the start on."""
    visits = [
        visit
        for number, at in enumerate(failed)
        for visit in visits_of_failure(
            failure(
                number,
                attempts(START + timedelta(minutes=at), cause, "E", made, took=2, pause=60),
                machine=machine,
            ),
            None,
        )
    ]
    passes = [Pass(START.timestamp() + at * MINUTE) for at in passed]
    return StateEvidence(machine, "Work", tuple(visits), tuple(passes), ())


def week(*outages: tuple[float, float], machine: str = MACHINE, every: int = 10) -> StateEvidence:
    """A week in which a state fails from one hour to another, and works otherwise."""
    times = range(0, 7 * 24 * 60, every)
    down = {at for at in times for since, until in outages if since * 60 <= at < until * 60}
    return state(sorted(down), sorted(set(times) - down), machine=machine)


def by_chance(share: float, every: int, seed: int, *, machine: str = MACHINE) -> StateEvidence:
    """A week in which each run of a state fails by the same chance."""
    luck = Random(seed)
    times = range(0, 7 * 24 * 60, every)
    failed = [at for at in times if luck.random() < share]
    return state(failed, sorted({*times} - {*failed}), machine=machine)


def count(*evidence: StateEvidence) -> int:
    return Incidents(evidence).count(visits_of(evidence))


def visits_of(evidence: Sequence[StateEvidence]) -> list[Visit]:
    return [visit for each in evidence for visit in each.visits]


def test_six_outages_of_two_hours_met_every_ten_minutes_are_six_incidents() -> None:
    begins = (3, 30, 50, 80, 120, 150)
    evidence = week(*((begin, begin + 2) for begin in begins))
    assert len(evidence.visits) == 72
    assert count(evidence) == 6


def test_an_outage_is_one_incident_for_a_job_that_meets_it_once_an_hour() -> None:
    assert count(week((20, 26), (100, 103), every=60)) == 2


def test_failures_at_most_five_minutes_apart_are_one_incident_even_if_some_worked() -> None:
    apart = NEAR / MINUTE
    assert count(state([600, 600 + apart], [602, *WEEK])) == 1
    assert count(state([600, 600 + apart + 0.1], [602, *WEEK])) == 2


def test_where_successes_are_unknown_failures_an_hour_apart_are_one_incident() -> None:
    apart = FAR / MINUTE
    assert count(state([0, apart])) == 1
    assert count(state([0, apart + 1])) == 2


def test_a_state_that_worked_between_two_failures_ended_the_first_incident() -> None:
    assert count(state([600, 620], sorted({*WEEK} - {600, 610, 620}))) == 1
    assert count(state([600, 620], sorted({*WEEK} - {600, 620}))) == 2


@pytest.mark.parametrize("share", [0.1, 0.3])
def test_runs_of_bad_luck_on_spot_are_no_incidents(share: float) -> None:
    weeks = [by_chance(share, 20, seed) for seed in range(20)]
    assert sum(map(count, weeks)) >= 0.95 * len(visits_of(weeks))


def test_chance_failures_of_a_busy_state_are_not_one_incident_though_they_are_minutes_apart() -> (
    None
):
    evidence = by_chance(0.2, 1, 1)
    assert count(evidence) == len(evidence.visits)


def test_noise_beside_an_outage_is_told_from_it() -> None:
    outage = {at for at in WEEK if 50 * 60 <= at < 53 * 60}
    noise = {1000, 2500, 6000, 8000}
    evidence = state(sorted(outage | noise), sorted({*WEEK} - outage - noise))
    assert count(evidence) == 5


def test_a_brownout_that_lets_some_runs_through_is_one_incident() -> None:
    luck = Random(5)
    failed = {at for at in WEEK if 50 * 60 <= at < 56 * 60 and luck.random() < 0.6}
    assert count(state(sorted(failed), sorted({*WEEK} - failed))) == 1


def test_a_state_that_never_worked_was_down_for_one_incident() -> None:
    assert count(state([*range(0, 7 * 24 * 60, 30)])) == 1
    assert count(week((2, 168), every=60)) == 1


def test_a_daily_job_that_failed_twice_in_a_week_failed_in_two_incidents() -> None:
    days = [1440.0 * day for day in range(7)]
    assert count(state(days[2:3] + days[5:6], days[:2] + days[3:5] + days[6:])) == 2
    assert count(state(days[2:4], days[:2] + days[4:])) == 2


def test_executions_of_a_daily_job_that_fail_side_by_side_are_one_incident() -> None:
    days = [1440.0 * day for day in range(7)]
    passed = [at + late for at in days if at != days[3] for late in (0, 0.1)]
    assert count(state([days[3], days[3] + 0.1], passed)) == 1


def test_a_herd_that_is_refused_each_time_it_comes_is_an_incident_each_time() -> None:
    bursts = [720.0 * number for number in range(14)]
    passed = [at + place / 1000 for at in bursts for place in range(10)]
    refused = [at + place / 1000 for at in bursts for place in range(10, 24)]
    assert count(state(refused, passed, cause="concurrency_limit")) == 14


def test_an_outage_that_several_machines_meet_is_one_incident() -> None:
    outages = [(20, 22), (60, 63), (110, 111)]
    machines = [week(*outages, machine=f"{MACHINE}-{n}", every=20 + 7 * n) for n in range(4)]
    assert count(*machines) == 3
    assert [count(each) for each in machines] == [3, 3, 3, 3]


def test_two_machines_that_fail_at_the_same_time_once_share_an_incident() -> None:
    assert count(week((20, 21)), week((20, 21), machine=OTHER)) == 1
    assert count(week((20, 21)), week((23, 24), machine=OTHER)) == 2


def test_machines_whose_chance_failures_fall_together_by_chance_share_no_incident() -> None:
    machines = [by_chance(0.2, 97 + 2 * n, n, machine=f"{MACHINE}-{n}") for n in range(30)]
    assert count(*machines) >= 0.95 * len(visits_of(machines))


def test_failures_of_two_causes_are_two_incidents() -> None:
    both = [state([600]), state([600], cause="throttling", machine=OTHER)]
    assert count(*both) == 2


def test_a_visit_that_fails_again_after_the_state_worked_belongs_to_its_first_incident() -> None:
    """Its retries fail for twenty minutes, in which others succeed."""
    slow = state([600], sorted({*WEEK}), made=20)
    later = replace(state([618]), passes=slow.passes)
    both = replace(slow, visits=(*slow.visits, *later.visits))
    assert count(both) == 2


def test_a_visit_that_was_not_among_the_evidence_is_an_incident_of_its_own() -> None:
    (known,), (unknown,) = state([600]).visits, state([601]).visits
    incidents = Incidents([state([600])])
    assert incidents.count([known, unknown]) == 2
    assert Incidents(()).count([known, known]) == 1


@pytest.mark.parametrize(
    ("number", "chances", "says"),
    [
        (0, [], False),
        (0, [0.0, 0.0], False),
        (1, [0.0, 0.0], True),
        (2, [1.0, 1.0], False),
        (3, [0.5] * 4, False),
        (9, [0.5] * 10, True),
        (600, [0.5] * 1000, True),
        (510, [0.5] * 1000, False),
    ],
)
def test_more_than_chance_is_what_chance_brings_once_in_twenty_times(
    number: int, chances: list[float], says: bool
) -> None:
    assert more_than_chance(number, chances) is says


def first_of(*failed: Failure, passed: Successes | None = None) -> list[str]:
    """The name of the execution whose failure came first in the incident of each."""
    found = incidents_of({}, failed, {MACHINE: passed} if passed else {})
    return [found.first[each.execution.arn].rsplit(":", 1)[1] for each in failed]


def test_a_failed_execution_names_the_one_that_its_incident_began_with() -> None:
    early, late = (failure(n, attempts(START, "service_error", "E", 1 + n)) for n in range(2))
    other = failure(2, attempts(START + timedelta(hours=5), "service_error", "E", 1))
    assert first_of(late, other, early, passed=passes()) == ["run-0", "run-2", "run-0"]


def test_failures_that_no_attempt_is_known_of_belong_to_incidents_too() -> None:
    """Executions that timed out in no state, of which the first two are neighbors."""
    hung = [
        replace(
            failure(n, attempts(START + timedelta(hours=hours), "timeout_execution", "T", 1)),
            attempts=(),
            state=None,
        )
        for n, hours in enumerate((20, 20.05, 90))
    ]
    assert first_of(*hung, passed=passes()) == ["run-0", "run-0", "run-2"]


def test_an_execution_that_its_last_attempt_did_not_end_failed_by_its_own_cause() -> None:
    """A Choice sent it to a Fail state after a Catch."""
    caught = failure(0, attempts(START, "service_error", "E", 1))
    fails = replace(caught, diagnosis=replace(caught.diagnosis, cause="fail_state"))
    near = failure(1, attempts(START, "service_error", "E", 1))
    assert first_of(fails, near) == ["run-0", "run-1"]
