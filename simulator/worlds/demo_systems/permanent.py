"""Faults that no retry heals: bad input, permission, out of memory, code errors."""

from collections.abc import Callable
from typing import Any

from simulator.engine.draws import between, identifier
from simulator.engine.outcomes import Attempt, Outcome, Succeeds
from simulator.engine.simulation import Start
from simulator.worlds.failures import (
    bucket_denied,
    container_out_of_memory,
    function_timed_out,
    invoke_denied,
    item_invalid,
    java_code_error,
    node_code_error,
    python_code_error,
)
from simulator.worlds.systems import Setting, System, function_arn

_RETRY_ALL = [{"ErrorEquals": ["States.ALL"], "IntervalSeconds": 2, "MaxAttempts": 2}]


def _task(resource: str, following: str | None = None, **more: Any) -> dict[str, Any]:
    way = {"Next": following} if following else {"End": True}
    return {"Type": "Task", "Resource": resource, **more, **way}


def _every(
    setting: Setting, name: str, each_day: int, give: Callable[[int], Any]
) -> tuple[Start, ...]:
    """`each_day` executions a day over all nine days, each given what `give` says."""
    return tuple(
        Start(
            name,
            identifier(setting.seed, name, number),
            setting.at(-2 + number / each_day, 0.4),
            give(number),
        )
        for number in range(9 * each_day)
    )


def import_orders(setting: Setting) -> System:
    """Orders without an id reach DynamoDB; some files lack the field the path asks for."""
    definition = {
        "StartAt": "ReadFile",
        "States": {
            "ReadFile": _task(
                "arn:aws:states:::lambda:invoke",
                "StoreOrder",
                Parameters={"FunctionName": "read-orders", "Payload.$": "$.file"},
                ResultPath="$.read",
            ),
            "StoreOrder": _task(
                "arn:aws:states:::aws-sdk:dynamodb:putItem",
                Parameters={"TableName": "orders", "Order.$": "$.order"},
                Retry=_RETRY_ALL,
            ),
        },
    }

    def store(attempt: Attempt) -> Outcome:
        return item_invalid(attempt) if attempt.input["Order"] is None else Succeeds(0.1)

    def give(number: int) -> Any:
        order = None if number % 61 == 3 else {"orderId": number}
        return {"order": order} if number % 61 == 20 else {"file": "orders.csv", "order": order}

    starts = _every(setting, "import-orders", 24, give)
    return System("import-orders", definition, starts, {"StoreOrder": store}, quiet=300)


def publish_report(setting: Setting) -> System:
    """A policy was tightened on day 4: from then on neither function nor bucket is allowed."""
    definition = {
        "StartAt": "Render",
        "States": {
            "Render": _task(
                "arn:aws:states:::lambda:invoke",
                "Upload",
                Parameters={"FunctionName": "render"},
                Retry=[
                    {
                        "ErrorEquals": ["Lambda.ServiceException", "Lambda.AWSLambdaException"],
                        "IntervalSeconds": 2,
                        "MaxAttempts": 3,
                        "BackoffRate": 2,
                        "JitterStrategy": "FULL",
                    }
                ],
            ),
            "Upload": _task("arn:aws:states:::aws-sdk:s3:putObject"),
        },
    }

    def render(attempt: Attempt) -> Outcome:
        return invoke_denied(attempt) if attempt.now >= setting.at(5.4) else Succeeds(2.0)

    def upload(attempt: Attempt) -> Outcome:
        return bucket_denied(attempt) if attempt.now >= setting.at(4) else Succeeds(0.4)

    starts = _every(setting, "publish-report", 2, lambda number: {"report": number})
    outcomes = {"Render": render, "Upload": upload}
    return System("publish-report", definition, starts, outcomes, quiet=60)


def train_model(setting: Setting) -> System:
    """The container is killed whenever the training set is large; blindly retried for hours."""
    definition = {
        "StartAt": "Train",
        "States": {
            "Train": _task(
                "arn:aws:states:::ecs:runTask.sync",
                Parameters={"Cluster": "train-model", "Rows.$": "$.rows"},
                Retry=_RETRY_ALL,
            )
        },
    }

    def train(attempt: Attempt) -> Outcome:
        seconds = between(1500, 2500, setting.seed, attempt.key)
        if attempt.input["Rows"] > 9_000_000:
            return container_out_of_memory(attempt, seconds)
        return Succeeds(seconds)

    def give(number: int) -> Any:
        return {"rows": 12_000_000 if number % 7 == 2 else 3_000_000}

    return System(
        "train-model", definition, _every(setting, "train-model", 3, give), {"Train": train}
    )


def resize_images(setting: Setting) -> System:
    """Code errors of three runtimes, and a function that runs into its own timeout."""
    definition = {
        "StartAt": "Measure",
        "States": {
            "Measure": _task(function_arn("measure"), "Resize", ResultPath="$.measured"),
            "Resize": _task(function_arn("resize"), "Store", ResultPath="$.resized"),
            "Store": _task(
                "arn:aws:states:::lambda:invoke",
                Parameters={"FunctionName": "store", "image.$": "$.image"},
            ),
        },
    }
    outcomes: dict[str, Callable[[Attempt], Outcome]] = {
        "Measure": lambda attempt: _unless(7, attempt, python_code_error(attempt, 0.8)),
        "Resize": lambda attempt: _unless(
            23, attempt, node_code_error(1.2), _unless(37, attempt, java_code_error(2.2))
        ),
        "Store": lambda attempt: _unless(51, attempt, function_timed_out(attempt, 30.0)),
    }
    starts = _every(setting, "resize-images", 15, lambda number: {"image": number})
    return System("resize-images", definition, starts, outcomes, quiet=500)


def _unless(
    unlucky: int, attempt: Attempt, failure: Outcome, otherwise: Outcome | None = None
) -> Outcome:
    """`failure` for the images whose number is `unlucky` in every ninety."""
    if attempt.input["image"] % 60 == unlucky:
        return failure
    return otherwise or Succeeds(1.5)
