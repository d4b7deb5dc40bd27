"""The size of a task on Fargate, read from the document that ECS gives as the cause of its stop."""

from collections.abc import Mapping
from typing import Any

from sfn_digest.causes.documents import objects, parse, pick, words
from sfn_digest.model.executions import FargateTask

_CPU_UNITS, _MEGABYTES = 1024, 1024
_ARM = "arm64"


def fargate_task(cause: str | None) -> FargateTask | None:
    """What the task is billed by; None where it ran elsewhere, or the cause does not tell.

    >>> fargate_task('{"LaunchType": "FARGATE", "Cpu": "512", "Memory": "1024"}')
    FargateTask(vcpu=0.5, gigabytes=1.0, arm=False, spot=False)
    """
    task, _ = parse(cause or "")
    if not isinstance(task, Mapping) or words(pick(task, "LaunchType")) != "FARGATE":
        return None
    # Windows has prices of its own, and a licence beside them.
    if words(pick(task, "PlatformFamily")).casefold().startswith("windows"):
        return None
    units, megabytes = _number(pick(task, "Cpu")), _number(pick(task, "Memory"))
    if not units or not megabytes:
        return None
    return FargateTask(
        vcpu=units / _CPU_UNITS,
        gigabytes=megabytes / _MEGABYTES,
        arm=any(words(pick(each, "Value")) == _ARM for each in objects(pick(task, "Attributes"))),
        spot=words(pick(task, "CapacityProviderName")) == "FARGATE_SPOT",
    )


def _number(value: Any) -> int:
    text = words(value)
    return int(text) if text.isdecimal() and len(text) < _LONGEST else 0


_LONGEST = 8
"""Digits of a number that some task may have."""
