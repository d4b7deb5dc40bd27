"""What the model learns of a cause from what was seen."""

from statistics import mean

import numpy as np
import pytest

from sfn_digest.retry.observations.thinning import Probe
from sfn_digest.retry.outages.beliefs import Belief, beliefs_of, setting_at
from sfn_digest.retry.outages.likelihood import Seen, arranged
from sfn_digest.retry.outages.phases import Setting
from sfn_digest.retry.outages.sampler import Fit, fits
from tests.retry.outages.made import OUTAGE, random, week

pytestmark = pytest.mark.slow

NOISE, LOST, EITHER, SOLID = range(4)


def fitted(seen: Seen, cause: str = "service_error") -> list[Fit]:
    return fits(seen, beliefs_of(cause), 64, random(5))


def settings(seen: Seen, belief: Belief) -> Setting:
    (fit,) = fits(seen, [belief], 64, random(6))
    return setting_at(fit.places)


def test_visits_that_fail_while_others_pass_are_explained_as_lost() -> None:
    lost = [(200_000 + 20_000.0 * n + 60 * k, n) for n in range(10) for k in range(20)]
    around = [200_000 + 20_000.0 * n + 60 * k + 30 for n in range(10) for k in range(20)]
    found = fitted(week(lost, around))
    assert max(range(4), key=lambda place: found[place].evidence) in (LOST, EITHER)
    assert found[EITHER].evidence > found[NOISE].evidence + 15
    assert mean(setting_at(found[EITHER].places).lost) > 0.004


def test_failures_amid_an_outage_are_laid_to_the_weather_under_each_belief() -> None:
    for fit in fitted(week(OUTAGE)):
        setting = setting_at(fit.places)
        assert np.median(setting.storm) > 0.8
        assert np.median(setting.lost) < 0.01


def test_times_up_that_follow_each_other_closely_are_told_from_draws_within_an_outage() -> None:
    """Solid outages of twenty minutes, ten minutes apart from each other for half a day."""
    failed = [(172_800 + 1800.0 * n + 300 * k, 4 * n + k) for n in range(24) for k in range(4)]
    passed = [172_800 + 1800.0 * n + 1200 + 300 * k for n in range(24) for k in range(2)]
    setting = settings(week(failed, passed), beliefs_of("capacity_unavailable")[0])
    assert np.median(setting.share_short) > 0.7
    assert 250 < np.median(setting.up_short) < 1500
    assert 500 < np.median(setting.down_short) < 2500


def storm(*within: tuple[int, float]) -> float:
    """How bad an outage is in which passes of a kind lie between the failures."""
    amid = [Probe(at + 300, failed=False, within=each) for at, _ in OUTAGE for each in within]
    good = [Probe(n * 600.0, failed=False) for n in range(1000) if not 280 < n < 320]
    failed = [Probe(at, failed=True, visit=visit, earlier=0) for at, visit in OUTAGE]
    probes = sorted([*good, *amid, *failed], key=lambda probe: probe.at)
    belief = beliefs_of("service_error")[LOST]
    return float(np.median(settings(arranged(probes, 0, range(12)), belief).storm))


def test_a_success_that_may_have_retried_makes_no_outage_half_as_bad() -> None:
    assert storm((1, 0.0)) < 0.65
    assert storm((4, 3000.0)) > 0.7


def test_the_same_random_numbers_give_the_same_particles() -> None:
    one, other = fitted(week(OUTAGE)), fitted(week(OUTAGE))
    for first, second in zip(one, other, strict=True):
        np.testing.assert_array_equal(first.places, second.places)


def test_every_belief_draws_what_it_holds_for_possible() -> None:
    for cause in ("service_error", "spot_interruption", "capacity_unavailable"):
        for belief in beliefs_of(cause):
            assert np.isfinite(belief.density(belief.places(500, random(7)))).all()


def test_a_limit_that_refuses_herds_is_not_thought_to_look_at_whom_it_refuses() -> None:
    (belief,) = beliefs_of("throttling", herds=True)
    noise = beliefs_of("throttling")[NOISE]
    assert (belief.calm, belief.storm, belief.lost) == (noise.calm, noise.storm, noise.lost)
