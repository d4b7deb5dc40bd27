"""Systems of every kind beside the usual one: Express, Distributed Maps, chains of children."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from itertools import pairwise
from typing import Any

from simulator.engine.draws import between, draw, identifier
from simulator.engine.outcomes import Attempt, Fails, Outcome, Succeeds
from simulator.engine.simulation import Start
from simulator.records import Counted, LogTraffic, SimExecution, SimLogging, World
from simulator.worlds import failures
from simulator.worlds.systems import (
    DAY,
    HOUR,
    Setting,
    System,
    build_world,
    function_arn,
    machine_arn,
)

GROUPS = "/aws/vendedlogs/states/"
"""What Step Functions' console puts before the names of log groups."""

Failing = Callable[[Attempt], Fails]

RECORD_BYTES = 650
EVENTS_EACH = 11
"""What a success of `express` logs at level ALL: so many records of about so many bytes."""


def logged(name: str, level: Any = "ALL", *, group: str | None = None, **more: Any) -> SimLogging:
    """Logging at a level, to a group of the machine's own unless another is named."""
    return SimLogging(level, group or f"{GROUPS}{name}", **more)


def express(
    setting: Setting,
    name: str,
    number: int,
    logging: SimLogging | None,
    *,
    odds: float = 0.3,
) -> System:
    """Checks a request and stores it; `number` executions, of which a share `odds` fails."""
    definition = {
        "StartAt": "CheckRequest",
        "States": {
            "CheckRequest": {
                "Type": "Task",
                "Resource": function_arn(f"{name}-check"),
                "Retry": [{"ErrorEquals": ["Lambda.ServiceException"], "MaxAttempts": 2}],
                "Next": "StoreRequest",
            },
            "StoreRequest": {
                "Type": "Task",
                "Resource": "arn:aws:states:::aws-sdk:dynamodb:putItem",
                "Catch": [{"ErrorEquals": ["States.ALL"], "Next": "GiveUp"}],
                "End": True,
            },
            "GiveUp": {"Type": "Fail", "Error": "RequestLost", "Cause": "It was not stored."},
        },
    }

    def check(attempt: Attempt) -> Outcome:
        luck = draw(setting.seed, attempt.execution, "check")
        if luck < odds / 3:
            return failures.python_code_error(attempt, 0.4)
        if luck < odds * 2 / 3:
            return failures.lambda_unavailable(attempt)
        return Succeeds(0.3)

    def store(attempt: Attempt) -> Outcome:
        unlucky = draw(setting.seed, attempt.execution, "store") < odds / 3
        return failures.item_invalid(attempt) if unlucky else Succeeds(0.1)

    return System(
        name,
        definition,
        starts(setting, name, number),
        {"CheckRequest": check, "StoreRequest": store},
        type="EXPRESS",
        logging=logging,
    )


def distributed_map(
    setting: Setting,
    name: str,
    number: int,
    items: int,
    *,
    odds: float,
    failing: Failing = failures.item_invalid,
    bucket: str | None = None,
    express_children: bool = False,
    logging: SimLogging | None = None,
    **fields: Any,
) -> System:
    """Loads many files at once; each execution's children fail with its own share of `odds`.

    `fields` are those of the Map state, such as ToleratedFailurePercentage; with a `bucket` a
    ResultWriter writes to it.
    """
    writer = {
        "Resource": "arn:aws:states:::s3:putObject",
        "Parameters": {"Bucket": bucket, "Prefix": f"results/{name}"},
    }
    processor = {
        "ProcessorConfig": {
            "Mode": "DISTRIBUTED",
            "ExecutionType": "EXPRESS" if express_children else "STANDARD",
        },
        "StartAt": "ReadFile",
        "States": {
            "ReadFile": {"Type": "Task", "Resource": function_arn(f"{name}-read"), "Next": "Load"},
            "Load": {
                "Type": "Task",
                "Resource": "arn:aws:states:::aws-sdk:dynamodb:putItem",
                "End": True,
            },
        },
    }
    state = {
        "Type": "Map",
        "ItemsPath": "$.files",
        "ItemProcessor": processor,
        **({"ResultWriter": writer} if bucket else {}),
        **fields,
        "End": True,
    }
    definition = {"StartAt": "LoadFiles", "States": {"LoadFiles": state}}

    def load(attempt: Attempt) -> Outcome:
        unlucky = draw(setting.seed, attempt.key, "load") < odds
        return failing(attempt) if unlucky else Succeeds(0.4)

    data = {"files": list(range(items))}
    begun = tuple(replace(start, input=data) for start in starts(setting, name, number))
    return System(name, definition, begun, {"Load": load}, logging=logging)


def chain(setting: Setting, names: Sequence[str], number: int, odds: float) -> tuple[System, ...]:
    """State machines of which each starts the next and waits; the last one calls a partner."""

    def calls(child: str) -> dict[str, Any]:
        state = {
            "Type": "Task",
            "Resource": "arn:aws:states:::states:startExecution.sync:2",
            "Parameters": {"StateMachineArn": machine_arn(child), "Input": {}},
            "End": True,
        }
        return {"StartAt": "Start", "States": {"Start": state}}

    def call(attempt: Attempt) -> Outcome:
        unlucky = draw(setting.seed, attempt.key, "partner") < odds
        return failures.partner_unavailable(1.0) if unlucky else Succeeds(0.5)

    leaf = {"Type": "Task", "Resource": "arn:aws:states:::http:invoke", "End": True}
    last = {"StartAt": "Call", "States": {"Call": leaf}}
    above = [System(name, calls(child)) for name, child in pairwise(names)]
    first = replace(above[0], starts=starts(setting, names[0], number))
    return (first, *above[1:], System(names[-1], last, (), {"Call": call}))


def handled(setting: Setting, name: str, number: int) -> System:
    """A Catch leads to a handler that asks for a field the error does not have."""
    definition = {
        "StartAt": "Work",
        "States": {
            "Work": {
                "Type": "Task",
                "Resource": function_arn(f"{name}-work"),
                "Catch": [{"ErrorEquals": ["States.ALL"], "Next": "Tell"}],
                "End": True,
            },
            "Tell": {
                "Type": "Pass",
                "Parameters": {"reason.$": "$.Details.reason"},
                "End": True,
            },
        },
    }

    def work(attempt: Attempt) -> Outcome:
        return failures.python_code_error(attempt, 0.4)

    return System(name, definition, starts(setting, name, number), {"Work": work})


def starts(setting: Setting, name: str, number: int) -> tuple[Start, ...]:
    """Executions spread over the last week."""
    return tuple(
        Start(
            name,
            identifier(setting.seed, name, each),
            setting.at(7 * (each + 0.5) / number),
            {"request": each},
        )
        for each in range(number)
    )


def busy_express_world(
    end: float, executions: int, failed: int, *, level: Any = "ALL", seed: int = 1
) -> World:
    """One Express machine with so many executions in a week, of which `failed` failed.

    Its successes are known by CloudWatch's count and by the bytes that they logged.
    """
    setting = Setting(end - 7 * DAY, end, seed)
    logging = logged("busy", level)
    world = build_world((express(setting, "busy", 400, logging, odds=0.9),), setting)
    models = [run for run in world.executions if run.status == "FAILED"]
    copies = tuple(
        _moved(
            models[number % len(models)],
            identifier(seed, "busy", number),
            round(between(setting.start + 1, end - 400, seed, "busy", number), 3),
        )
        for number in range(failed)
    )
    arn, hours = machine_arn("busy"), int((end - setting.start) // HOUR)
    succeeded = executions - failed
    counted = tuple(
        Counted(
            arn,
            "SUCCEEDED",
            setting.start + hour * HOUR + 1,
            succeeded * (hour + 1) // hours - succeeded * hour // hours,
        )
        for hour in range(hours)
    )
    traffic = float(succeeded * EVENTS_EACH * RECORD_BYTES) if level == "ALL" else 0.0
    return replace(
        world,
        executions=copies,
        counted=counted,
        log_traffic=(LogTraffic(logging.group, setting.start, end, traffic),),
    )


def _moved(model: SimExecution, name: str, started_at: float) -> SimExecution:
    """The model's run under another name, at another time."""
    shift = started_at - model.started_at
    events: tuple[Mapping[str, Any], ...] = tuple(
        {**event, "timestamp": round(event["timestamp"] + shift, 3)} for event in model.events
    )
    stopped = (model.stopped_at or model.started_at) + shift
    head = model.arn.split(f":{model.name}:")[0]
    return replace(
        model,
        arn=f"{head}:{name}:{identifier(0, name)}",
        name=name,
        started_at=started_at,
        stopped_at=round(stopped, 3),
        events=events,
    )
