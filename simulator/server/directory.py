"""Where the machines and executions of a world are found by ARN, and in which order listed.

Everything is sorted once, when the account opens: no call walks all executions.
"""

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence

from simulator.records import SimAlias, SimExecution, SimMachine, World
from simulator.server.api import ApiError
from simulator.server.map_runs import MapRuns

_RETENTION = 90 * 86400
_ARN = re.compile(
    r"arn:aws[a-z-]*:states:[a-z0-9-]+:\d{12}:(?P<type>[A-Za-z]+):(?P<rest>[^:]+(:[^:]+)*)"
)


class Directory:
    """The world by ARN.

    Executions closed over 90 days before the world's end are gone; those of Express
    machines were never kept.
    """

    def __init__(self, world: World) -> None:
        self.world = world
        self.machines: Mapping[str, SimMachine] = {m.arn: m for m in world.machines}
        self.map_runs = MapRuns(world)
        kept = [run for run in world.executions if self._is_kept(run)]
        self.executions: Mapping[str, SimExecution] = {run.arn: run for run in kept}
        self.versions: Mapping[str, str] = {
            run.arn: version for run in kept if (version := _started_under(run, "Version"))
        }
        self.aliases: Mapping[str, str] = {
            run.arn: alias for run in kept if (alias := _started_under(run, "Alias"))
        }
        self.published = {each.arn: each for each in world.versions}
        self._version_arns = {*self.versions.values(), *self.published}
        self._listed = self._sorted(kept)

    def listed(self, subject: str, status: str | None) -> Sequence[SimExecution]:
        """Executions of a machine or version ARN, newest first; all statuses where None."""
        return self._listed.get((subject, status), ())

    def machine_of(self, arn: str) -> str | None:
        """The state machine's own ARN behind any ARN of a machine, version or execution."""
        if arn in self.machines:
            return arn
        if arn in self.executions:
            return self.executions[arn].machine_arn
        if self.map_runs.child(arn) is not None:
            return None
        unqualified = arn.rpartition(":")[0].replace(":execution:", ":stateMachine:")
        return unqualified if unqualified in self.machines else None

    def machine(self, arn: str, action: str) -> SimMachine:
        """The machine of this ARN or version ARN, where `action` on it is allowed."""
        rest = _parsed(arn, "stateMachine")
        if "/" in rest:
            raise ApiError("ValidationException", "This API does not support labeled ARNs")
        machine_arn = self.machine_of(arn)
        if machine_arn is None or (arn != machine_arn and arn not in self._version_arns):
            raise ApiError("StateMachineDoesNotExist", f"State Machine Does Not Exist: '{arn}'")
        self._allow(machine_arn, arn, action)
        return self.machines[machine_arn]

    def alias(self, arn: str) -> SimAlias:
        """The alias of this ARN, where it may be described."""
        found = next((each for each in self.world.aliases if each.arn == arn), None)
        if found is None:
            raise ApiError("ResourceNotFound", f"Resource not found: '{arn}'")
        self._allow(arn.rpartition(":")[0], arn, "DescribeStateMachineAlias")
        return found

    def execution(self, arn: str, action: str) -> SimExecution:
        """The Standard execution of this ARN, where `action` on it is allowed."""
        _parsed(arn, "execution")
        if arn.split(":")[4] != self.world.account_id:
            raise self._denied(arn, action)
        machine_arn = self.machine_of(arn)
        if machine_arn is not None:
            self._allow(machine_arn, arn, action)
        if arn not in self.executions:
            raise ApiError("ExecutionDoesNotExist", f"Execution Does Not Exist: '{arn}'")
        return self.executions[arn]

    def described(self, arn: str) -> SimExecution:
        """The execution that DescribeExecution tells of: Express ones too, of Map runs alone."""
        child = self.map_runs.child(arn)
        return child if child is not None else self.execution(arn, "DescribeExecution")

    def _is_kept(self, run: SimExecution) -> bool:
        expired = run.stopped_at is not None and run.stopped_at < self.world.end - _RETENTION
        machine = self.machines.get(run.machine_arn)
        # The children of a Map run are executions of a machine that nobody created.
        standard = ":execution:" in run.arn if machine is None else machine.type == "STANDARD"
        return not expired and standard

    def _allow(self, machine_arn: str, arn: str, action: str) -> None:
        if machine_arn in self.world.denied:
            raise self._denied(arn, action)

    def _denied(self, arn: str, action: str) -> ApiError:
        caller = f"arn:aws:sts::{self.world.account_id}:assumed-role/sfn-digest/simulated"
        return ApiError(
            "AccessDeniedException",
            f"User: {caller} is not authorized to perform: states:{action} on resource: "
            f"{arn} because no identity-based policy allows the states:{action} action",
            status="denied",
        )

    def _sorted(
        self, kept: Sequence[SimExecution]
    ) -> Mapping[tuple[str, str | None], list[SimExecution]]:
        lists: defaultdict[tuple[str, str | None], list[SimExecution]] = defaultdict(list)
        for run in sorted(kept, key=lambda run: (recency(run), run.arn), reverse=True):
            subjects = [run.machine_arn]
            if run.arn in self.versions:
                subjects.append(self.versions[run.arn])
            for subject in subjects:
                lists[subject, None].append(run)
                lists[subject, run.status].append(run)
        return dict(lists)


def recency(run: SimExecution) -> float:
    """What ListExecutions sorts by: stopDate, or while it runs redriveDate or startDate."""
    if run.stopped_at is not None:
        return run.stopped_at
    return run.started_at if run.redriven_at is None else run.redriven_at


def _started_under(run: SimExecution, what: str) -> str | None:
    """The ARN of the version or alias an execution was started under, as its first event says."""
    if not run.events:
        return None
    details = run.events[0].get("executionStartedEventDetails", {})
    arn = details.get(f"stateMachine{what}Arn")
    return str(arn) if arn else None


def _parsed(arn: str, wanted: str) -> str:
    found = _ARN.fullmatch(arn)
    if found is None:
        raise ApiError("InvalidArn", f"Invalid Arn: 'Invalid ARN prefix: {arn}'")
    if found["type"] != wanted:
        context = f"Resource type not valid in this context: {found['type']}"
        raise ApiError("InvalidArn", f"Invalid Arn: '{context}'")
    return found["rest"]
