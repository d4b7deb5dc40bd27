"""Whether a cause has passed: what has succeeded since it last ended an execution."""

from bisect import bisect_right
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from sfn_digest.model.executions import Failure
from sfn_digest.model.since import CauseSince
from sfn_digest.model.successes import Successes

if TYPE_CHECKING:
    from datetime import datetime


def causes_since(
    failures: Iterable[Failure], successes: Mapping[str, Successes]
) -> tuple[CauseSince, ...]:
    """By machine, state and cause, for the machines whose successes were listed."""
    last: dict[tuple[str, str | None, str], datetime] = {}
    for each in failures:
        key = (each.execution.machine_arn, each.state, each.diagnosis.cause)
        last[key] = max(last.get(key, each.execution.stopped_at), each.execution.stopped_at)
    started = {
        arn: sorted(each.started_at for each in found.listed) for arn, found in successes.items()
    }
    return tuple(
        CauseSince(arn, state, cause, len(started[arn]) - bisect_right(started[arn], moment))
        for (arn, state, cause), moment in sorted(
            last.items(), key=lambda item: (item[0][0], item[0][1] or "", item[0][2])
        )
        if arn in started
    )
