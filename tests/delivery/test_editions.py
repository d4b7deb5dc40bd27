"""A second firing never makes it worse: what read less does not replace what read more."""

from copy import deepcopy
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sfn_digest.delivery import read_kept
from sfn_digest.delivery.editions import reads_less
from tests.delivery.draws import drawn
from tests.delivery.faults import Fault, no_faults, scripted
from tests.delivery.weeks import (
    DELIVERY,
    FAILURES,
    REPORT,
    Week,
    editions_shown,
    faults_in_channel,
    report_that_read,
)

pytestmark = pytest.mark.slow

DENIED = {"denied": report_that_read(0)}


def failures_kept(week: Week) -> int:
    read: int = read_kept(DELIVERY, week.ledger).report["coverage"]["failures_read"]
    return read


def test_a_run_that_was_denied_the_histories_leaves_digest_thread_and_kept_report() -> None:
    week = Week(reports=DENIED)
    week.run(edition="whole")
    again = week.run(edition="denied")
    assert faults_in_channel(week) == []
    assert editions_shown(week) == {"whole"}
    assert [each.edits for each in week.slack.messages] == [0, 0, 0]
    assert failures_kept(week) == FAILURES
    (note,) = again.notes
    assert note.code == "ReadLess"
    assert note.sentence.endswith("0 failed executions, and 48 the run before.")
    assert again.outcome is not None
    assert again.outcome.posted.ts == week.slack.roots()[0].ts


def test_a_run_that_reads_more_replaces_what_read_less() -> None:
    week = Week(reports=DENIED)
    week.run(edition="denied")
    assert week.run(edition="whole").codes == []
    assert editions_shown(week) == {"whole"}
    assert failures_kept(week) == FAILURES


@pytest.mark.parametrize("seed", range(20))
def test_of_runs_at_once_all_deliver_the_digest_that_read_most(seed: int) -> None:
    week = Week(seed, reports=DENIED)
    names = ("denied", "whole", "denied")
    _, whole, _ = week.together([(no_faults, name, 0.0) for name in names])
    assert faults_in_channel(week) == []
    # A run that starts after a digest was stored delivers that one.
    assert editions_shown(week) == ({"whole"} if whole.scans else {"denied"})


@pytest.mark.parametrize("seed", range(10))
def test_runs_at_once_that_read_the_same_deliver_one_digest_and_no_mixture(seed: int) -> None:
    week = Week(seed)
    week.together([(no_faults, name, 0.0) for name in ("one", "two", "three")])
    assert len(editions_shown(week)) == 1


def test_a_report_that_is_damaged_is_made_again() -> None:
    week = Week()
    week.run(edition="first")
    assert week.ledger.store(DELIVERY, b"damaged", replacing=week.ledger.edition(DELIVERY))
    run = week.run(edition="second")
    assert run.scans == 1
    assert editions_shown(week) == {"second"}


def test_a_ledger_that_refuses_to_store_costs_nobody_the_digest() -> None:
    week = Week()
    week.run(edition="first")
    run = week.run(scripted(store=[Fault("refused")]), edition="second")
    assert run.codes == ["NotKept"]
    assert run.outcome is not None


@given(st.integers(0, 2**32), st.sampled_from([0.1, 0.3, 0.6]))
def test_whatever_strikes_the_channel_ends_with_one_edition_that_read_most(
    seed: int, likely: float
) -> None:
    random = Random(seed)
    editions = {f"read {read}": report_that_read(read) for read in (0, 10, 20, 30)}
    week = Week(seed, reports=editions)
    most = 0
    for _ in range(3):
        names = [random.choice(list(editions)) for _ in range(random.randint(1, 3))]
        runs = week.together([(drawn(random, likely), name, 0.0) for name in names])
        if any(run.outcome for run in runs) and week.ledger.edition(DELIVERY):
            assert failures_kept(week) >= most
            most = failures_kept(week)
        week.later(random.choice([0.0, 60.0]))
    for _ in range(2):
        week.later(60.0)
        week.run(edition="read 0")
    assert faults_in_channel(week) == []
    assert editions_shown(week) == {f"read {failures_kept(week)}"}
    assert failures_kept(week) >= most


def coverage(**changed: Any) -> dict[str, Any]:
    report = deepcopy(REPORT)
    report["coverage"].update(changed)
    return report


KNOWS_LESS = {
    "histories denied": coverage(failures_read=0),
    "a machine skipped": coverage(machines_scanned=0, failures_found=0, failures_read=0),
    "successes not counted": coverage(executions_counted=False),
    "no time left": coverage(failures_found=30, failures_read=10),
}


@pytest.mark.parametrize("name", KNOWS_LESS)
def test_what_knows_less_does_not_replace_and_is_replaced(name: str) -> None:
    assert reads_less(KNOWS_LESS[name], REPORT)
    assert not reads_less(REPORT, KNOWS_LESS[name])


def test_without_the_period_before_a_report_knows_less() -> None:
    compared = {**REPORT, "before": {"source": "cloudwatch"}}
    assert reads_less({**REPORT, "before": None}, compared)
    assert not reads_less(compared, REPORT)


def test_executions_that_were_redriven_since_are_not_less() -> None:
    assert not reads_less(coverage(failures_found=40, failures_read=40), REPORT)


def test_a_machine_that_lost_its_tag_since_is_not_less() -> None:
    two = {**coverage(machines_scanned=2), "machines": [*REPORT["machines"], {"name": "other"}]}
    assert not reads_less(REPORT, two)


HINT = {"machine_arn": REPORT["machines"][0]["arn"]}


def test_a_report_that_lacks_hints_knows_less() -> None:
    hinted = {**REPORT, "hints": [HINT]}
    assert reads_less({**REPORT, "hints": []}, hinted)
    assert not reads_less(hinted, {**REPORT, "hints": []})


def test_hints_that_were_adopted_or_that_more_failures_disprove_are_not_missing() -> None:
    hinted = {**REPORT, "hints": [HINT]}
    assert not reads_less({**REPORT, "hints": [], "adopted": [HINT]}, hinted)
    more = {**coverage(failures_found=60, failures_read=60), "hints": []}
    assert not reads_less(more, hinted)
