"""One execution: from ExecutionStarted to its close, and through its redrives."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any
from zlib import crc32

import simpy

from simulator.engine.draws import identifier
from simulator.engine.histories import UNCUT, History
from simulator.engine.payloads import text_of
from simulator.engine.scopes import Resume, Scope, StateFailedError, Steps, leaves, open_state
from simulator.engine.states import run_scope
from simulator.records import SimExecution, SimMachine, Status, TrueAttempt, Truth

if TYPE_CHECKING:
    from simulator.engine.map_runs import MapRun
    from simulator.engine.outcomes import Environment
    from simulator.engine.simulation import Simulation, Start

_CLOSING: Mapping[Status, str] = {
    "FAILED": "ExecutionFailed",
    "TIMED_OUT": "ExecutionTimedOut",
    "ABORTED": "ExecutionAborted",
}
EXPRESS_SECONDS = 300.0
"""The longest an Express execution runs (AWS quota)."""
_TRUE_CAUSE: Mapping[Status, str] = {"TIMED_OUT": "timeout_execution", "ABORTED": "aborted_by_user"}


class Run:
    """An execution under way; `execution()` freezes it into a record."""

    def __init__(self, simulation: "Simulation", machine: SimMachine, start: "Start") -> None:
        """Prepare the execution; nothing is written before it starts."""
        self._simulation = simulation
        self.machine, self.name, self.input = machine, start.name, start.input
        self.region, self.seed = simulation.region, simulation.seed
        self._qualified = {
            "stateMachineVersionArn": start.version,
            "stateMachineAliasArn": start.alias,
        }
        self.arn = _execution_arn(machine, start.name, self.seed)
        self.output: Any = None
        self.map_run_arn: str | None = None
        self.item_count: int | None = None
        self.may_be_stopped = False
        self.clock: simpy.Environment = simulation.clock
        self.environment: Environment = simulation.environment
        self.history = History()
        self.attempts: list[TrueAttempt] = []
        self.status: Status = "RUNNING"
        self.started_at = round(start.at, 3)
        self.stopped_at: float | None = None
        self.error: str | None = None
        self.cause: str | None = None
        self.redrives = 0
        self.redriven_at: float | None = None
        self.closed = self.clock.event()
        self._stopping = self.clock.event()
        self._root: tuple[str, str, str | None] | None = None
        self._earlier_ends: list[tuple[Status, float]] = []
        self._luck = crc32(f"{self.seed}|{self.name}".encode()) | 1
        self.context: Mapping[str, Any] = {}

    @property
    def root_cause(self) -> str | None:
        """The id of the true cause of the latest close, None after a success."""
        return self._root[1] if self._root else None

    def luck(self) -> float:
        """The next number in [0, 1) of this execution's own, for moments between events."""
        self._luck = (self._luck * 6364136223846793005 + 1442695040888963407) % (1 << 64)
        return (self._luck >> 11) / (1 << 53)

    def lag(self) -> float:
        """Seconds until Step Functions stops the siblings of a failed scope."""
        return self._simulation.abort_lag * self.luck()

    @property
    def _now(self) -> float:
        return round(self.clock.now, 3)

    def wait(self, seconds: float) -> simpy.Event:
        """`seconds` from now."""
        return self.clock.timeout(seconds)

    def start_child(self, machine_arn: str, data: Any) -> "Run":
        """Start an execution of another machine on this one's behalf."""
        return self._simulation.start_child(self, machine_arn, data)

    def dispatch(self, map_run: "MapRun", name: str, data: Any, items: int) -> "Run":
        """Start a child of a Map run now."""
        return self._simulation.dispatch(map_run, name, data, items)

    def keep_map_run(self, map_run: "MapRun") -> None:
        """Let the account know of a Map run."""
        self._simulation.map_runs.append(map_run)

    def keep(self, bucket: str, key: str, body: bytes) -> None:
        """Put an object into S3."""
        self._simulation.objects[bucket, key] = body

    def stop(self) -> None:
        """Abort it, where it still runs."""
        if self.status == "RUNNING" and not self._stopping.triggered:
            self._stopping.succeed()

    def life(self, start: "Start") -> Steps[None]:
        """Live from the start through the planned redrives."""
        yield self.wait(start.at - self.clock.now)
        top = self._begin()
        yield from self._attempt(top, None, start.stop_after)
        for delay in start.redrive_after:
            if self.status == "SUCCEEDED":
                break
            yield self.wait(delay)
            yield from self._attempt(top, self._redrive(top), None)
        self.closed.succeed()

    def _begin(self) -> Scope:
        definition = self.machine.definition
        role = f"arn:aws:iam::{self.arn.split(':')[4]}:role/{self.machine.name}"
        qualified = {name: arn for name, arn in self._qualified.items() if arn}
        details = {
            "input": text_of(self.input),
            "inputDetails": UNCUT,
            "roleArn": role,
            **qualified,
        }
        self.history.add(self.clock.now, "ExecutionStarted", 0, details)
        self.context = {
            "Execution": {"Id": self.arn, "Name": self.name, "Input": self.input, "RoleArn": role},
            "StateMachine": {"Id": self.machine.arn, "Name": self.machine.name},
        }
        return Scope(self, definition["States"], definition["StartAt"], self.input, 0, "")

    def _redrive(self, top: Scope) -> Resume:
        self._earlier_ends.append((self.status, self.stopped_at or self._now))
        chained = self.status == "FAILED" and len(list(leaves(top))) == 1
        self.status, self.stopped_at, self._root = "RUNNING", None, None
        self.error = self.cause = None
        self.redrives += 1
        self.redriven_at = self._now
        event = self.history.add(
            self.clock.now,
            "ExecutionRedriven",
            len(self.history.events),
            {"redriveCount": self.redrives},
        )
        return Resume(event, not (chained and self._simulation.redrive_chained))

    def _attempt(self, top: Scope, resume: Resume | None, stop_after: float | None) -> Steps[None]:
        main = self.clock.process(_to_its_end(top, resume))
        limit: float | None = self.machine.definition.get("TimeoutSeconds")
        longest = EXPRESS_SECONDS if self.machine.type == "EXPRESS" else None
        span = min((s for s in (limit, longest, stop_after) if s is not None), default=None)
        if span is None and not self.may_be_stopped:
            self._close(top, (yield main))
            return
        # A timer that nobody waits for any more would keep the clock busy for nothing.
        ends = main | self._stopping
        yield ends if span is None else ends | self.wait(span)
        if main.triggered:
            self._close(top, main.value)
            return
        state = open_state(top)
        main.interrupt()
        if top.group is not None:
            top.group.kill()
        stopped = self._stopping.triggered or span == stop_after
        self._cut_off("ABORTED" if stopped else "TIMED_OUT", state)

    def _close(self, top: Scope, failure: StateFailedError | None) -> None:
        if failure is None:
            self.status, self.stopped_at = "SUCCEEDED", self._now
            self.output = top.data
            details = {"output": text_of(top.data), "outputDetails": UNCUT}
            self.history.add(self.clock.now, "ExecutionSucceeded", top.last, details)
            return
        top.status = "failed"
        self.error, self.cause = failure.error, failure.cause
        self._root = (failure.root, failure.true_cause, failure.fail_state)
        self._end("FAILED", failure.event)

    def _cut_off(self, status: Status, state: str) -> None:
        self._root = (state, _TRUE_CAUSE[status], None)
        self._end(status, 0)

    def _end(self, status: Status, previous: int) -> None:
        self.status, self.stopped_at = status, self._now
        said = {"error": self.error, "cause": self.cause}
        details = {key: text for key, text in said.items() if text is not None}
        self.history.add(self.clock.now, _CLOSING[status], previous, details)

    def execution(self) -> SimExecution:
        """The execution as it stands."""
        state, cause, fail_state = self._root or (None, None, None)
        return SimExecution(
            arn=self.arn,
            machine_arn=self.machine.arn,
            name=self.name,
            status=self.status,
            started_at=self.started_at,
            stopped_at=self.stopped_at,
            events=tuple(self.history.events),
            truth=Truth(state, cause, tuple(self.attempts), fail_state),
            redrive_count=self.redrives,
            redriven_at=self.redriven_at,
            earlier_ends=tuple(self._earlier_ends),
            map_run_arn=self.map_run_arn,
            item_count=self.item_count,
        )


def _execution_arn(machine: SimMachine, name: str, seed: int) -> str:
    """An Express execution has an id of its own beside its name."""
    if machine.type == "EXPRESS":
        mine = identifier(seed, machine.arn, name, "express")
        return f"{machine.arn.replace(':stateMachine:', ':express:')}:{name}:{mine}"
    return f"{machine.arn.replace(':stateMachine:', ':execution:')}:{name}"


def _to_its_end(top: Scope, resume: Resume | None) -> Steps[StateFailedError | None]:
    try:
        yield from run_scope(top, resume)
    except StateFailedError as failure:
        return failure
    except simpy.Interrupt:
        pass
    return None
