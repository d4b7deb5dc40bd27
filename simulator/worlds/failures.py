"""Failures of tasks, each with its true cause (ids of the corpus of causes)."""

from simulator.engine.outcomes import Attempt, Fails
from simulator.worlds.texts import (
    ACCOUNT,
    REGION,
    batch_job,
    ecs_task,
    java_error,
    node_error,
    optimised_text,
    python_error,
    sandbox_timeout,
    sdk_text,
)

TASK_FAILED = "States.TaskFailed"


def spot_interrupted(attempt: Attempt, after: float) -> Fails:
    """Fargate Spot took the task's capacity back."""
    cause = ecs_task(
        attempt,
        after,
        "SpotInterruption",
        "Your Spot Task was interrupted.",
        exit_code=137,
        spot=True,
    )
    return Fails(after, TASK_FAILED, cause, "spot_interruption")


def not_started(attempt: Attempt, after: float, reason: str, true_cause: str) -> Fails:
    """The task stopped before its container ran."""
    cause = ecs_task(attempt, after, "TaskFailedToStart", reason)
    return Fails(after, TASK_FAILED, cause, true_cause)


def network_interface_late(attempt: Attempt, after: float = 185.0) -> Fails:
    """Fargate could not provision the task's network interface in time."""
    reason = "Timeout waiting for network interface provisioning to complete."
    return not_started(attempt, after, reason, "task_start_failure")


def no_capacity(attempt: Attempt, after: float = 12.0) -> Fails:
    """Fargate had no capacity in the zone."""
    reason = "Capacity is unavailable at this time. Please try again later."
    return not_started(attempt, after, reason, "capacity_unavailable")


def pull_limited(attempt: Attempt, after: float = 48.0) -> Fails:
    """The registry refused the image: too many pulls."""
    reason = (
        "CannotPullContainerError: ERROR: toomanyrequests: Too Many Requests or "
        "You have reached your pull rate limit."
    )
    return not_started(attempt, after, reason, "image_pull")


def container_out_of_memory(attempt: Attempt, after: float) -> Fails:
    """The kernel killed the container for its memory."""
    cause = ecs_task(
        attempt,
        after,
        "EssentialContainerExited",
        "Essential container in task exited",
        exit_code=137,
        container_reason="OutOfMemoryError: Container killed due to memory usage",
    )
    return Fails(after, TASK_FAILED, cause, "out_of_memory")


def container_exited(attempt: Attempt, after: float, code: int = 1) -> Fails:
    """The program in the container gave up by itself."""
    cause = ecs_task(
        attempt,
        after,
        "EssentialContainerExited",
        "Essential container in task exited",
        exit_code=code,
    )
    return Fails(after, TASK_FAILED, cause, "container_exit")


def run_task_throttled(attempt: Attempt) -> Fails:
    """ECS refused RunTask: its token bucket was empty."""
    cause = optimised_text("Rate exceeded.", "AmazonECS", 400, "ThrottlingException", attempt.key)
    return Fails(0.4, "ECS.AmazonECSException", cause, "throttling", "submit_failed")


def ecs_unavailable(attempt: Attempt) -> Fails:
    """ECS answered RunTask with a server error."""
    words = "Service Unavailable. Please try again later."
    cause = optimised_text(words, "AmazonECS", 500, "ServerException", attempt.key)
    return Fails(0.9, "ECS.ServerException", cause, "service_error", "submit_failed")


def lambda_throttled(attempt: Attempt) -> Fails:
    """Every slot of the account's Lambda concurrency was taken."""
    cause = optimised_text(
        "Rate Exceeded.", "AWSLambda", 429, "TooManyRequestsException", attempt.key
    )
    direct = attempt.resource.startswith("arn:aws:lambda:")
    return Fails(
        0.1,
        "Lambda.TooManyRequestsException",
        cause,
        "concurrency_limit",
        "schedule_failed" if direct else "failed",
    )


def lambda_unavailable(attempt: Attempt) -> Fails:
    """Lambda answered with a server error."""
    words = "An error occurred and the request cannot be processed."
    cause = optimised_text(words, "AWSLambda", 500, "ServiceException", attempt.key)
    return Fails(0.6, "Lambda.ServiceException", cause, "service_error")


def result_too_large(attempt: Attempt, after: float) -> Fails:
    """The task's result is over 256 KiB."""
    cause = (
        f"The state/task '{attempt.resource}' returned a result with a size exceeding "
        "the maximum number of bytes service limit."
    )
    return Fails(after, "States.DataLimitExceeded", cause, "payload_too_large")


def python_code_error(attempt: Attempt, after: float) -> Fails:
    """A Python function reads a key that is not there."""
    cause = python_error("KeyError", "'width'", attempt.key)
    return Fails(after, "KeyError", cause, "code_error")


def node_code_error(after: float) -> Fails:
    """A Node.js function reads a property of undefined."""
    words = "Cannot read properties of undefined (reading 'thumbnail')"
    return Fails(after, "TypeError", node_error("TypeError", words), "code_error")


def java_code_error(after: float) -> Fails:
    """A Java function dereferences null."""
    error = "java.lang.NullPointerException"
    words = 'Cannot invoke "com.example.images.Size.height()" because "size" is null'
    return Fails(after, error, java_error(error, words), "code_error")


def function_timed_out(attempt: Attempt, after: float) -> Fails:
    """A function ran into its own timeout."""
    cause = sandbox_timeout(attempt.key, after)
    return Fails(after, "Sandbox.Timedout", cause, "timeout_task")


def invoke_denied(attempt: Attempt) -> Fails:
    """The machine's role may not invoke the function; Lambda's 403 looks like any other error."""
    role = f"arn:aws:sts::{ACCOUNT}:assumed-role/{attempt.machine}/{attempt.execution[:8]}"
    function = f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:render"
    words = (
        f"User: {role} is not authorized to perform: lambda:InvokeFunction on resource: "
        f"{function} because no identity-based policy allows the lambda:InvokeFunction action"
    )
    cause = optimised_text(words, "AWSLambda", 403, "AccessDeniedException", attempt.key)
    return Fails(0.2, "Lambda.AWSLambdaException", cause, "permission")


def bucket_denied(attempt: Attempt) -> Fails:
    """The machine's role may not write to the bucket."""
    cause = sdk_text("Access Denied", "S3", 403, attempt.key)
    return Fails(0.2, "S3.S3Exception", cause, "permission")


def item_invalid(attempt: Attempt) -> Fails:
    """DynamoDB refuses the item: the input lacks its key."""
    words = "One or more parameter values were invalid: Missing the key orderId in the item"
    cause = sdk_text(words, "DynamoDb", 400, attempt.key)
    return Fails(0.1, "DynamoDb.DynamoDbException", cause, "invalid_input")


def dynamo_throttled(attempt: Attempt) -> Fails:
    """DynamoDB refuses the write: the table's throughput is used up."""
    words = "The level of configured provisioned throughput for the table was exceeded."
    cause = sdk_text(words, "DynamoDb", 400, attempt.key)
    return Fails(0.1, "DynamoDb.ProvisionedThroughputExceededException", cause, "throttling")


def partner_unavailable(after: float) -> Fails:
    """A partner's HTTP API answers 503."""
    return Fails(
        after,
        "States.Http.StatusCode.503",
        '{"message":"Service Unavailable"}',
        "dependency_http_5xx",
    )


def batch_spot_interrupted(attempt: Attempt, after: float) -> Fails:
    """Fargate Spot took back the capacity under a Batch job."""
    cause = batch_job(attempt, after, "Your Spot Task was interrupted.")
    return Fails(after, TASK_FAILED, cause, "spot_interruption")


def batch_out_of_memory(attempt: Attempt, after: float) -> Fails:
    """A Batch job needed more memory than its definition gives."""
    cause = batch_job(
        attempt,
        after,
        "Essential container in task exited",
        exit_code=137,
        container_reason="OutOfMemoryError: Container killed due to memory usage",
    )
    return Fails(after, TASK_FAILED, cause, "out_of_memory")
