"""What has succeeded since a cause last ended an execution."""

from dataclasses import replace

from sfn_digest.model.since import CauseSince
from sfn_digest.pipeline.look_back import causes_since
from tests.retry.made import MACHINE, failures, passes

ERROR = "Lambda.ServiceException"


def test_successes_that_started_after_the_last_failure_count_and_no_others() -> None:
    found = failures("service_error", ERROR, number=3, begin=167.0, every=60.0)
    good = passes(every=600.0)
    (since,) = causes_since(found, {MACHINE: good})
    assert since == CauseSince(MACHINE, "Work", "service_error", 5)


def test_where_nothing_has_succeeded_since_it_is_none() -> None:
    found = failures("service_error", ERROR, number=1, begin=20.0)
    early = passes()
    cut = replace(early, listed=tuple(e for e in early.listed if e.started_at.hour < 1)[:5])
    (since,) = causes_since(found, {MACHINE: cut})
    assert since.succeeded == 0


def test_a_machine_whose_successes_are_not_known_is_absent() -> None:
    assert causes_since(failures("service_error", ERROR), {}) == ()
