"""EMR: clusters and steps on EC2, job runs of EMR Serverless and of EMR on EKS.

    {"Cluster": {"Status": {"State", "StateChangeReason": {"Code", "Message"}}}}
    {"Step": {"Status": {"State", "FailureDetails": {"Reason", "Message"}}}}
    {"JobRun": {"State", "StateDetails", "FailureReason"}}, or that job run by itself

A job run's `StateDetails` open with a request to read the logs; what tells comes after it.
"""

import re
from dataclasses import replace
from typing import Any

from sfn_digest.causes import code
from sfn_digest.causes.documents import pick, words
from sfn_digest.causes.lexicon import Verdict
from sfn_digest.causes.phrases import by_scope
from sfn_digest.causes.reading import STOPPED, Clue, Reading, stage

_JOB_RUN_KEYS = ("VirtualClusterId", "ApplicationId", "JobRunId", "FailureReason", "StateDetails")
_EXIT = re.compile(r"Exit ?Code: ?(\d{1,3})\b[ .]{0,3}", re.IGNORECASE)
_LAST = "Last few exceptions:"
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


def read(clue: Clue, document: dict[str, Any]) -> Reading | None:
    """The reading of a cluster, step or job run that failed; None for any other document."""
    for key in ("Cluster", "Step"):
        holder = pick(document, key)
        if isinstance(pick(holder, "Status"), dict):
            return _on_ec2(clue, pick(holder, "Status"), is_cluster=key == "Cluster")
    run = pick(document, "JobRun") or document
    known = [key for key in _JOB_RUN_KEYS if pick(run, key) is not None]
    return _job_run(clue, run) if len(known) > 1 and words(pick(run, "State")) else None


def _on_ec2(clue: Clue, status: dict[str, Any], *, is_cluster: bool) -> Reading:
    change, details = pick(status, "StateChangeReason"), pick(status, "FailureDetails")
    state, reason = words(pick(status, "State")), words(pick(change, "Code"))
    texts = (pick(details, "Reason"), pick(details, "Message"), pick(change, "Message"))
    message = ": ".join(filter(None, (words(text) for text in texts)))
    never_ran = is_cluster and reason not in _RAN
    return replace(_reading(clue, state, reason, message), stage=stage(never_ran=never_ran))


def _job_run(clue: Clue, run: dict[str, Any]) -> Reading:
    state, reason = words(pick(run, "State")), words(pick(run, "FailureReason"))
    reading = _reading(clue, state, reason, words(pick(run, "StateDetails")))
    return replace(reading, stage=stage(never_ran=reason in _NOT_STARTED))


def _reading(clue: Clue, state: str, reason: str, details: str) -> Reading:
    if state.upper() in STOPPED and not details:
        return Reading(
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
        verdict = _BY_CODE.get(reason) or Verdict("code_error", "depends")
    text = f"{message} (exit code {exit_code})" if exit_code and message else message
    said = text or _WITHOUT_WORDS.get(reason) or "The job failed without a reason"
    return Reading("emr", clue.error, said, verdict, (state, reason, exit_code))


def _telling(details: str) -> tuple[str, str]:
    """What tells in the details of a state, and the exit code beside it."""
    ended = _EXIT.search(details)
    exit_code = ended[1] if ended else ""
    head, found, last = details.partition(_LAST)
    if found and last.strip():
        return last.strip(), exit_code
    if ended:
        after = head[ended.end() :].strip(" .()")
        return after or details.partition(",")[0].partition(".")[0].strip(), exit_code
    return details, exit_code
