"""Long runs of probes are thinned, and none of what they tell is lost."""

from hypothesis import given
from hypothesis import strategies as st

from sfn_digest.retry.observations.thinning import Pass, Probe, thinned, thinned_failures

MADE = st.lists(st.tuples(st.floats(0, 1e6), st.booleans()), max_size=120)


def thin(made: list[tuple[float, bool]]) -> list[Probe]:
    """Probes at these times, each that failed of a visit of its own, with passes thinned."""
    failed = [Probe(at, failed=True, visit=n) for n, (at, bad) in enumerate(made) if bad]
    return thinned(failed, [Pass(at) for at, bad in made if not bad])


@given(MADE)
def test_thinning_keeps_every_failure_and_the_number_of_passes(
    made: list[tuple[float, bool]],
) -> None:
    kept = thin(made)
    assert [p.at for p in kept] == sorted(p.at for p in kept)
    assert {p.visit for p in kept if p.failed} == {n for n, (_, bad) in enumerate(made) if bad}
    assert sum(p.weight for p in kept if not p.failed) == sum(not failed for _, failed in made)


@given(MADE)
def test_thinned_failures_stand_for_all_of_them(made: list[tuple[float, bool]]) -> None:
    kept = thinned_failures(thin(made))
    assert sum(p.weight for p in kept) == len(made)


def test_passes_next_to_a_failure_are_kept_and_those_far_from_it_thinned() -> None:
    kept = {p.at for p in thin([(float(n), n == 500) for n in range(1000)])}
    assert {498.0, 499.0, 500.0, 501.0, 502.0} <= kept
    assert len(kept) < 40


def test_visits_next_to_a_pass_are_kept_and_those_amid_an_outage_thinned() -> None:
    made = [(float(n), 100 <= n < 900) for n in range(1000)]
    kept = {p.at for p in thinned_failures(thin(made)) if p.failed}
    assert {100.0, 101.0, 898.0, 899.0} <= kept
    assert len(kept) < 20


def test_a_visit_that_stays_keeps_all_its_attempts() -> None:
    made = [Probe(60.0 * n + k, failed=True, visit=n) for n in range(100) for k in range(3)]
    kept = thinned_failures(made)
    visits = {probe.visit for probe in kept}
    assert len(visits) < 20
    assert len(kept) == 3 * len(visits)


def test_a_weight_stands_where_its_pass_does_and_keeps_what_it_may_have_taken() -> None:
    passes = [Pass(float(n), attempts=3, spread=20.0) for n in range(50)]
    kept = thinned([], reversed(passes))
    assert [probe.at for probe in kept] == sorted(probe.at for probe in kept)
    assert {probe.within for probe in kept} == {(3, 20.0)}
    assert sum(probe.weight for probe in kept) == 50
