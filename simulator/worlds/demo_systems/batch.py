"""daily-batch: a date Lambda, a guard against double starts, and a Parallel of ECS tasks."""

from typing import Any

from simulator.engine.draws import between, identifier
from simulator.engine.outcomes import Attempt, Outcome, Succeeds
from simulator.engine.simulation import Start
from simulator.worlds.conditions import Spell, Weather
from simulator.worlds.failures import (
    container_out_of_memory,
    ecs_unavailable,
    network_interface_late,
    pull_limited,
)
from simulator.worlds.systems import HOUR, Setting, System, function_arn, machine_arn

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


class _Surroundings:
    """What the batch's tasks meet: late network interfaces, a full registry, an ECS outage."""

    def __init__(self, setting: Setting) -> None:
        self._setting, self._seed = setting, setting.seed
        self._late = self._weather("eni", 0, 2.3)
        self._pulls = self._weather("registry", 3, 5)
        self._outage = self._weather("ecs-outage", 5, 4)
        self._running: dict[str, int] = {}

    def _weather(self, name: str, day: int, until: float) -> Weather:
        spell = Spell(self._setting.at(day, 1.9), self._setting.at(day, until), 1.0)
        return Weather(name, self._seed, [spell])

    def list_running(self, attempt: Attempt) -> Outcome:
        scheduled = attempt.input["Scheduled"]
        others = self._running.get(scheduled, 0)
        self._running[scheduled] = others + 1
        return Succeeds(0.2, {"Others": others})

    def load_users(self, attempt: Attempt) -> Outcome:
        return Succeeds(between(300, 500, self._seed, attempt.key))

    def load_orders(self, attempt: Attempt) -> Outcome:
        if self._late.strikes(attempt):
            return network_interface_late(attempt)
        return self._unless_outage(attempt)

    def load_events(self, attempt: Attempt) -> Outcome:
        if self._pulls.strikes(attempt):
            return pull_limited(attempt)
        day = int((attempt.now - self._setting.at(0)) // (24 * HOUR))
        if day in _OVERSIZED_DAYS:
            return container_out_of_memory(attempt, between(500, 800, self._seed, attempt.key))
        return self._unless_outage(attempt)

    def _unless_outage(self, attempt: Attempt) -> Outcome:
        if self._outage.strikes(attempt):
            return ecs_unavailable(attempt)
        return Succeeds(between(400, 1200, self._seed, attempt.key))


def daily_batch(setting: Setting) -> System:
    """One execution a day, some started twice, the failed ones redriven."""
    around = _Surroundings(setting)
    outcomes = {
        "ListRunning": around.list_running,
        "LoadUsers": around.load_users,
        "LoadOrders": around.load_orders,
        "LoadEvents": around.load_events,
        "Aggregate": around.load_users,
    }
    starts = tuple(start for day in range(-2, 7) for start in _starts(setting, day))
    return System(NAME, DEFINITION, starts, outcomes)


def _starts(setting: Setting, day: int) -> list[Start]:
    scheduled = {"scheduled": f"day{day}T02:00"}
    redrives = tuple(hours * HOUR for hours in _REDRIVES.get(day, ()))
    name = identifier(setting.seed, NAME, day)
    starts = [Start(NAME, name, setting.at(day, 2), scheduled, redrive_after=redrives)]
    if day in _DOUBLE_STARTS:
        again = identifier(setting.seed, NAME, day, "again")
        starts.append(Start(NAME, again, setting.at(day, 2) + 1.7, scheduled))
    return starts
