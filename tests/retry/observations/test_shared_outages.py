"""Which states share what was down: those that one cause struck at the same times."""

from dataclasses import replace

from sfn_digest.retry import read_definition
from sfn_digest.retry.observations.observed_states import StateEvidence, gather
from sfn_digest.retry.observations.shared_outages import Company
from tests.retry.made import MACHINE, START, failures, passes, task

OTHER = f"{MACHINE}-too"
OUTAGES = (20.0, 60.0, 110.0)


def struck(
    *begins: float, machine: str = MACHINE, cause: str = "service_error", number: int = 2
) -> StateEvidence:
    """A machine that works all week, and fails so often from each of these hours on."""
    failed = [
        replace(each, execution=replace(each.execution, machine_arn=machine))
        for begin in begins
        for each in failures(cause, "E", number=number, every=300.0, begin=begin)
    ]
    known = {machine: replace(passes(), machine_arn=machine)}
    (evidence,) = gather({machine: read_definition(task())}, failed, known)
    return evidence


def test_machines_that_fail_at_the_same_times_tell_of_each_other_s_weather() -> None:
    one, other = struck(*OUTAGES), struck(*OUTAGES, machine=OTHER)
    found = Company([one, other]).together("service_error", one)
    assert found.visits == (*one.visits, *other.visits)
    assert len(found.passes) == len(one.passes) + len(other.passes)
    assert [each.at for each in found.passes] == sorted(each.at for each in found.passes)


def test_who_fails_at_other_times_or_by_another_cause_is_no_company() -> None:
    one = struck(*OUTAGES)
    later = struck(30.0, 70.0, 120.0, machine=OTHER)
    assert Company([one, later]).together("service_error", one) is one
    throttled = struck(*OUTAGES, machine=OTHER, cause="throttling")
    assert Company([one, throttled]).together("service_error", one) is one


def test_one_spell_that_falls_together_among_many_states_is_chance() -> None:
    one, other = struck(20.0), struck(20.0, machine=OTHER)
    rest = [struck(30.0 + n, machine=f"{OTHER}-{n}") for n in range(9)]
    assert Company([one, other, *rest]).together("service_error", one) is one


def test_who_worked_while_another_was_down_for_hours_shares_nothing_with_it() -> None:
    """The one is down for two hours each time, of which the other only meets the beginning."""
    long = without_passes(struck(*OUTAGES, number=25), *OUTAGES)
    short = struck(*OUTAGES, machine=OTHER)
    assert Company([long, short]).together("service_error", long) is long
    assert Company([long, short]).together("service_error", short) is short
    alike = without_passes(struck(*OUTAGES, machine=OTHER, number=25), *OUTAGES)
    assert Company([long, alike]).together("service_error", long) is not long


def without_passes(evidence: StateEvidence, *begins: float) -> StateEvidence:
    """The evidence of a machine that nothing succeeded in for two hours from each of these on."""
    zero = START.timestamp()
    spells = [(zero + begin * 3600, zero + (begin + 2.05) * 3600) for begin in begins]
    left = [each for each in evidence.passes if not any(a <= each.at < b for a, b in spells)]
    return replace(evidence, passes=tuple(left))
