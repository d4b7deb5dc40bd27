"""What a task's work costs at AWS's list prices: retried on Spot, or run on demand.

Prices are those of us-east-1, in US dollars; other Regions charge up to a third more, in about the
same proportions.
"""

from dataclasses import dataclass

from sfn_digest.i18n.message import Message, Msgid
from sfn_digest.model.executions import FargateTask

_HOUR_OF_VCPU, _HOUR_OF_GIGABYTE = 0.04048, 0.004445
"""Fargate on demand, Linux on x86."""
_HOUR_OF_ARM_VCPU, _HOUR_OF_ARM_GIGABYTE = 0.03238, 0.00356
_SPOT = 0.3
"""What Fargate Spot costs of the price on demand: AWS takes up to 70 % off."""
_COMMITTED = 0.5
"""The same of a Compute Savings Plan over three years: up to 50 % off."""
_A_CENT = 0.01


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
        "At list prices in us-east-1 ({vcpu:g} vCPU, {gigabytes:g} GB), this work costs "
        "${retried} with Spot retries alone, ${fallback} with on-demand capacity after them, "
        "${on_demand} on demand from the start, and at best ${committed} with a three-year "
        "Savings Plan; ${lost} of it was lost. {advice}",
        vcpu=work.task.vcpu,
        gigabytes=work.task.gigabytes,
        retried=_amount(retried),
        fallback=_amount(fallback),
        on_demand=_amount(on_demand),
        committed=_amount(_COMMITTED * on_demand),
        lost=_amount(_SPOT * price * work.lost),
        advice=Message(_KEEP if fallback <= on_demand else _LEAVE),
    )


_KEEP = Msgid("Keep Spot, and run on demand what it loses.")
_LEAVE = Msgid("Leave Spot: capacity on demand costs less here.")


def _amount(dollars: float) -> str:
    """Dollars and cents, or two digits of less than a cent.

    >>> _amount(12.345), _amount(0.00234)
    ('12.35', '0.0023')
    """
    return f"{dollars:,.2f}" if dollars >= _A_CENT or dollars == 0 else f"{dollars:.2g}"
