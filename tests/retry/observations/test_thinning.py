"""Long runs of probes are thinned, and none of what they tell is lost."""

from hypothesis import given
from hypothesis import strategies as st

from sfn_digest.retry.observations.thinning import Probe, thinned, thinned_failures

MADE = st.lists(st.tuples(st.floats(0, 1e6), st.booleans()), max_size=120)


def probes(made: list[tuple[float, bool]]) -> list[Probe]:
    """Probes at these times, each that failed of a visit of its own."""
    return [Probe(at, failed, visit=n if failed else -1) for n, (at, failed) in enumerate(made)]


@given(MADE)
def test_thinning_keeps_every_failure_and_the_number_of_passes(
    made: list[tuple[float, bool]],
) -> None:
    given_, kept = probes(made), thinned(probes(made))
    assert [p.at for p in kept] == sorted(p.at for p in kept)
    assert {p.visit for p in kept if p.failed} == {p.visit for p in given_ if p.failed}
    assert sum(p.weight for p in kept if not p.failed) == sum(not failed for _, failed in made)


@given(MADE)
def test_thinned_failures_stand_for_all_of_them(made: list[tuple[float, bool]]) -> None:
    kept = thinned_failures(thinned(probes(made)))
    assert sum(p.weight for p in kept) == len(made)


def test_passes_next_to_a_failure_are_kept_and_those_far_from_it_thinned() -> None:
    kept = {p.at for p in thinned(probes([(float(n), n == 500) for n in range(1000)]))}
    assert {498.0, 499.0, 500.0, 501.0, 502.0} <= kept
    assert len(kept) < 40


def test_visits_next_to_a_pass_are_kept_and_those_amid_an_outage_thinned() -> None:
    made = [(float(n), 100 <= n < 900) for n in range(1000)]
    kept = {p.at for p in thinned_failures(thinned(probes(made))) if p.failed}
    assert {100.0, 101.0, 898.0, 899.0} <= kept
    assert len(kept) < 20


def test_a_visit_that_stays_keeps_all_its_attempts() -> None:
    made = [Probe(60.0 * n + k, failed=True, visit=n) for n in range(100) for k in range(3)]
    kept = thinned_failures(made)
    visits = {probe.visit for probe in kept}
    assert len(visits) < 20
    assert len(kept) == 3 * len(visits)
