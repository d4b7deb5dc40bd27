"""job-poller and genome-align: Batch jobs, polled by hand and waited for by .sync."""

from typing import Any

from simulator.engine.draws import between, draw, identifier
from simulator.engine.outcomes import Attempt, Outcome, Succeeds
from simulator.engine.simulation import Start
from simulator.worlds.failures import batch_out_of_memory, batch_spot_interrupted
from simulator.worlds.systems import Setting, System

JOB_POLLER = "job-poller"
GENOME_ALIGN = "genome-align"

JOB_POLLER_DEFINITION: dict[str, Any] = {
    "Comment": "Submits a Batch job and asks every half minute whether it is done",
    "StartAt": "SubmitJob",
    "States": {
        "SubmitJob": {
            "Type": "Task",
            "Resource": "arn:aws:states:::batch:submitJob",
            "Parameters": {"JobName": "score", "JobQueue": "nightly", "Polls.$": "$.polls"},
            "ResultPath": "$.job",
            "Next": "WaitHalfAMinute",
        },
        "WaitHalfAMinute": {"Type": "Wait", "Seconds": 30, "Next": "GetJobStatus"},
        "GetJobStatus": {
            "Type": "Task",
            "Resource": "arn:aws:states:::aws-sdk:batch:describeJobs",
            "Parameters": {"Jobs.$": "$.job"},
            "ResultPath": "$.status",
            "Next": "JobDone?",
        },
        "JobDone?": {
            "Type": "Choice",
            "Choices": [
                {"Variable": "$.status.Status", "StringEquals": "SUCCEEDED", "Next": "JobDone"},
                {"Variable": "$.status.Status", "StringEquals": "FAILED", "Next": "JobFailed"},
            ],
            "Default": "WaitHalfAMinute",
        },
        "JobDone": {"Type": "Succeed"},
        "JobFailed": {
            "Type": "Fail",
            "Error": "ScoreJobFailed",
            "Cause": "The scoring job did not make it; its log says more.",
        },
    },
}

GENOME_ALIGN_DEFINITION: dict[str, Any] = {
    "StartAt": "Align",
    "States": {
        "Align": {
            "Type": "Task",
            "Resource": "arn:aws:states:::batch:submitJob.sync",
            "Parameters": {"JobName": "align", "JobQueue": "spot", "Sample.$": "$.sample"},
            "Retry": [
                {"ErrorEquals": ["States.TaskFailed"], "IntervalSeconds": 60, "MaxAttempts": 1}
            ],
            "End": True,
        }
    },
}


def job_poller(setting: Setting) -> System:
    """Three executions a day; a few jobs take hours of polling and fail in the end."""
    seed = setting.seed

    def submit(attempt: Attempt) -> Outcome:
        return Succeeds(0.4, {"JobId": attempt.execution, "Polls": attempt.input["Polls"]})

    def status(attempt: Attempt) -> Outcome:
        if attempt.visit < attempt.input["Jobs"]["Polls"]:
            return Succeeds(0.2, {"Status": "RUNNING"})
        failed = attempt.input["Jobs"]["Polls"] > 100
        return Succeeds(0.2, {"Status": "FAILED" if failed else "SUCCEEDED"})

    starts = tuple(
        Start(
            JOB_POLLER,
            identifier(seed, JOB_POLLER, number),
            setting.at(-2 + number / 3, 1),
            {"polls": _polls(seed, number)},
        )
        for number in range(27)
    )
    return System(
        JOB_POLLER,
        JOB_POLLER_DEFINITION,
        starts,
        {"SubmitJob": submit, "GetJobStatus": status},
        quiet=150,
    )


def _polls(seed: int, number: int) -> int:
    if number % 6 == 1:
        return int(between(300, 450, seed, JOB_POLLER, number))
    return int(between(2, 12, seed, JOB_POLLER, number))


def genome_align(setting: Setting) -> System:
    """Eight executions a day on Fargate Spot; some samples are too big for the job's memory."""
    seed = setting.seed

    def align(attempt: Attempt) -> Outcome:
        if attempt.input["Sample"] % 19 == 5:
            return batch_out_of_memory(attempt, between(300, 900, seed, attempt.key))
        work = between(1200, 2400, seed, attempt.key)
        if draw(seed, attempt.key, "reclaim") < 0.24:
            return batch_spot_interrupted(attempt, work / 2)
        return Succeeds(work)

    starts = tuple(
        Start(
            GENOME_ALIGN,
            identifier(seed, GENOME_ALIGN, number),
            setting.at(-2 + number / 8, 0.7),
            {"sample": number},
        )
        for number in range(72)
    )
    return System(GENOME_ALIGN, GENOME_ALIGN_DEFINITION, starts, {"Align": align})
