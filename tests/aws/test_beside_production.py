"""Production at nine tenths of a quota feels nothing of the digest beside it."""

import pytest

from bench import quota
from sfn_digest.aws.governor import Allowance

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("load", quota.LOADS.values(), ids=list(quota.LOADS))
def test_no_call_of_production_is_throttled_because_of_the_digest(load: quota.Load) -> None:
    alone, beside = (quota.run(load, 11, reading=reading) for reading in (False, True))
    assert alone.production == beside.production
    assert (alone.throttled, beside.throttled) == (0, 0)
    assert beside.ours > 0


def test_production_feels_what_takes_the_whole_share_all_the_same(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(quota, "_allowance", lambda _: Allowance(100, 5))
    assert quota.run(quota.in_bursts, 11, reading=True).throttled > 0
