"""The hidden model: its parts against what can be worked out, and what it learns from."""

from math import exp, isclose, log
from random import Random
from statistics import mean

from hypothesis import given
from hypothesis import strategies as st

from sfn_digest.retry.backtest.policies import Rhythm
from sfn_digest.retry.observations.thinning import Probe, thinned
from sfn_digest.retry.outages.forward_backward import backward, filtered, sampled, transitions
from sfn_digest.retry.outages.path import Path
from sfn_digest.retry.outages.priors import priors_of
from sfn_digest.retry.outages.sampler import Sampler, Seen

CHANCES = st.floats(0.01, 0.99)
GAPS = st.lists(st.floats(0.0, 500.0), min_size=1, max_size=6)


def brute(
    steps: list[tuple[float, float]], seen: list[tuple[float, float]], before: float
) -> float:
    """The likelihood of all, summed over every course."""
    weights = [1 - before, before]
    for (rise, stay), emission in zip(steps, seen, strict=True):
        to_down = weights[0] * rise + weights[1] * stay
        to_up = weights[0] * (1 - rise) + weights[1] * (1 - stay)
        weights = [to_up * emission[0], to_down * emission[1]]
    return sum(weights)


@given(GAPS, CHANCES, st.data())
def test_the_likelihood_is_that_of_all_courses_together(
    gaps: list[float], before: float, data: st.DataObject
) -> None:
    steps = transitions(gaps, 300.0, 60.0)
    seen = [data.draw(st.tuples(CHANCES, CHANCES)) for _ in gaps]
    chances, likelihood = filtered(steps, seen, before)
    assert isclose(likelihood, log(brute(steps, seen, before)), rel_tol=1e-9, abs_tol=1e-9)
    assert all(0 <= chance <= 1 for chance in chances)


@given(st.lists(st.floats(0.0, 500.0), min_size=2, max_size=6), CHANCES, st.data())
def test_looking_forward_and_back_meet_in_the_same_likelihood(
    gaps: list[float], before: float, data: st.DataObject
) -> None:
    steps = transitions(gaps, 300.0, 60.0)
    seen = [data.draw(st.tuples(CHANCES, CHANCES)) for _ in gaps]
    chances, _ = filtered(steps, seen, before)
    ahead = backward(steps, seen)
    place = len(gaps) - 2
    (rise, stay), (calm, storm) = steps[-1], seen[-1]
    up = (1 - rise) * calm + rise * storm
    down = (1 - stay) * calm + stay * storm
    assert isclose(ahead[place][1] / ahead[place][0], down / up, rel_tol=1e-9)
    assert chances[place] <= 1


def test_a_sampled_course_is_down_as_often_as_it_should_be() -> None:
    steps = transitions([0.0, 30.0], 300.0, 60.0)
    chances, _ = filtered(steps, [(1.0, 1.0), (0.01, 0.9)], 0.3)
    random = Random(1)
    courses = [sampled(steps, chances, random) for _ in range(4000)]
    assert abs(mean(course[1] for course in courses) - chances[1]) < 0.03


def test_a_path_keeps_to_what_it_answered_and_to_what_is_known() -> None:
    path = Path([0.0, 100.0], [False, True], 300.0, 60.0)
    assert path.is_down(100.0, 0.99)
    assert path.is_down(50.0, 0.0)
    assert path.is_down(50.0, 0.999)
    assert path.is_down(75.0, 0.3)


def test_far_from_anything_known_a_path_is_down_for_its_long_run_share() -> None:
    random = Random(2)
    found = [Path([0.0], [True], 300.0, 100.0).is_down(1e6, random.random()) for _ in range(4000)]
    assert abs(mean(found) - 0.25) < 0.03


def test_between_two_known_moments_a_path_follows_the_bridge() -> None:
    up, down = 300.0, 100.0
    rate = 1 / up + 1 / down
    to_down = 0.25 * (1 - exp(-50 * rate))
    back_up = 0.75 * (1 - exp(-50 * rate))
    stay_up = 1 - 0.25 * (1 - exp(-50 * rate))
    expected = to_down * back_up / (to_down * back_up + stay_up * stay_up)
    random = Random(3)
    found = [
        Path([0.0, 100.0], [False, False], up, down).is_down(50.0, random.random())
        for _ in range(6000)
    ]
    assert abs(mean(found) - expected) < 0.015


@given(st.lists(st.tuples(st.floats(0, 1e6), st.booleans()), max_size=120))
def test_thinning_keeps_every_failure_and_the_number_of_passes(
    made: list[tuple[float, bool]],
) -> None:
    probes = [Probe(at, failed, visit=n if failed else -1) for n, (at, failed) in enumerate(made)]
    kept = thinned(probes)
    assert [p.at for p in kept] == sorted(p.at for p in kept)
    assert {p.visit for p in kept if p.failed} == {p.visit for p in probes if p.failed}
    assert sum(p.weight for p in kept if not p.failed) == sum(not failed for _, failed in made)


def test_passes_next_to_a_failure_are_all_kept() -> None:
    probes = [Probe(float(n), failed=n == 500, visit=0 if n == 500 else -1) for n in range(1000)]
    kept = {probe.at for probe in thinned(probes)}
    assert {496.0, 497.0, 498.0, 499.0, 500.0, 501.0, 502.0, 503.0} <= kept
    assert len(kept) < 150


def listed_amid_failures(*within: tuple[int, float]) -> Seen:
    """Failures every ten minutes for two hours, and halfway between them passes of a kind."""
    failed = [(172_800 + 600.0 * n, n) for n in range(12)]
    data = seen(failed, list(range(12)), [])
    more = [Probe(at + 300, failed=False, within=each) for at, _ in failed for each in within]
    return Seen(sorted([*data.probes, *more], key=lambda p: p.at), data.open_visits, data.visits)


def storm(data: Seen) -> float:
    draws = Sampler(data, priors_of("service_error")[1], Random(7)).draws(30, 60)
    return mean(draw.setting.storm for draw in draws)


def test_a_success_that_may_have_retried_makes_no_outage_half_as_bad() -> None:
    assert storm(listed_amid_failures((1, 0.0))) < 0.6
    assert storm(listed_amid_failures((4, 3000.0))) > 0.7


def seen(failed: list[tuple[float, int]], open_visits: list[int], extra: list[float]) -> Seen:
    """Passes every ten minutes for a week save in the third day's first two hours."""
    passes = [n * 600.0 + 7 for n in range(1008) if not 172_800 <= n * 600 < 180_000]
    probes = [Probe(at, failed=False) for at in [*passes, *extra]]
    probes += [Probe(at, failed=True, visit=visit) for at, visit in failed]
    return Seen(thinned(probes), open_visits, len(passes) + len({v for _, v in failed}))


def test_failures_amid_an_outage_are_laid_to_the_weather() -> None:
    data = seen([(172_800 + 600.0 * n, n) for n in range(12)], list(range(12)), [])
    for prior in priors_of("service_error"):
        draws = list(Sampler(data, prior, Random(4)).draws(30, 30))
        assert mean(len(draw.lost) for draw in draws) < 2
        assert mean(draw.path.is_down(176_000.0, 0.5) for draw in draws) > 0.9
        assert mean(draw.path.is_down(400_000.0, 0.5) for draw in draws) < 0.1


def test_visits_that_fail_while_others_pass_are_lost() -> None:
    lost = [(200_000 + 20_000.0 * n + 60 * k, n) for n in range(10) for k in range(20)]
    around = [200_000 + 20_000.0 * n + 60 * k + 30 for n in range(10) for k in range(20)]
    data = seen(lost, list(range(10)), around)
    draws = list(Sampler(data, priors_of("service_error")[2], Random(5)).draws(40, 30))
    assert mean(len(draw.lost) for draw in draws) > 9


def test_the_same_random_numbers_give_the_same_draws() -> None:
    data = seen([(172_800 + 600.0 * n, n) for n in range(12)], list(range(12)), [])
    one, other = (
        [d.setting for d in Sampler(data, priors_of("x")[0], Random(6)).draws(5, 5)]
        for _ in range(2)
    )
    assert one == other


def test_full_jitter_falls_anywhere_within_the_delay() -> None:
    rhythm = Rhythm(30, 2, 100, full_jitter=True)
    assert [rhythm.delay(used, 0.5) for used in range(4)] == [15, 30, 50, 50]
    assert [Rhythm(30, 2, 100).delay(used, 0.5) for used in range(4)] == [30, 60, 100, 100]
