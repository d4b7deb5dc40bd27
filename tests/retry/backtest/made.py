"""Visits and truths about them, written down by hand for the tests of replays."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.random import PCG64, Generator

from sfn_digest.retry.backtest.replay import Risk, Scene
from sfn_digest.retry.observations.visits import ObservedAttempt, Visit
from sfn_digest.retry.outages.posterior import MOST_MADE, Truths, offsets

AT = offsets(6 * 3600.0)


def attempt(at: float = 0.0, cause: str = "service_error", error: str = "E") -> ObservedAttempt:
    """An attempt that failed after a second."""
    return ObservedAttempt(at, at + 1, cause, "transient", error)


def visit(*later: ObservedAttempt, recovered_at: float | None = None, at: float = 0.0) -> Visit:
    """A visit that failed at `at`, and in these later attempts."""
    made = (attempt(at), *later)
    return Visit("x", "m", "Work", made, recovered_at, fatal=recovered_at is None)


def truths(until: float, *, lost: bool = False, made: float = 1 - 1e-7, draws: int = 1) -> Truths:
    """A weather that lets nothing through for so long after the failure, and then everything.

    `made` is the chance with which each attempt that was really made had failed.
    """
    later = np.where(until > AT, 1 - 1e-7, 1e-7)
    return Truths(
        later=np.tile(later, (draws, 1, 1)),
        made=np.full((draws, 1, MOST_MADE), made),
        lost=np.full((draws, 1), lost),
        _first=np.full((draws, 1), 2, np.int64),
        _setting=None,
    )


def scene(risks: Sequence[Risk], one: Visit | None = None, **changes: Any) -> Scene:
    """One visit in one truth."""
    given: dict[str, Any] = {"chosen": np.array([0]), "draws": np.array([0])}
    return Scene([one or visit()], risks, AT, **{**given, "random": Generator(PCG64(1)), **changes})


def risk(until: float, cause: str = "service_error", *, retried: bool = True, **more: Any) -> Risk:
    """A cause that strikes for so long after the failure."""
    return Risk(cause, truths(until, **more), 1.0, retried)
