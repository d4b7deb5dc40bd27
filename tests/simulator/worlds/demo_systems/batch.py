"""daily-batch: a date Lambda, a guard against double starts, and a Parallel of ECS tasks."""

from typing import Any

from tests.simulator.engine.draws import between, identifier
from tests.simulator.engine.outcomes import Outcome, Succeeds, Try
from tests.simulator.engine.simulation import Start
from tests.simulator.worlds.conditions import Spell, Weather
from tests.simulator.worlds.failures import (
    container_out_of_memory,
    ecs_unavailable,
    network_interface_late,
    pull_limited,
)
from tests.simulator.worlds.systems import HOUR, Setting, System, function_arn, machine_arn

NAME = "daily-batch"
_TABLES = ("Users", "Orders", "Events")
_OVERSIZED_DAYS = (2, 4)
_DOUBLE_STARTS = (-1, 1, 3, 5)
_REDRIVES = {0: (1.0,), 2: (1.5,), 3: (0.5, 3.0), 5: (1.0,)}
"""Hours from each failure to the redrive that follows, by day."""


def _load(table: str) -> dict[str, Any]:
    name = f"Load{table}"
    return {
        "StartAt": name,
        "States": {
            name: {
                "Type": "Task",
                "Resource": "arn:aws:states:::ecs:runTask.sync",
                "Parameters": {
                    "Cluster": NAME,
                    "TaskDefinition": f"load-{table.lower()}:12",
                    "LaunchType": "FARGATE",
                },
                "Retry": [
                    {
                        "ErrorEquals": ["Ecs.ServerException"],
                        "IntervalSeconds": 5,
                        "MaxAttempts": 2,
                    }
                ],
                "ResultPath": None,
                "End": True,
            }
        },
    }


DEFINITION: dict[str, Any] = {
    "Comment": "Yesterday's data; EventBridge Scheduler may start it twice",
    "StartAt": "GetDate",
    "States": {
        "GetDate": {
            "Type": "Task",
            "Resource": function_arn("get-date"),
            "ResultPath": "$.date",
            "Next": "ListRunning",
        },
        "ListRunning": {
            "Type": "Task",
            "Resource": "arn:aws:states:::aws-sdk:sfn:listExecutions",
            "Parameters": {
                "StateMachineArn": machine_arn(NAME),
                "StatusFilter": "RUNNING",
                "Scheduled.$": "$.scheduled",
            },
            "ResultPath": "$.running",
            "Next": "AlreadyRunning?",
        },
        "AlreadyRunning?": {
            "Type": "Choice",
            "Choices": [
                {
                    "Variable": "$.running.Others",
                    "NumericGreaterThan": 0,
                    "Next": "StartedTwice",
                }
            ],
            "Default": "LoadTables",
        },
        "StartedTwice": {
            "Type": "Fail",
            "Error": "DuplicateStart",
            "Cause": "Another run of today's batch is under way, so this one stands down.",
        },
        "LoadTables": {
            "Type": "Parallel",
            "Branches": [_load(table) for table in _TABLES],
            "ResultPath": None,
            "Next": "Aggregate",
        },
        "Aggregate": {
            "Type": "Task",
            "Resource": "arn:aws:states:::ecs:runTask.sync",
            "Parameters": {"Cluster": NAME, "TaskDefinition": "aggregate:12"},
            "ResultPath": None,
            "Next": "NotifyDone",
        },
        "NotifyDone": {
            "Type": "Task",
            "Resource": "arn:aws:states:::lambda:invoke",
            "Parameters": {"FunctionName": "notify", "Payload.$": "$.date"},
            "End": True,
        },
    },
}


def daily_batch(setting: Setting) -> System:
    """One execution a day, some started twice, the failed ones redriven."""
    seed = setting.seed
    late = Weather("eni", seed, [Spell(setting.at(0, 1.9), setting.at(0, 2.3), 1.0)])
    pulls = Weather("registry", seed, [Spell(setting.at(3, 1.9), setting.at(3, 5), 1.0)])
    outage = Weather("ecs-outage", seed, [Spell(setting.at(5, 1.9), setting.at(5, 4), 1.0)])
    running: dict[str, int] = {}

    def list_running(attempt: Try) -> Outcome:
        scheduled = attempt.input["Scheduled"]
        others = running.get(scheduled, 0)
        running[scheduled] = others + 1
        return Succeeds(0.2, {"Others": others})

    def load_orders(attempt: Try) -> Outcome:
        if late.strikes(attempt):
            return network_interface_late(attempt)
        return _unless_outage(attempt)

    def load_events(attempt: Try) -> Outcome:
        if pulls.strikes(attempt):
            return pull_limited(attempt)
        day = int((attempt.now - setting.at(0)) // (24 * HOUR))
        if day in _OVERSIZED_DAYS:
            return container_out_of_memory(attempt, between(500, 800, seed, attempt.key))
        return _unless_outage(attempt)

    def _unless_outage(attempt: Try) -> Outcome:
        if outage.strikes(attempt):
            return ecs_unavailable(attempt)
        return Succeeds(between(400, 1200, seed, attempt.key))

    return System(
        NAME,
        DEFINITION,
        tuple(start for day in range(-2, 7) for start in _starts(setting, day)),
        {
            "ListRunning": list_running,
            "LoadUsers": lambda attempt: Succeeds(between(300, 500, seed, attempt.key)),
            "LoadOrders": load_orders,
            "LoadEvents": load_events,
            "Aggregate": lambda attempt: Succeeds(between(200, 400, seed, attempt.key)),
        },
    )


def _starts(setting: Setting, day: int) -> list[Start]:
    scheduled = {"scheduled": f"day{day}T02:00"}
    redrives = tuple(hours * HOUR for hours in _REDRIVES.get(day, ()))
    name = identifier(setting.seed, NAME, day)
    starts = [Start(NAME, name, setting.at(day, 2), scheduled, redrive_after=redrives)]
    if day in _DOUBLE_STARTS:
        again = identifier(setting.seed, NAME, day, "again")
        starts.append(Start(NAME, again, setting.at(day, 2) + 1.7, scheduled))
    return starts
