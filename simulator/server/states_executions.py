"""Step Functions' operations on executions: list, describe, read the history."""

from collections.abc import Mapping, Sequence

from simulator.records import SimExecution
from simulator.server.api import ApiError, Operation, Params, Result, only_known, required
from simulator.server.directory import Directory
from simulator.server.states_history import closing_words, events_page, payload
from simulator.server.states_paging import Pager

_STATUSES = ("RUNNING", "SUCCEEDED", "FAILED", "TIMED_OUT", "ABORTED", "PENDING_REDRIVE")
_REDRIVABLE = ("FAILED", "TIMED_OUT", "ABORTED")
_REDRIVE_PERIOD = 14 * 86400
_REDRIVE_EVENTS = 24_999


class ExecutionOperations:
    """What Step Functions tells of the world's executions."""

    def __init__(self, directory: Directory, pager: Pager) -> None:
        self._directory = directory
        self._pager = pager

    def table(self) -> Mapping[str, Operation]:
        """Each operation by its API name."""
        return {
            "ListExecutions": self._list,
            "DescribeExecution": self._describe,
            "GetExecutionHistory": self._history,
        }

    def _list(self, params: Params) -> Result:
        only_known(
            params,
            *("stateMachineArn", "statusFilter", "maxResults", "nextToken"),
            *("mapRunArn", "redriveFilter"),
        )
        _check_filters(params)
        if "mapRunArn" in params:
            runs = self._directory.map_runs.listed(params["mapRunArn"], params.get("statusFilter"))
            return self._listing(params, runs)
        arn = str(params["stateMachineArn"])
        machine = self._directory.machine(arn, "ListExecutions")
        if machine.type == "EXPRESS":
            raise ApiError(
                "StateMachineTypeNotSupported",
                "This operation is not supported by this type of state machine",
            )
        return self._listing(params, self._directory.listed(arn, params.get("statusFilter")))

    def _listing(self, params: Params, runs: Sequence[SimExecution]) -> Result:
        page, token = self._pager.page(params, runs)
        items = [self._item(run) for run in page]
        return {"executions": items, **({"nextToken": token} if token else {})}

    def _item(self, run: SimExecution) -> dict[str, object]:
        item: dict[str, object] = {
            "executionArn": run.arn,
            "stateMachineArn": run.machine_arn,
            "name": run.name,
            "status": run.status,
            "startDate": run.started_at,
            "redriveCount": run.redrive_count,
        }
        if run.stopped_at is not None:
            item["stopDate"] = run.stopped_at
        if run.redriven_at is not None:
            item["redriveDate"] = run.redriven_at
        if run.map_run_arn is not None:
            item |= {"mapRunArn": run.map_run_arn, "itemCount": run.item_count or 1}
        if run.arn in self._directory.versions:
            item["stateMachineVersionArn"] = self._directory.versions[run.arn]
        if run.arn in self._directory.aliases:
            item["stateMachineAliasArn"] = self._directory.aliases[run.arn]
        return item

    def _describe(self, params: Params) -> Result:
        only_known(params, "executionArn", "includedData")
        run = self._directory.described(required(params, "executionArn"))
        described = self._item(run) | _redrive_status(run, self._directory.world.end)
        # Error, cause, input and output are all encrypted where a machine has its own key.
        if params.get("includedData") != "METADATA_ONLY":
            described |= payload(run) | closing_words(run)
        return described

    def _history(self, params: Params) -> Result:
        only_known(
            params,
            *("executionArn", "maxResults", "nextToken"),
            *("reverseOrder", "includeExecutionData"),
        )
        run = self._directory.execution(required(params, "executionArn"), "GetExecutionHistory")
        events, token = events_page(run, params, self._pager)
        return {"events": events, **({"nextToken": token} if token else {})}


def _check_filters(params: Params) -> None:
    """Refuse the combinations of arguments that Step Functions refuses."""
    status = params.get("statusFilter")
    if status is not None and status not in _STATUSES:
        _invalid(f"Value '{status}' at 'statusFilter' must be one of {list(_STATUSES)}")
    if ("stateMachineArn" in params) == ("mapRunArn" in params):
        _invalid("Exactly one of 'stateMachineArn' and 'mapRunArn' must be given")
    if "mapRunArn" in params:
        return
    if status == "PENDING_REDRIVE":
        _invalid("PENDING_REDRIVE is a filter for a mapRunArn alone")
    if "redriveFilter" in params:
        _invalid("redriveFilter is a filter for a mapRunArn alone")


def _invalid(reason: str) -> None:
    raise ApiError("ValidationException", f"1 validation error detected: {reason}")


def _redrive_status(run: SimExecution, now: float) -> dict[str, object]:
    reason = None
    if run.status not in _REDRIVABLE or run.stopped_at is None:
        reason = f"Execution is {run.status} and cannot be redriven"
    elif now - run.stopped_at > _REDRIVE_PERIOD:
        reason = "Execution closed more than 14 days ago and cannot be redriven"
    elif len(run.events) > _REDRIVE_EVENTS:
        reason = "Execution history is too long to be redriven"
    if reason is None:
        return {"redriveStatus": "REDRIVABLE_BY_MAP_RUN" if run.map_run_arn else "REDRIVABLE"}
    return {"redriveStatus": "NOT_REDRIVABLE", "redriveStatusReason": reason}
