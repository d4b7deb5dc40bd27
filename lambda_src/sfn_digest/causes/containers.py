"""Tasks of ECS and jobs of Batch: why the platform or the container stopped.

The error name is always States.TaskFailed and never decides. The container's own reason
says more than the task's, and the task's more than the exit code; `ExitCode` is absent
where a container never ran. Overrides, commands and environments are never read.

The same document tells the size that a task on Fargate is billed by.
"""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from sfn_digest.causes.clues import CauseReading, Clue, stage
from sfn_digest.causes.documents import objects, parse, pick, words
from sfn_digest.causes.lexicon import Verdict
from sfn_digest.causes.phrases import by_scope
from sfn_digest.model.executions import FargateTask

_SPOT_CODES = ("SpotInterruption", "TerminationNotice")
_NEVER_RAN = "TaskFailedToStart"
_BY_STOP_CODE = {
    _NEVER_RAN: Verdict("task_start_failure", "depends"),
    "UserInitiated": Verdict("aborted_by_user"),
    "ServiceSchedulerInitiated": Verdict("aborted_by_user"),
}
_SAYS_NOTHING = ("essential container in task exited", "task failed to start")
_NOT_STARTED = (_SAYS_NOTHING[1], "misconfiguration")


def read_task(clue: Clue) -> CauseReading | None:
    """The reading of a stopped ECS task, or of RunTask's list of failures."""
    document = clue.document
    if not isinstance(document, dict):
        return None
    if "StopCode" not in document and "stopCode" not in document:
        failures = objects(pick(document, "Failures"))
        tasks = objects(pick(document, "Tasks"))
        if failures:
            return _not_placed(clue, failures[0])
        document = tasks[0] if tasks else document
    containers = objects(pick(document, "Containers"))
    stop_code = words(pick(document, "StopCode"))
    stopped = words(pick(document, "StoppedReason"))
    if not containers and not stop_code and not stopped:
        return None
    return _stopped(clue, stop_code, stopped, containers)


def _not_placed(clue: Clue, failure: dict[str, Any]) -> CauseReading:
    reason = words(pick(failure, "Reason")) or words(pick(failure, "Detail"))
    text = " ".join(filter(None, (reason, words(pick(failure, "Detail")) if reason else "")))
    verdict = by_reason(reason) or Verdict("task_start_failure")
    return CauseReading("ecs", clue.error, text, verdict, ("not placed", reason), stage="start")


def _stopped(
    clue: Clue, stop_code: str, stopped: str, containers: list[dict[str, Any]]
) -> CauseReading:
    failed = _the_failed(containers)
    reason, exit_code = words(pick(failed, "Reason")), words(pick(failed, "ExitCode"))
    name = words(pick(failed, "Name"))
    if stop_code in _SPOT_CODES:
        verdict: Verdict | None = Verdict("spot_interruption")
    else:
        verdict = _first(reason, stopped) or _BY_STOP_CODE.get(stop_code)
    text = say(stopped, reason, name, exit_code)
    fields = (stop_code, name, exit_code, _first_word(reason or stopped))
    return CauseReading(
        "ecs",
        clue.error,
        text,
        verdict or by_exit(exit_code),
        fields,
        stage=stage(never_ran=stop_code == _NEVER_RAN),
    )


def read_job(clue: Clue) -> CauseReading | None:
    """The reading of a failed Batch job: the reason of its last attempt's container first."""
    job = clue.document
    if not isinstance(job, dict):
        return None
    if pick(job, "JobQueue", "JobDefinition", "Attempts") is None or pick(job, "Status") is None:
        return None
    attempts = objects(pick(job, "Attempts"))
    last = attempts[-1] if attempts else {}
    container = _the_failed_of_batch(job, last)
    reason, exit_code = words(pick(container, "Reason")), words(pick(container, "ExitCode"))
    status = words(pick(job, "StatusReason")) or words(pick(last, "StatusReason"))
    verdict = _first(status, reason) or _ended_by_hand(job) or by_exit(exit_code)
    fields = (words(pick(job, "Status")), exit_code, _first_word(reason or status))
    text = say(status, reason, "", exit_code)
    never_ran = not exit_code and _opening(status) in _NOT_STARTED
    seen = stage(never_ran=never_ran)
    return CauseReading("batch", clue.error, text, verdict, fields, stage=seen)


def _ended_by_hand(job: dict[str, Any]) -> Verdict | None:
    """Whoever ends a job gives any reason they like: two flags tell that somebody did."""
    ended = pick(job, "IsTerminated") is True or pick(job, "IsCancelled") is True
    return Verdict("aborted_by_user") if ended else None


def _the_failed_of_batch(job: dict[str, Any], last: dict[str, Any]) -> dict[str, Any]:
    for holder in (pick(job, "Container"), pick(last, "Container")):
        if isinstance(holder, dict) and (pick(holder, "Reason") or pick(holder, "ExitCode")):
            return holder
    for key in ("TaskProperties", "EcsProperties", "EksProperties"):
        nested = pick(last, key)
        for task in objects(nested) or ([nested] if isinstance(nested, dict) else []):
            failed = _the_failed(objects(pick(task, "Containers")))
            if failed:
                return failed
    return _the_failed(objects(pick(last, "Containers")))


def _the_failed(containers: list[dict[str, Any]]) -> dict[str, Any]:
    """The container with a reason, else with an exit code that is not 0, else the first."""
    for container in containers:
        if words(pick(container, "Reason")):
            return container
    for container in containers:
        if pick(container, "ExitCode") not in (None, 0):
            return container
    return containers[0] if containers else {}


def _first(*reasons: str) -> Verdict | None:
    for reason in reasons:
        if reason and reason.casefold().rstrip(".") not in _SAYS_NOTHING:
            verdict = by_reason(reason)
            if verdict:
                return verdict
    start = any(reason.casefold().rstrip(".") == _SAYS_NOTHING[1] for reason in reasons)
    return Verdict("task_start_failure", "depends") if start else None


def by_reason(reason: str) -> Verdict | None:
    """What a stopped reason means; pulling an image has its own words."""
    folded = reason.casefold()
    if "cannotpull" in folded or "imagepull" in folded or "errimage" in folded:
        return by_scope(reason, "pull") or Verdict("image_pull")
    return by_scope(reason, "container")


def by_exit(exit_code: str) -> Verdict:
    """126, 127: not runnable; 132, 134, 136 and 139: the program crashed; others: see its log."""
    for_good = exit_code in ("126", "127", "132", "134", "136", "139")
    return Verdict("container_exit", "permanent" if for_good else "depends")


def say(stopped: str, reason: str, name: str, exit_code: str) -> str:
    """The stopped reason, the container's own where it differs, and the exit code."""
    said = reason if reason and (not stopped or reason in stopped or stopped in reason) else ""
    parts = [said or stopped]
    if reason and not said:
        parts.append(reason)
    text = ": ".join(part.rstrip(".") for part in parts if part)
    if exit_code:
        code = f"{name} exit code {exit_code}".strip()
        text = f"{text} ({code})" if text else code
    return text


def _opening(reason: str) -> str:
    return reason.partition(":")[0].casefold().rstrip(".")


def _first_word(reason: str) -> str:
    return reason.partition(":")[0].partition(" ")[0]


_CPU_UNITS, _MEGABYTES = 1024, 1024
_ARM = "arm64"
# Digits of a number that some task may have.
_LONGEST = 8


@lru_cache(1000)
def _fargate_task(vcpu: float, gigabytes: float, *, arm: bool, spot: bool) -> FargateTask:
    # Of all tasks there are few sizes.
    return FargateTask(vcpu, gigabytes, arm, spot)


def fargate_task(cause: str | None) -> FargateTask | None:
    """What the task is billed by; None where it ran elsewhere, or the cause does not tell.

    >>> fargate_task('{"LaunchType": "FARGATE", "Cpu": "512", "Memory": "1024"}')
    FargateTask(vcpu=0.5, gigabytes=1.0, arm=False, spot=False)
    """
    task, _ = parse(cause or "")
    if not isinstance(task, Mapping) or words(pick(task, "LaunchType")) != "FARGATE":
        return None
    # Windows has prices of its own, and a licence beside them.
    if words(pick(task, "PlatformFamily")).casefold().startswith("windows"):
        return None
    units, megabytes = _number(pick(task, "Cpu")), _number(pick(task, "Memory"))
    if not units or not megabytes:
        return None
    return _fargate_task(
        vcpu=units / _CPU_UNITS,
        gigabytes=megabytes / _MEGABYTES,
        arm=any(words(pick(each, "Value")) == _ARM for each in objects(pick(task, "Attributes"))),
        spot=words(pick(task, "CapacityProviderName")) == "FARGATE_SPOT",
    )


def _number(value: Any) -> int:
    text = words(value)
    return int(text) if text.isdecimal() and len(text) < _LONGEST else 0
