"""EventBridge's events of a world's executions, and a table that keeps them in memory."""

import json
from collections.abc import Iterator, Sequence
from datetime import date
from threading import Lock

from sfn_digest.stream.collected_window import KeptChange
from sfn_digest.stream.status_change import StatusChange
from simulator.records import SimExecution, Status, World


def bodies(world: World) -> list[str]:
    """An event for each end of each Standard execution that the stack's rule would pass on."""
    standard = {machine.arn for machine in world.machines if machine.type == "STANDARD"}
    return [
        body(execution, status, at, redrives)
        for execution in world.executions
        if execution.machine_arn in standard
        for redrives, (status, at) in enumerate(_ends(execution))
        if status in ("FAILED", "TIMED_OUT", "ABORTED") or (status == "SUCCEEDED" and redrives)
    ]


def _ends(execution: SimExecution) -> Sequence[tuple[Status, float]]:
    last = [] if execution.stopped_at is None else [(execution.status, execution.stopped_at)]
    return [*execution.earlier_ends, *last]


def body(execution: SimExecution, status: Status, at: float, redrives: int) -> str:
    """The event of one end, as the queue's message holds it."""
    last = execution.events[-1] if execution.events else {}
    why = last.get("executionFailedEventDetails", {})
    detail = {
        "executionArn": execution.arn,
        "stateMachineArn": execution.machine_arn,
        "name": execution.name,
        "status": status,
        "startDate": round(execution.started_at * 1000),
        "stopDate": round(at * 1000),
        "input": '{"password": "hunter2"}',
        "output": None,
        "stateMachineVersionArn": None,
        "stateMachineAliasArn": None,
        "redriveCount": redrives,
        "error": why.get("error"),
        "cause": why.get("cause"),
    }
    kind = "Step Functions Execution Status Change"
    return json.dumps({"source": "aws.states", "detail-type": kind, "detail": detail})


class MemoryStream:
    """The table of events, without AWS."""

    def __init__(self) -> None:
        self.kept: dict[tuple[str, date], dict[tuple[str, int], KeptChange]] = {}
        self._lock = Lock()
        self.unreadable = 0

    def keep(self, change: StatusChange) -> bool:
        """See pipeline.collecting.Keeper."""
        with self._lock:
            ends = self._day(change)
            new = change.key not in ends
            if new:
                ends[change.key] = KeptChange(change)
            return new

    def keep_reading(self, change: StatusChange, reading: bytes) -> None:
        """See pipeline.collecting.Keeper."""
        with self._lock:
            self._day(change)[change.key] = KeptChange(change, reading)

    def machines(self, day: date) -> Iterator[str]:
        """See pipeline.run.Stream."""
        return (arn for arn, at in self.kept if at == day)

    def redriven(self, machine_arn: str, day: date) -> Iterator[KeptChange]:
        """See pipeline.run.Stream."""
        return (each for each in self._of(machine_arn, day) if each.change.redrive_count)

    def first(self, machine_arn: str, day: date) -> Iterator[KeptChange]:
        """See pipeline.run.Stream."""
        return (each for each in self._of(machine_arn, day) if not each.change.redrive_count)

    def _of(self, machine_arn: str, day: date) -> list[KeptChange]:
        return list(self.kept.get((machine_arn, day), {}).values())

    def _day(self, change: StatusChange) -> dict[tuple[str, int], KeptChange]:
        return self.kept.setdefault((change.machine_arn, change.stopped_at.date()), {})
