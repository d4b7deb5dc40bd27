"""Map runs: what Step Functions tells of them, and of the executions they dispatched."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from simulator.server.api import ApiError, Operation, Params, Result, only_known, required

if TYPE_CHECKING:
    from simulator.records import SimExecution, SimMapRun, World
    from simulator.server.states_paging import Pager


class MapRuns:
    """The world's Map runs by ARN, with their children, newest first."""

    def __init__(self, world: "World") -> None:
        self._runs: Mapping[str, SimMapRun] = {each.arn: each for each in world.map_runs}
        self._children: Mapping[str, SimExecution] = {
            run.arn: run for run in world.executions if run.map_run_arn is not None
        }
        self._listed: defaultdict[tuple[str, str | None], list[SimExecution]] = defaultdict(list)
        for child in sorted(self._children.values(), key=_recency, reverse=True):
            self._listed[child.map_run_arn or "", None].append(child)
            self._listed[child.map_run_arn or "", child.status].append(child)

    def run(self, arn: str) -> "SimMapRun":
        """The Map run of this ARN."""
        if arn not in self._runs:
            raise ApiError("ResourceNotFound", f"Resource not found: '{arn}'")
        return self._runs[arn]

    def of(self, execution_arn: str) -> Sequence["SimMapRun"]:
        """The Map runs that an execution began, newest first."""
        mine = [run for run in self._runs.values() if run.execution_arn == execution_arn]
        return sorted(mine, key=lambda run: run.started_at, reverse=True)

    def child(self, arn: str) -> "SimExecution | None":
        """The execution of this ARN, where a Map run dispatched it."""
        return self._children.get(arn)

    def listed(self, arn: str, status: str | None) -> Sequence["SimExecution"]:
        """The children of a Map run in a status, or in any where it is None."""
        self.run(arn)
        return self._listed.get((arn, status), ())


def _recency(run: "SimExecution") -> tuple[float, str]:
    return (run.started_at if run.stopped_at is None else run.stopped_at), run.arn


class MapRunOperations:
    """ListMapRuns and DescribeMapRun."""

    def __init__(self, map_runs: MapRuns, pager: "Pager") -> None:
        self._map_runs = map_runs
        self._pager = pager

    def table(self) -> Mapping[str, Operation]:
        """Each operation by its API name."""
        return {"ListMapRuns": self._list, "DescribeMapRun": self._describe}

    def _list(self, params: Params) -> Result:
        only_known(params, "executionArn", "maxResults", "nextToken")
        runs = self._map_runs.of(required(params, "executionArn"))
        page, token = self._pager.page(params, runs)
        items = [{**_named(run), "stateMachineArn": run.machine_arn} for run in page]
        return {"mapRuns": items, **({"nextToken": token} if token else {})}

    def _describe(self, params: Params) -> Result:
        only_known(params, "mapRunArn")
        run = self._map_runs.run(required(params, "mapRunArn"))
        children = self._map_runs.listed(run.arn, None)
        executions: Counter[str] = Counter(child.status for child in children)
        items: Counter[str] = Counter()
        for child in children:
            items[child.status] += child.item_count or 1
        return {
            **_named(run),
            "status": run.status,
            "maxConcurrency": run.max_concurrency,
            "toleratedFailureCount": run.tolerated_count,
            "toleratedFailurePercentage": run.tolerated_percentage,
            "executionCounts": _counts(executions, run.pending),
            "itemCounts": _counts(items, run.pending),
            "redriveCount": 0,
        }


def _named(run: "SimMapRun") -> dict[str, object]:
    named: dict[str, object] = {
        "mapRunArn": run.arn,
        "executionArn": run.execution_arn,
        "startDate": run.started_at,
    }
    return named if run.stopped_at is None else {**named, "stopDate": run.stopped_at}


def _counts(by_status: Mapping[str, int], pending: int) -> dict[str, int]:
    return {
        "pending": pending,
        "running": by_status.get("RUNNING", 0),
        "succeeded": by_status.get("SUCCEEDED", 0),
        "failed": by_status.get("FAILED", 0),
        "timedOut": by_status.get("TIMED_OUT", 0),
        "aborted": by_status.get("ABORTED", 0),
        "total": sum(by_status.values()) + pending,
        "resultsWritten": 0,
        "failuresNotRedrivable": 0,
        "pendingRedrive": 0,
    }
