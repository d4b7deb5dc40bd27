"""Step Functions' operations on state machines: list, describe, tags."""

import json
from collections.abc import Mapping
from typing import Any

from simulator.records import SimMachine
from simulator.server.api import ApiError, Operation, Params, Result, only_known, required
from simulator.server.directory import Directory
from simulator.server.states_paging import Pager


class MachineOperations:
    """What Step Functions tells of the world's state machines."""

    def __init__(self, directory: Directory, pager: Pager) -> None:
        self._directory = directory
        self._pager = pager

    def table(self) -> Mapping[str, Operation]:
        """Each operation by its API name."""
        return {
            "ListStateMachines": self._list,
            "DescribeStateMachine": self._describe,
            "DescribeStateMachineAlias": self._alias,
            "DescribeStateMachineForExecution": self._describe_for_execution,
            "ListTagsForResource": self._tags,
            "ValidateStateMachineDefinition": _validate,
        }

    def _list(self, params: Params) -> Result:
        only_known(params, "maxResults", "nextToken")
        page, token = self._pager.page(params, self._directory.world.machines)
        items = [
            {
                "stateMachineArn": machine.arn,
                "name": machine.name,
                "type": machine.type,
                "creationDate": machine.created_at,
            }
            for machine in page
        ]
        return {"stateMachines": items, **({"nextToken": token} if token else {})}

    def _describe(self, params: Params) -> Result:
        only_known(params, "stateMachineArn", "includedData")
        arn = required(params, "stateMachineArn")
        machine = self._directory.machine(arn, "DescribeStateMachine")
        published = self._directory.published.get(arn)
        return {
            **_described(machine, params),
            "stateMachineArn": arn,
            "status": "ACTIVE",
            "type": machine.type,
            "creationDate": published.created_at if published else machine.created_at,
        }

    def _alias(self, params: Params) -> Result:
        only_known(params, "stateMachineAliasArn")
        alias = self._directory.alias(required(params, "stateMachineAliasArn"))
        return {
            "stateMachineAliasArn": alias.arn,
            "name": alias.arn.rpartition(":")[2],
            "routingConfiguration": [
                {"stateMachineVersionArn": version, "weight": weight}
                for version, weight in alias.routes
            ],
            "creationDate": self._directory.world.start,
            "updateDate": self._directory.world.start,
        }

    def _describe_for_execution(self, params: Params) -> Result:
        only_known(params, "executionArn", "includedData")
        run = self._directory.execution(
            required(params, "executionArn"), "DescribeStateMachineForExecution"
        )
        # The child of a Map run belongs to MACHINE/LABEL.
        machine = self._directory.machines[run.machine_arn.partition("/")[0]]
        updates = [moment for moment in machine.updated_at if moment <= run.started_at]
        return {
            **_described(machine, params),
            "updateDate": max(updates, default=machine.created_at),
        }

    def _tags(self, params: Params) -> Result:
        only_known(params, "resourceArn")
        arn = required(params, "resourceArn")
        try:
            machine = self._directory.machine(arn, "ListTagsForResource")
        except ApiError as error:
            if error.code != "StateMachineDoesNotExist":
                raise
            raise ApiError("ResourceNotFound", f"Resource not found: '{arn}'") from error
        return {"tags": [{"key": key, "value": value} for key, value in machine.tags.items()]}


def _validate(params: Params) -> Result:
    """Whether a definition is JSON in which every state that is named is there."""
    only_known(params, "definition", "type", "severity")
    try:
        missing = sorted(_missing(json.loads(required(params, "definition"))))
    except ValueError:
        missing = ["a JSON object"]
    diagnostics = [
        {"severity": "ERROR", "code": "MISSING_TRANSITION_TARGET", "message": f"Missing: {name}"}
        for name in missing
    ]
    result = "FAIL" if diagnostics else "OK"
    return {"result": result, "diagnostics": diagnostics, "truncated": False}


def _missing(block: Mapping[str, Any]) -> set[str]:
    states = block.get("States", {})
    named: set[str] = {block.get("StartAt", "StartAt")}
    inner: set[str] = set()
    for state in states.values():
        choices = [*state.get("Catch", ()), *state.get("Choices", ())]
        named |= {each["Next"] for each in (state, *choices) if "Next" in each}
        named |= {state["Default"]} if "Default" in state else set()
        blocks = [state.get("ItemProcessor"), state.get("Iterator"), *state.get("Branches", ())]
        for each in filter(None, blocks):
            inner |= _missing(each)
    return (named - set(states)) | inner


def _described(machine: SimMachine, params: Params) -> Result:
    account = machine.arn.split(":")[4]
    description = {
        "stateMachineArn": machine.arn,
        "name": machine.name,
        "roleArn": f"arn:aws:iam::{account}:role/{machine.name}",
        "loggingConfiguration": _logging(machine),
        "tracingConfiguration": {"enabled": False},
    }
    if params.get("includedData") != "METADATA_ONLY":
        description["definition"] = json.dumps(machine.definition)
    return description


def _logging(machine: SimMachine) -> Result:
    if machine.logging is None:
        return {"level": "OFF", "includeExecutionData": False}
    region, account = machine.arn.split(":")[3:5]
    group = f"arn:aws:logs:{region}:{account}:log-group:{machine.logging.group}:*"
    return {
        "level": machine.logging.level,
        "includeExecutionData": machine.logging.data,
        "destinations": [{"cloudWatchLogsLogGroup": {"logGroupArn": group}}],
    }
