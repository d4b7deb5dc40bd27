"""What a scan reads is fair, and its estimates hold: a small part of `python -m bench.sampling`."""

from random import Random

import pytest

from bench import sampling

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def judged() -> sampling.Judged:
    judged = sampling.Judged()
    for seed in range(6):
        random = Random(seed)
        made = sampling.account(random, [random.choice((5, 40, 300)) for _ in range(20)])
        sampling.judge(made, sampling.read(made, 400), judged)
    return judged


def test_every_machine_is_read(judged: sampling.Judged) -> None:
    assert (judged.machines, judged.untouched) == (120, 0)


def test_shares_of_causes_are_within_five_points_of_the_truth(judged: sampling.Judged) -> None:
    assert judged.off is not None
    assert sum(judged.off) / len(judged.off) < 2.0
    assert max(judged.off) < 10.0


def test_bounds_hold_the_truth_as_often_as_they_promise(judged: sampling.Judged) -> None:
    assert judged.held is not None
    assert judged.tried is not None
    assert judged.held["all"] / judged.tried["all"] >= 0.93
    assert judged.held["machine"] / judged.tried["machine"] >= 0.93


def test_where_one_machine_fails_most_the_others_are_read_whole() -> None:
    made = sampling.account(Random(7), [8_000, *[25] * 10])
    read = sampling.read(made, 700)
    largest = next(iter(made.machines))
    others = {e.arn for name, found in made.machines.items() if name != largest for e in found}
    assert others <= read.arns
