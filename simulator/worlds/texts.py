"""Causes in the shapes that services write them; the words in them are ours.

JSON causes are compact, with PascalCase keys in alphabetical order and times as epoch
milliseconds, as Step Functions writes them; a Lambda's are as its runtime writes them.
"""

import json
from collections.abc import Mapping
from typing import Any

from simulator.engine.draws import draw, identifier
from simulator.engine.outcomes import Attempt
from simulator.engine.payloads import text_of

ACCOUNT = "123456789012"
REGION = "us-east-1"


def optimised_text(message: str, service: str, status: int, code: str, key: str) -> str:
    """An API error as an optimised integration words it."""
    request = identifier(0, key, "request")
    return (
        f"{message} (Service: {service}; Status Code: {status}; Error Code: {code}; "
        f"Request ID: {request}; Proxy: null)"
    )


def sdk_text(message: str, service: str, status: int, key: str) -> str:
    """An API error as an AWS SDK integration words it."""
    request = identifier(0, key, "request")
    return (
        f"{message} (Service: {service}, Status Code: {status}, Request ID: {request}) "
        "(SDK Attempt Count: 1)"
    )


def python_error(error: str, message: str, key: str, *, line: int = 31) -> str:
    """What Lambda's Python runtime returns of an uncaught exception."""
    frame = f'  File "/var/task/app.py", line {line}, in handler\n    return process(event)\n'
    body = {
        "errorMessage": message,
        "errorType": error,
        "requestId": identifier(0, key, "request"),
        "stackTrace": [frame],
    }
    return json.dumps(body)


def node_error(error: str, message: str) -> str:
    """What Lambda's Node.js runtime returns of an uncaught error."""
    trace = [f"{error}: {message}", "    at resize (/var/task/index.js:48:21)"]
    return text_of({"errorType": error, "errorMessage": message, "trace": trace})


def java_error(error: str, message: str) -> str:
    """What Lambda's Java runtime returns of an uncaught exception."""
    frame = "com.example.images.Handler.handleRequest(Handler.java:57)"
    return text_of({"errorMessage": message, "errorType": error, "stackTrace": [frame]})


def sandbox_timeout(key: str, seconds: float) -> str:
    """What Lambda returns when a function ran into its own timeout."""
    request = identifier(0, key, "request")
    message = f"RequestId: {request} Error: Task timed out after {seconds:.2f} seconds"
    return text_of({"errorType": "Sandbox.Timedout", "errorMessage": message})


def ecs_task(
    attempt: Attempt,
    after: float,
    code: str,
    reason: str,
    *,
    exit_code: int | None = None,
    container_reason: str | None = None,
    spot: bool = False,
) -> str:
    """A stopped Fargate task as runTask.sync returns it; without `exit_code` it never ran."""
    task = identifier(0, attempt.key, "task").replace("-", "")
    ran = exit_code is not None
    body = {
        **_FARGATE,
        **_task_names(attempt.machine, task),
        **_task_times(attempt.now, after, ran=ran),
        **({"CapacityProviderName": "FARGATE_SPOT"} if spot else {}),
        "Attachments": [_network_interface(attempt)],
        "AvailabilityZone": f"{REGION}{'abc'[int(3 * draw(0, attempt.key, 'zone'))]}",
        "Containers": [_container(attempt.machine, task, exit_code, container_reason)],
        "StopCode": code,
        "StoppedReason": reason,
    }
    return text_of(dict(sorted(body.items())))


_FARGATE: Mapping[str, Any] = {
    "Attributes": [{"Name": "ecs.cpu-architecture", "Value": "x86_64"}],
    "Cpu": "1024",
    "DesiredStatus": "STOPPED",
    "EnableExecuteCommand": False,
    "EphemeralStorage": {"SizeInGiB": 20},
    "InferenceAccelerators": [],
    "LastStatus": "STOPPED",
    "LaunchType": "FARGATE",
    "Memory": "2048",
    "Overrides": {"ContainerOverrides": [], "InferenceAcceleratorOverrides": []},
    "PlatformVersion": "1.4.0",
    "StartedBy": "AWS Step Functions",
    "Tags": [],
    "Version": 5,
}


def _task_names(family: str, task: str) -> Mapping[str, Any]:
    return {
        "ClusterArn": f"arn:aws:ecs:{REGION}:{ACCOUNT}:cluster/{family}",
        "Group": f"family:{family}",
        "TaskArn": f"arn:aws:ecs:{REGION}:{ACCOUNT}:task/{family}/{task}",
        "TaskDefinitionArn": f"arn:aws:ecs:{REGION}:{ACCOUNT}:task-definition/{family}:7",
    }


def _task_times(now: float, after: float, *, ran: bool) -> Mapping[str, Any]:
    began, stopped = round(now * 1000), round((now + after) * 1000)
    return {
        "CreatedAt": began,
        **({"StartedAt": began + 31_000} if ran else {}),
        "ExecutionStoppedAt": stopped,
        "StoppedAt": stopped + 9_000,
        "StoppingAt": stopped,
    }


def _network_interface(attempt: Attempt) -> Mapping[str, Any]:
    part = identifier(0, attempt.key, "eni")
    return {
        "Details": [
            {"Name": "subnetId", "Value": f"subnet-0{part[:8]}"},
            {"Name": "networkInterfaceId", "Value": f"eni-0{part[24:32]}"},
        ],
        "Id": part,
        "Status": "DELETED",
        "Type": "eni",
    }


def _container(
    family: str, task: str, exit_code: int | None, reason: str | None
) -> Mapping[str, Any]:
    return {
        "ContainerArn": f"arn:aws:ecs:{REGION}:{ACCOUNT}:container/{family}/{task}/main",
        "Cpu": "0",
        **({} if exit_code is None else {"ExitCode": exit_code}),
        "GpuIds": [],
        "Image": f"{ACCOUNT}.dkr.ecr.{REGION}.amazonaws.com/{family}:stable",
        "LastStatus": "STOPPED",
        "ManagedAgents": [],
        "Name": "main",
        "NetworkBindings": [],
        "NetworkInterfaces": [],
        **({} if reason is None else {"Reason": reason}),
        "TaskArn": f"arn:aws:ecs:{REGION}:{ACCOUNT}:task/{family}/{task}",
    }


def batch_job(
    attempt: Attempt,
    after: float,
    status_reason: str,
    *,
    exit_code: int | None = None,
    container_reason: str | None = None,
) -> str:
    """A failed Batch job as submitJob.sync returns it."""
    job = identifier(0, attempt.key, "job")
    began, stopped = round(attempt.now * 1000), round((attempt.now + after) * 1000)
    shared: dict[str, Any] = {
        **({} if exit_code is None else {"ExitCode": exit_code}),
        "LogStreamName": f"{attempt.machine}/default/{job}",
        "NetworkInterfaces": [],
        **({} if container_reason is None else {"Reason": container_reason}),
    }
    tried = {
        "Container": shared,
        "StartedAt": began,
        "StatusReason": status_reason,
        "StoppedAt": stopped,
    }
    body = {
        **_job_names(attempt.machine, job),
        "Attempts": [tried],
        "Container": {"Command": ["run"], "Environment": [], **shared, "Memory": 8000, "Vcpus": 2},
        "CreatedAt": began - 40_000,
        "DependsOn": [],
        "Parameters": {},
        "RetryStrategy": {"Attempts": 1},
        "StartedAt": began,
        "Status": "FAILED",
        "StatusReason": status_reason,
        "StoppedAt": stopped,
        "Timeout": {"AttemptDurationSeconds": 7200},
    }
    return text_of(dict(sorted(body.items())))


def _job_names(name: str, job: str) -> Mapping[str, Any]:
    return {
        "JobDefinition": f"arn:aws:batch:{REGION}:{ACCOUNT}:job-definition/{name}:3",
        "JobId": job,
        "JobName": name,
        "JobQueue": f"arn:aws:batch:{REGION}:{ACCOUNT}:job-queue/spot",
    }
