"""Nested executions, approvals that hang, timeouts, JSONata, and machines nobody can read."""

from typing import Any

from simulator.engine.draws import between, draw, identifier
from simulator.engine.outcomes import Attempt, Outcome, Succeeds
from simulator.engine.simulation import Start
from simulator.worlds.conditions import Spell, Weather
from simulator.worlds.failures import (
    container_exited,
    lambda_unavailable,
    partner_unavailable,
)
from simulator.worlds.systems import HOUR, Setting, System, function_arn, machine_arn

FOREVER = float("inf")

_PAYMENT: dict[str, Any] = {
    "StartAt": "Charge",
    "States": {
        "Charge": {
            "Type": "Task",
            "Resource": "arn:aws:states:::http:invoke",
            "Parameters": {"ApiEndpoint": "https://partner.example/charge"},
            "Retry": [
                {
                    "ErrorEquals": ["States.Http.StatusCode.503"],
                    "IntervalSeconds": 3,
                    "MaxAttempts": 2,
                    "BackoffRate": 2,
                }
            ],
            "End": True,
        }
    },
}
_ORDER: dict[str, Any] = {
    "StartAt": "CheckOrder",
    "States": {
        "CheckOrder": {"Type": "Task", "Resource": function_arn("check"), "Next": "Pay"},
        "Pay": {
            "Type": "Task",
            "Resource": "arn:aws:states:::states:startExecution.sync:2",
            "Parameters": {
                "StateMachineArn": machine_arn("order-payment"),
                "Input": {"source": "order-flow"},
            },
            "End": True,
        },
    },
}


def order_flow(setting: Setting) -> tuple[System, System]:
    """A parent that starts a child and waits; a partner's API fails the child on some days."""
    spells = [Spell(setting.at(day, 10), setting.at(day, 12), 1.0) for day in (-1, 1, 4)]
    partner = Weather("partner", setting.seed, spells)

    def charge(attempt: Attempt) -> Outcome:
        return partner_unavailable(1.5) if partner.strikes(attempt) else Succeeds(0.9)

    starts = tuple(
        Start(
            "order-flow",
            identifier(setting.seed, "order-flow", number),
            setting.at(-2 + number / 24, 0.3),
            {"order": number},
        )
        for number in range(216)
    )
    return (
        System("order-flow", _ORDER, starts),
        System("order-payment", _PAYMENT, (), {"Charge": charge}, quiet=120),
    )


def approval_flow(setting: Setting) -> System:
    """Waits for a person without a timeout; an operator stops what hangs."""
    definition = {
        "StartAt": "AskForApproval",
        "States": {
            "AskForApproval": {
                "Type": "Task",
                "Resource": "arn:aws:states:::sqs:sendMessage.waitForTaskToken",
                "Parameters": {"QueueUrl": "https://sqs.example/approvals", "Who.$": "$.who"},
                "End": True,
            }
        },
    }

    def ask(attempt: Attempt) -> Outcome:
        forgotten = attempt.input["Who"] == "nobody"
        return Succeeds(FOREVER if forgotten else between(600, 7000, setting.seed, attempt.key))

    starts = tuple(
        Start(
            "approval-flow",
            identifier(setting.seed, "approval-flow", number),
            setting.at(-2 + number / 2, 8),
            {"who": "nobody" if number % 6 == 0 else "dana"},
            stop_after=30 * HOUR,
        )
        for number in range(18)
    )
    return System("approval-flow", definition, starts, {"AskForApproval": ask})


def archive_logs(setting: Setting) -> System:
    """The execution's own TimeoutSeconds cuts off the large days."""
    definition = {
        "StartAt": "Compress",
        "TimeoutSeconds": 3600,
        "States": {
            "Compress": {
                "Type": "Task",
                "Resource": "arn:aws:states:::ecs:runTask.sync",
                "Parameters": {"Cluster": "archive-logs", "Day.$": "$.day"},
                "Next": "Store",
            },
            "Store": {
                "Type": "Task",
                "Resource": "arn:aws:states:::aws-sdk:s3:copyObject",
                "End": True,
            },
        },
    }

    def compress(attempt: Attempt) -> Outcome:
        return Succeeds(5400.0 if attempt.input["Day"] in (-1, 2, 6) else 1300.0)

    starts = tuple(
        Start(
            "archive-logs",
            identifier(setting.seed, "archive-logs", day),
            setting.at(day, 4),
            {"day": day},
        )
        for day in range(-2, 7)
    )
    return System("archive-logs", definition, starts, {"Compress": compress})


def transform_feed(setting: Setting) -> System:
    """JSONata asks for a field that some partners leave out; Lambda has one bad hour."""
    definition = {
        "QueryLanguage": "JSONata",
        "StartAt": "Pick",
        "States": {
            "Pick": {
                "Type": "Pass",
                "Output": {
                    "price": "{% $states.input.item.price %}",
                    "item": "{% $states.input.item %}",
                },
                "Next": "Transform",
            },
            "Transform": {"Type": "Task", "Resource": function_arn("transform"), "End": True},
        },
    }
    spells = [Spell(setting.at(3, 15), setting.at(3, 17), 1.0)]
    outage = Weather("lambda-outage", setting.seed, spells)

    def transform(attempt: Attempt) -> Outcome:
        return lambda_unavailable(attempt) if outage.strikes(attempt) else Succeeds(0.7)

    def give(number: int) -> Any:
        return {"item": {"id": number} if number % 50 == 30 else {"id": number, "price": 12}}

    starts = tuple(
        Start(
            "transform-feed",
            identifier(setting.seed, "transform-feed", number),
            setting.at(-2 + number / 24, 0.6),
            give(number),
        )
        for number in range(216)
    )
    return System("transform-feed", definition, starts, {"Transform": transform})


def _one_lambda(name: str) -> dict[str, Any]:
    return {
        "StartAt": "Work",
        "States": {"Work": {"Type": "Task", "Resource": function_arn(name), "End": True}},
    }


def bystanders(setting: Setting) -> tuple[System, ...]:
    """Machines that only succeed, an Express one, a forbidden one, and untagged ones."""

    def sometimes(attempt: Attempt) -> Outcome:
        unlucky = draw(setting.seed, attempt.key) < 0.3
        return container_exited(attempt, 40.0) if unlucky else Succeeds(50.0)

    def starts(name: str) -> tuple[Start, ...]:
        return tuple(
            Start(name, identifier(setting.seed, name, day), setting.at(day, 5), {})
            for day in range(-2, 7)
        )

    return (
        System("rotate-keys", _one_lambda("rotate-keys"), starts("rotate-keys"), quiet=1300),
        System(
            "check-heartbeat",
            _one_lambda("check-heartbeat"),
            starts("check-heartbeat"),
            quiet=2600,
        ),
        System("notify-customers", _one_lambda("notify"), type="EXPRESS"),
        System(
            "secret-ledger",
            _one_lambda("ledger"),
            starts("secret-ledger"),
            {"Work": sometimes},
            denied=True,
        ),
        System("sandbox", _one_lambda("sandbox"), starts("sandbox"), {"Work": sometimes}, tags={}),
        System(
            "legacy-import",
            _one_lambda("legacy"),
            starts("legacy-import"),
            {"Work": sometimes},
            tags={"sfn-digest": "off"},
        ),
    )
