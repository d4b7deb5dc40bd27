"""Replays the visits of a state under a candidate retrier, in one possible truth a time."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from sfn_digest.retry.backtest.policies import Rhythm
from sfn_digest.retry.observations.visits import Attempt, Visit
from sfn_digest.retry.outages.sampler import Draw


@dataclass(frozen=True, slots=True)
class Risk:
    """A cause in one possible truth, and the seconds an attempt takes that fails by it.

    `retried`: the candidate retrier names the error that the cause comes with.
    """

    cause: str
    draw: Draw
    seconds: float
    retried: bool


@dataclass(frozen=True, slots=True)
class Case:
    """A visit to replay; `number` is what draws know it by.

    `like`: where the visit is moved to a time of which nothing is known, the time whose
    weather it begins in.
    """

    visit: Visit
    number: int
    like: float | None = None


@dataclass(slots=True)
class Course:
    """What becomes of a visit: seconds after its first failure at which each retry starts.

    `recovers` is the number of the retry that succeeds, 0 where none does. `ended` is when
    the last of them failed, in seconds after the first failure.
    """

    starts: list[float] = field(default_factory=list)
    fails: list[float] = field(default_factory=list)
    recovers: int = 0


_FAR = 1e9
"""Seconds between two weeks of which nothing is known: more than any weather lasts."""


def elsewhere(case: Case) -> Case:
    """The visit as it would be in a like spell of another week, of which nothing is known."""
    far = (case.number + 2) * _FAR
    first = case.visit.first
    moved = replace(first, at=first.at + far, failed=first.failed + far)
    visit = replace(case.visit, attempts=(moved,), recovered_at=None)
    return replace(case, visit=visit, like=first.at)


def course_of(
    case: Case, risks: Mapping[str, Risk], rhythm: Rhythm, luck: Sequence[float], attempts: int
) -> Course:
    """Replay one visit; `luck` holds three numbers in [0, 1) for each retry."""
    course = Course()
    first = case.visit.first.failed
    if case.like is not None:
        _begin_alike(case.like, case.visit.first, risks)
    now = 0.0
    for used in range(attempts):
        now += rhythm.delay(used, luck[3 * used])
        course.starts.append(now)
        risk = _struck(case, risks, first + now, used + 1, luck[3 * used + 1 : 3 * used + 3])
        if risk is None:
            course.recovers = used + 1
            break
        now += risk.seconds
        course.fails.append(now)
        if not risk.retried:
            break
    return course


def _begin_alike(like: float, first: Attempt, risks: Mapping[str, Risk]) -> None:
    """Give the moment of the first attempt the weather that another moment had."""
    for risk in risks.values():
        path = risk.draw.path
        path.is_down(first.at, 0.0 if path.is_down(like, 0.5) else 1.0)


def _struck(
    case: Case, risks: Mapping[str, Risk], moment: float, number: int, luck: Sequence[float]
) -> Risk | None:
    """The risk that fails a retry; None where it succeeds.

    One number decides over all causes in turn: what it leaves after one is anew uniform.
    """
    fate = luck[1]
    for risk in risks.values():
        chance = _chance(case, risk, moment, number, luck[0])
        if fate < chance:
            return risk
        fate = (fate - chance) / (1 - chance)
    return None


def _chance(case: Case, risk: Risk, moment: float, number: int, luck: float) -> float:
    """The chance that the cause fails this retry.

    A retry that was really made has its luck behind it: one that failed fails again unless
    the weather is better now, and one that succeeded fails only where it is worse.
    """
    draw, visit = risk.draw, case.visit
    if case.number in draw.lost:
        return 1.0
    setting = draw.setting
    now = setting.storm if draw.path.is_down(moment, luck) else setting.calm
    if number < len(visit.attempts):
        made = visit.attempts[number]
        if made.cause != risk.cause:
            return now
        then = setting.storm if draw.path.is_down(made.at, luck) else setting.calm
        return min(1.0, now / then)
    if number == len(visit.attempts) and visit.recovered_at is not None:
        then = setting.storm if draw.path.is_down(visit.recovered_at, luck) else setting.calm
        return max(0.0, (now - then) / (1 - then))
    return now
