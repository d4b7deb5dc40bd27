"""Jobs of other services that a `.sync` state waits for: their Describe* answers as JSON.

EMR: clusters and steps on EC2, job runs of EMR Serverless and of EMR on EKS.

    {"Cluster": {"Status": {"State", "StateChangeReason": {"Code", "Message"}}}}
    {"Step": {"Status": {"State", "FailureDetails": {"Reason", "Message"}}}}
    {"JobRun": {"State", "StateDetails", "FailureReason"}}, or that job run by itself

A job run's `StateDetails` open with a request to read the logs; what tells comes after it.
"""

import re
from dataclasses import replace
from typing import Any

from sfn_digest.causes import code
from sfn_digest.causes.clues import STOPPED, CauseReading, Clue, stage
from sfn_digest.causes.documents import human, objects, pick, words
from sfn_digest.causes.lexicon import Verdict
from sfn_digest.causes.phrases import by_scope

_JOB_RUN_KEYS = ("VirtualClusterId", "ApplicationId", "JobRunId", "FailureReason", "StateDetails")
_EXIT_CODE = re.compile(r"Exit ?Code: ?(\d{1,3})\b[ .]{0,3}", re.IGNORECASE)
_LAST_EXCEPTIONS = re.compile(r"Last (?:few exceptions:|error seen in logs -)")
_OUT_OF_MEMORY = "137"
_BY_CODE = {
    "INTERNAL_ERROR": Verdict("service_error"),
    "CLUSTER_UNAVAILABLE": Verdict("capacity_unavailable"),
    "INSTANCE_FLEET_TIMEOUT": Verdict("capacity_unavailable"),
    "INSTANCE_FAILURE": Verdict("host_terminated"),
    "BOOTSTRAP_FAILURE": Verdict("task_start_failure", "depends"),
    "VALIDATION_ERROR": Verdict("invalid_input"),
    "USER_REQUEST": Verdict("aborted_by_user"),
    "STEP_FAILURE": Verdict("code_error", "depends"),
    "USER_ERROR": Verdict("code_error", "depends"),
}
_WITHOUT_WORDS = {
    "INTERNAL_ERROR": "EMR itself failed (INTERNAL_ERROR)",
    "CLUSTER_UNAVAILABLE": "The cluster was not available (CLUSTER_UNAVAILABLE)",
    "USER_ERROR": "The job's own program failed (USER_ERROR)",
    "VALIDATION_ERROR": "The job was not valid (VALIDATION_ERROR)",
}
_RAN = ("STEP_FAILURE", "ALL_STEPS_COMPLETED", "USER_REQUEST", "INSTANCE_FAILURE")
_NOT_STARTED = ("CLUSTER_UNAVAILABLE", "VALIDATION_ERROR")


def read_emr(clue: Clue, document: dict[str, Any]) -> CauseReading | None:
    """The reading of a cluster, step or job run that failed; None for any other document."""
    for key in ("Cluster", "Step"):
        holder = pick(document, key)
        if isinstance(pick(holder, "Status"), dict):
            return _on_ec2(clue, pick(holder, "Status"), is_cluster=key == "Cluster")
    run = pick(document, "JobRun") or document
    known = [key for key in _JOB_RUN_KEYS if pick(run, key) is not None]
    return _job_run(clue, run) if len(known) > 1 and words(pick(run, "State")) else None


def _on_ec2(clue: Clue, status: dict[str, Any], *, is_cluster: bool) -> CauseReading:
    change, details = pick(status, "StateChangeReason"), pick(status, "FailureDetails")
    state, reason = words(pick(status, "State")), words(pick(change, "Code"))
    texts = (pick(details, "Reason"), pick(details, "Message"), pick(change, "Message"))
    message = ": ".join(filter(None, (words(text) for text in texts)))
    never_ran = is_cluster and reason not in _RAN
    return replace(_emr_reading(clue, state, reason, message), stage=stage(never_ran=never_ran))


def _job_run(clue: Clue, run: dict[str, Any]) -> CauseReading:
    state, reason = words(pick(run, "State")), words(pick(run, "FailureReason"))
    reading = _emr_reading(clue, state, reason, words(pick(run, "StateDetails")))
    return replace(reading, stage=stage(never_ran=reason in _NOT_STARTED))


def _emr_reading(clue: Clue, state: str, reason: str, details: str) -> CauseReading:
    if state.upper() in STOPPED and not details:
        return CauseReading(
            "emr", clue.error, f"Stopped ({state})", Verdict("aborted_by_user"), (state,)
        )
    message, exit_code = _telling(details)
    verdict = by_scope(message, "emr")
    if verdict is None and exit_code == _OUT_OF_MEMORY:
        verdict = Verdict("out_of_memory")
    if verdict is None:
        leaf = code.read("", message, "unknown")
        message = f"{leaf.error}: {leaf.text}".strip(": ") if leaf.error else leaf.text
        verdict = leaf.verdict
    if verdict.cause == "unknown":
        stopped = Verdict("aborted_by_user") if state.upper() in STOPPED else None
        verdict = stopped or _BY_CODE.get(reason) or Verdict("code_error", "depends")
    text = f"{message} (exit code {exit_code})" if exit_code and message else message
    said = text or _WITHOUT_WORDS.get(reason) or "The job failed without a reason"
    return CauseReading("emr", clue.error, said, verdict, (state, reason, exit_code))


def _telling(details: str) -> tuple[str, str]:
    """What tells in the details of a state, and the exit code beside it."""
    ended = _EXIT_CODE.search(details)
    exit_code = ended[1] if ended else ""
    head, *last = _LAST_EXCEPTIONS.split(details, 1)
    if last and last[0].strip():
        return last[0].strip().removesuffix("...").strip(), exit_code
    if ended:
        after = head[ended.end() :].strip(" .()")
        return after or details.partition(",")[0].partition(".")[0].strip(), exit_code
    return details, exit_code


_ATHENAS_OWN = "1"
_TIMED_OUT = ("TIMEOUT", "TIMED_OUT", "EXPIRED")
_BEFORE_BUILD = ("SUBMITTED", "QUEUED", "PROVISIONING")
_STATUS_KEYS = (
    "JobRunState", "BuildStatus", "TrainingJobStatus", "ProcessingJobStatus", "TransformJobStatus",
    "AutoMLJobStatus", "HyperParameterTuningJobStatus", "LabelingJobStatus", "EndpointStatus",
    "CompilationJobStatus", "PipelineExecutionStatus", "JobStatus", "State", "Status",
)  # fmt: skip
_REASON_KEYS = (
    "FailureReason", "ErrorMessage", "FailureMessage", "StateChangeReason", "StatusMessage",
    "StateDetails", "StatusReason", "FailureReasons", "FailureDetails", "ErrorDetails", "Error",
    "Message", "Errors", "Reason", "Cause",
)  # fmt: skip


def read(clue: Clue) -> CauseReading | None:
    """The reading of a job that ended without success."""
    document = clue.document
    if not isinstance(document, dict):
        return None
    for grammar in (_glue, _athena, read_emr, _codebuild, _sagemaker):
        reading = grammar(clue, document)
        if reading:
            return reading
    return None


_BEFORE_GLUE_RAN = ("LAUNCH ERROR", "Resource Setup Error")
# What says less than the error that Glue has no category for.
_AROUND = re.compile(r"(?:Error Category: UNCLASSIFIED_ERROR; (?:Failed Line Number: (\d+); )?)?")


def _glue(clue: Clue, run: dict[str, Any]) -> CauseReading | None:
    state = words(pick(run, "JobRunState"))
    if not state:
        return None
    message = words(pick(run, "ErrorMessage"))
    around = _AROUND.match(message)
    reading = _job("glue", clue, state, message[around.end() :] if around else message, "glue")
    if around and around[1]:
        reading = replace(reading, text=f"{reading.text} (line {around[1]})")
    return replace(reading, stage="start") if message.startswith(_BEFORE_GLUE_RAN) else reading


def _job(kind: str, clue: Clue, state: str, message: str, scope: str) -> CauseReading:
    if state.upper() in _TIMED_OUT:
        return CauseReading(
            kind, clue.error, message or "Timed out", Verdict("timeout_task"), (state,)
        )
    if state.upper() in STOPPED and not message:
        return CauseReading(
            kind, clue.error, f"Stopped ({state})", Verdict("aborted_by_user"), (state,)
        )
    verdict = by_scope(message, scope) if message else Verdict("unknown")
    if verdict:
        return CauseReading(kind, clue.error, message or state, verdict, (state,))
    leaf = code.read(
        "", message, "aborted_by_user" if state.upper() in STOPPED else "code_error", scope
    )
    text = f"{leaf.error}: {leaf.text}" if leaf.error else leaf.text
    return CauseReading(kind, clue.error, text, leaf.verdict, (state, leaf.error, *leaf.fields))


def _athena(clue: Clue, document: dict[str, Any]) -> CauseReading | None:
    status = pick(pick(document, "QueryExecution"), "Status")
    if not isinstance(status, dict):
        return None
    error = pick(status, "AthenaError")
    message = words(pick(status, "StateChangeReason")) or words(pick(error, "ErrorMessage"))
    state = words(pick(status, "State"))
    if state.upper() in STOPPED:
        return _job("athena", clue, state, "", "sql")
    verdict = by_scope(message, "sql") or _by_category(error, message)
    if words(pick(error, "ErrorCategory")) == _ATHENAS_OWN and verdict.cause == "data_condition":
        verdict = Verdict("service_error")
    return CauseReading("athena", clue.error, message, verdict, (message.split(":")[0][:60],))


def _by_category(error: Any, message: str) -> Verdict:
    """AthenaError's ErrorCategory: 1 is the system's fault, 2 the user's, 3 others'."""
    if words(pick(error, "ErrorCategory")) == _ATHENAS_OWN:
        return Verdict("service_error")
    read = code.read("", message, "unknown").verdict
    return Verdict("invalid_input", "depends") if read.cause == "unknown" else read


def _codebuild(clue: Clue, document: dict[str, Any]) -> CauseReading | None:
    build = pick(document, "Build")
    state = words(pick(build, "BuildStatus"))
    if not state:
        return None
    phases = objects(pick(build, "Phases"))
    if state.upper() in (*_TIMED_OUT, *STOPPED):
        never_ran = any(
            words(pick(phase, "PhaseType")) in _BEFORE_BUILD
            and words(pick(phase, "PhaseStatus")) in _TIMED_OUT
            for phase in phases
        )
        reading = _job("codebuild", clue, state, "", "codebuild")
        return replace(reading, stage=stage(never_ran=never_ran))
    for phase in phases:
        for context in objects(pick(phase, "Contexts")):
            message, status = words(pick(context, "Message")), words(pick(context, "StatusCode"))
            if message:
                fields = (words(pick(phase, "PhaseType")), status)
                verdict = _build_verdict(status, message)
                seen = stage(never_ran=fields[0] in _BEFORE_BUILD)
                return CauseReading("codebuild", clue.error, message, verdict, fields, stage=seen)
    return _job("codebuild", clue, state, "", "codebuild")


def _build_verdict(status: str, message: str) -> Verdict:
    if status == "COMMAND_EXECUTION_ERROR":
        return Verdict("code_error")
    if status == "INTERNAL_SERVICE_ERROR":
        return Verdict("service_error")
    if "PULL" in status.upper() or "Unable to pull" in message:
        return by_scope(message, "pull") or Verdict("image_pull")
    return code.read("", message, "code_error").verdict


def _sagemaker(clue: Clue, document: dict[str, Any]) -> CauseReading | None:
    """SageMaker's answers and, as they are alike, those of any other service's job."""
    holder = _holder(document)
    state = next((words(pick(holder, key)) for key in _STATUS_KEYS if words(pick(holder, key))), "")
    message = next((said for key in _REASON_KEYS if (said := human(pick(holder, key)))), "")
    if not state or pick(document, "ExecutionArn", "StatusCode") is not None:
        return None
    second = words(pick(holder, "SecondaryStatus"))
    if second in ("MaxRuntimeExceeded", "MaxWaitTimeExceeded"):
        return CauseReading(
            "job", clue.error, message or second, Verdict("timeout_task"), (state, second)
        )
    reading = _job("job", clue, state, message, "sagemaker")
    if reading.verdict.cause == "code_error" and message.startswith("ClientError"):
        wrong = by_scope(message, "service") or Verdict("invalid_input", "depends")
        return CauseReading("job", clue.error, message, wrong, reading.fields)
    return reading


def _holder(document: dict[str, Any]) -> dict[str, Any]:
    """`{"Job": {…}}` holds what `{…}` holds."""
    inner = next(iter(document.values())) if len(document) == 1 else None
    return inner if isinstance(inner, dict) else document
