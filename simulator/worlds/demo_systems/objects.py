"""map-objects and s3-to-fargate: bursts of S3 objects against Lambda's and ECS's limits."""

from typing import Any

from simulator.engine.draws import between, draw, identifier
from simulator.engine.outcomes import Attempt, Outcome, Succeeds
from simulator.engine.simulation import Start
from simulator.worlds.conditions import Concurrency, TokenBucket
from simulator.worlds.failures import lambda_throttled, result_too_large, run_task_throttled
from simulator.worlds.systems import Setting, System, function_arn

MAP_OBJECTS = "map-objects"
S3_TO_FARGATE = "s3-to-fargate"

MAP_OBJECTS_DEFINITION: dict[str, Any] = {
    "Comment": "A Lambda for every object, more at once than the account may run",
    "StartAt": "ListObjects",
    "States": {
        "ListObjects": {
            "Type": "Task",
            "Resource": "arn:aws:states:::aws-sdk:s3:listObjectsV2",
            "Parameters": {"Bucket": "incoming", "Count.$": "$.objects"},
            "Next": "ForEachObject",
        },
        "ForEachObject": {
            "Type": "Map",
            "ItemsPath": "$.Contents",
            "MaxConcurrency": 40,
            "ItemProcessor": {
                "ProcessorConfig": {"Mode": "INLINE"},
                "StartAt": "ConvertObject",
                "States": {
                    "ConvertObject": {
                        "Type": "Task",
                        "Resource": function_arn("convert-object"),
                        "Retry": [
                            {
                                "ErrorEquals": ["Lambda.TooManyRequestsException"],
                                "IntervalSeconds": 1,
                                "MaxAttempts": 2,
                                "BackoffRate": 1.5,
                            }
                        ],
                        "End": True,
                    }
                },
            },
            "Next": "CollectResults",
        },
        "CollectResults": {"Type": "Task", "Resource": function_arn("collect"), "End": True},
    },
}

S3_TO_FARGATE_DEFINITION: dict[str, Any] = {
    "Comment": "One Fargate task an uploaded object, four at a time",
    "StartAt": "CountLocks",
    "States": {
        "CountLocks": {
            "Type": "Task",
            "Resource": "arn:aws:states:::lambda:invoke",
            "Parameters": {"FunctionName": "count-locks", "Payload.$": "$"},
            "ResultPath": "$.locks",
            "Retry": [
                {
                    "ErrorEquals": ["Lambda.TooManyRequestsException"],
                    "IntervalSeconds": 1,
                    "MaxAttempts": 1,
                }
            ],
            "Next": "FreeLock?",
        },
        "FreeLock?": {
            "Type": "Choice",
            "Choices": [
                {
                    "Variable": "$.locks.Payload.taken",
                    "NumericGreaterThanEquals": 4,
                    "Next": "WaitForLock",
                }
            ],
            "Default": "RunTask",
        },
        "WaitForLock": {"Type": "Wait", "Seconds": 60, "Next": "CountLocks"},
        "RunTask": {
            "Type": "Task",
            "Resource": "arn:aws:states:::ecs:runTask.sync",
            "Parameters": {"Cluster": S3_TO_FARGATE, "TaskDefinition": "convert:31"},
            "Retry": [
                {
                    "ErrorEquals": ["ECS.AmazonECSException"],
                    "IntervalSeconds": 2,
                    "MaxAttempts": 3,
                    "BackoffRate": 1,
                }
            ],
            "End": True,
        },
    },
}


def map_objects(setting: Setting, functions: Concurrency) -> System:
    """Four executions a day; many objects meet the account's Lambda concurrency."""
    seed = setting.seed

    def list_objects(attempt: Attempt) -> Outcome:
        keys = [f"incoming/{number:04}.json" for number in range(attempt.input["Count"])]
        return Succeeds(0.3, {"Contents": keys})

    def convert(attempt: Attempt) -> Outcome:
        seconds = between(2, 5, seed, attempt.key)
        if not functions.takes(attempt.now, seconds):
            return lambda_throttled(attempt)
        return Succeeds(seconds, {"ok": True})

    def collect(attempt: Attempt) -> Outcome:
        if len(attempt.input) >= 11:
            return result_too_large(attempt, 3.5)
        return Succeeds(1.0, {"objects": len(attempt.input)})

    starts = tuple(
        Start(
            MAP_OBJECTS,
            identifier(seed, MAP_OBJECTS, number),
            setting.at(-2 + number / 4, 3),
            {"objects": _objects(seed, number)},
        )
        for number in range(36)
    )
    outcomes = {"ListObjects": list_objects, "ConvertObject": convert, "CollectResults": collect}
    return System(MAP_OBJECTS, MAP_OBJECTS_DEFINITION, starts, outcomes, quiet=200)


def _objects(seed: int, number: int) -> int:
    luck = draw(seed, MAP_OBJECTS, number, "objects")
    if luck < 0.5:
        return 4 + int(luck * 12)
    return 11 + int((luck - 0.5) * 6) if luck < 0.65 else 22 + int(luck * 14)


def s3_to_fargate(setting: Setting, functions: Concurrency) -> System:
    """A burst of uploads a day; RunTask's bucket is small and the retries come back at once."""
    seed = setting.seed
    run_task_calls = TokenBucket(5, 0.35)
    taken: list[float] = []

    def count_locks(attempt: Attempt) -> Outcome:
        seconds = between(2.5, 4.0, seed, attempt.key)
        if not functions.takes(attempt.now, seconds):
            return lambda_throttled(attempt)
        held = sum(end > attempt.now for end in taken)
        return Succeeds(seconds, {"Payload": {"taken": held}})

    def run_task(attempt: Attempt) -> Outcome:
        if not run_task_calls.takes(attempt.now):
            return run_task_throttled(attempt)
        seconds = between(60, 400, seed, attempt.key)
        taken.append(attempt.now + seconds)
        return Succeeds(seconds)

    starts = tuple(
        Start(
            S3_TO_FARGATE,
            identifier(seed, S3_TO_FARGATE, day, number),
            setting.at(day, 9.5) + _seconds_into_burst(seed, day, number),
            {"key": f"uploads/{day}/{number}.bin"},
        )
        for day in range(-2, 7)
        for number in range(17)
    )
    outcomes = {"CountLocks": count_locks, "RunTask": run_task}
    return System(S3_TO_FARGATE, S3_TO_FARGATE_DEFINITION, starts, outcomes, quiet=400)


def _seconds_into_burst(seed: int, day: int, number: int) -> float:
    """Most objects arrive at once; the last four find the locks taken."""
    low, high = (0.0, 4.0) if number < 13 else (20.0, 60.0)
    return between(low, high, seed, S3_TO_FARGATE, day, number)
