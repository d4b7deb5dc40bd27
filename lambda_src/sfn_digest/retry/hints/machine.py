"""One machine as the hints look at it, a hint's plain parts, and what a task's work costs.

Prices are AWS's list prices of us-east-1, in US dollars; other Regions charge up to a third more,
in about the same proportions.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import ceil, floor, log10

from sfn_digest.asl.definition import Definition
from sfn_digest.causes import redact
from sfn_digest.i18n.message import Message, Msgid
from sfn_digest.i18n.sanitize import clean
from sfn_digest.model.executions import Failure, FargateTask
from sfn_digest.model.report import Hint, Recovered, Sureness
from sfn_digest.retry.observations.incidents import Incidents
from sfn_digest.retry.observations.observed_states import StateEvidence
from sfn_digest.retry.observations.visits import Visit

_HOUR_OF_VCPU, _HOUR_OF_GIGABYTE = 0.04048, 0.004445
"""Fargate on demand, Linux on x86."""
_HOUR_OF_ARM_VCPU, _HOUR_OF_ARM_GIGABYTE = 0.03238, 0.00356
_SPOT = 0.3
"""What Fargate Spot costs of the price on demand: AWS takes up to 70 % off."""
_COMMITTED = 0.5
"""The same of a Compute Savings Plan over three years: up to 50 % off."""
_A_CENT, _LEAST_AMOUNT = 0.01, 0.0001


@dataclass(frozen=True, slots=True)
class TaskWork:
    """A task's work in a window: hours of attempts that succeeded, and that were lost on Spot.

    `left` are the hours that the executions still need which failed.
    """

    task: FargateTask
    done: float
    lost: float
    left: float


def hourly(task: FargateTask) -> float:
    """Dollars that an hour of a task costs on demand."""
    if task.arm:
        return task.vcpu * _HOUR_OF_ARM_VCPU + task.gigabytes * _HOUR_OF_ARM_GIGABYTE
    return task.vcpu * _HOUR_OF_VCPU + task.gigabytes * _HOUR_OF_GIGABYTE


def spot_dollars(task: FargateTask, hours: float) -> float:
    """Dollars that so many hours of a task cost on Spot."""
    return _SPOT * hourly(task) * hours


def ways_to_run(work: TaskWork) -> Message:
    """What the work of the window costs in each way, and which to take."""
    price = hourly(work.task)
    needed = work.done + work.left
    retried = _SPOT * price * (needed + work.lost)
    fallback = _SPOT * price * (work.done + work.lost) + price * work.left
    on_demand = price * needed
    return Message(
        "At list prices in us-east-1 ({vcpu:g} vCPU, {gigabytes:g} GB), the work of this period "
        "costs {retried} with retries on Spot alone, {fallback} with on-demand capacity after "
        "them, {on_demand} on demand from the start, and at best {committed} with a three-year "
        "Savings Plan; what was lost cost {lost}. {advice}",
        vcpu=work.task.vcpu,
        gigabytes=work.task.gigabytes,
        retried=_amount(retried),
        fallback=_amount(fallback),
        on_demand=_amount(on_demand),
        committed=_amount(_COMMITTED * on_demand),
        lost=_amount(_SPOT * price * work.lost),
        advice=Message(_KEEP if fallback <= on_demand else _LEAVE),
    )


_KEEP = Msgid("Keep Spot, and run what it loses on demand.")
_LEAVE = Msgid("Drop Spot: on-demand capacity costs less here.")


def _amount(dollars: float) -> Message:
    """Dollars and cents, or two digits of less than a cent.

    >>> _amount(12.345), _amount(0.00234)
    ('$12.35', '$0.0023')
    """
    if 0 < dollars < _LEAST_AMOUNT:
        return Message("less than ${amount}", amount=f"{_LEAST_AMOUNT}")
    exact = f"{dollars:,.2f}" if dollars >= _A_CENT or dollars == 0 else f"{dollars:.2g}"
    return Message("${amount}", amount=exact)


NOTHING = Recovered(surely=0, likely=0.0, possibly=0, low=0, high=0)
"""What a hint that is not about recovering brings back."""

DOLLARS_PER_TRANSITION = 0.000025
"""A Standard workflow's state transition, retries included (AWS price list, us-east-1)."""

_NAME_LIMIT = 256
"""Characters that Step Functions keeps of an error name: what is to be written is never cut."""
_READ = 300
"""Characters of a name before it is redacted, so that no secret is cut to pieces first."""


@dataclass(frozen=True, slots=True)
class MachineView:
    """A machine's definition, its failures, and what is known of each of its states.

    `incidents` are those of all machines.
    `successes_known`: some of its successes were read, or it had none. Where they were not,
    retries that helped are unknown, and no sentence may rest on their absence. `took` are the
    seconds that its successful executions took, those left out that were redriven or are known to
    have retried.
    """

    arn: str
    definition: Definition
    failures: Sequence[Failure]
    evidence: Mapping[str, StateEvidence]
    incidents: Incidents
    successes_known: bool
    took: Sequence[float]

    def visits(self, state: str) -> tuple[Visit, ...]:
        """The visits of a state that failed at least once."""
        found = self.evidence.get(state)
        return found.visits if found else ()


def hint_on(
    view: MachineView,
    state: str,
    visits: Sequence[Visit],
    *,
    kind: str,
    errors: tuple[str, ...],
    title: Message,
    text: Message,
    cause: str | None = None,
    retrier: Mapping[str, object] | None = None,
    recovered: Recovered = NOTHING,
    sure: Sureness = "sure",
    failed_attempts: int = 0,
    hours: float = 0.0,
    dollars: float = 0.0,
    patched: Mapping[str, object] | None = None,
) -> Hint:
    """A hint that rests on visits of a state, on the cause of the first where none is named."""
    return Hint(
        kind=kind,
        machine_arn=view.arn,
        state=state,
        cause=cause or (visits[0].last.cause if visits else "unknown"),
        errors=errors,
        retrier=retrier,
        failures=len({visit.execution for visit in visits if visit.fatal}),
        incidents=view.incidents.count(visits),
        recovered=recovered,
        added_wait_seconds=0.0,
        title=title,
        text=text,
        sure=sure,
        failed_attempts=failed_attempts,
        hours=hours,
        dollars=dollars,
        patched=patched,
    )


def shown(name: str) -> str:
    """A name that came from an account, fit for a sentence: one line, redacted, cut."""
    return clean(redact(clean(name, _READ)), _NAME_LIMIT)


def listed(names: Iterable[str], most: int = 5) -> Message:
    """Names in a sentence, the first few of them."""
    every = tuple(shown(name) for name in names)
    rest = len(every) - most
    return Message(
        "{names} and {rest} more" if rest > 0 else "{names}", names=every[:most], rest=rest
    )


def span(seconds: float) -> Message:
    """A length of time in the unit that suits it, as exactly as it was set.

    >>> str(span(90)), str(span(7200))
    ('90 s', '2 h')
    """
    if seconds >= 2 * 3600:
        return Message("{hours:.3g} h", hours=seconds / 3600)
    if seconds >= 2 * 60:
        return Message("{minutes:.3g} min", minutes=seconds / 60)
    return Message("{seconds:.3g} s", seconds=seconds)


def about(seconds: float) -> Message:
    """A measured length of time, of two leading digits, or in whole minutes or hours.

    >>> str(about(409)), str(about(32838)), str(about(118))
    ('6.8 min', '9.1 h', '2 min')
    """
    return span(_two_digits(seconds, round))


def at_most(seconds: float) -> Message:
    """A length of time that bounds others from above, as many digits of it.

    Half a percent is let go: the times that attempts take are no more exact.

    >>> str(at_most(3610)), str(at_most(8100))
    ('61 min', '2.3 h')
    """
    return span(_two_digits(seconds, lambda steps: ceil(steps - 0.05)))


def _two_digits(seconds: float, whole: Callable[[float], int]) -> float:
    """The time rounded to two digits, or whole minutes or hours, of the unit it is shown in."""
    unit = 3600 if seconds >= 2 * 3600 else 60 if seconds >= 2 * 60 else 1
    if seconds <= 0:
        return seconds
    spare = floor(log10(seconds / unit)) - 1
    step = unit * 10.0 ** (spare if unit == 1 else min(0, spare))
    return whole(seconds / step) * step


def rounded_up(seconds: float) -> int:
    """A whole number of seconds at or above, of two leading digits.

    >>> rounded_up(1234.5), rounded_up(7.2)
    (1300, 8)
    """
    whole = max(1, ceil(seconds))
    size = int(10 ** max(0, len(str(whole)) - 2))
    return ceil(whole / size) * size
