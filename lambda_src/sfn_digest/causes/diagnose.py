"""Names the cause of a symptom: user rules, then the grammars in order, then plain words: a Fail
state's, a callback's, or none at all."""

import re
from functools import lru_cache, partial

from sfn_digest.causes import (
    code,
    containers,
    http_answers,
    jobs,
    service_error,
    shown_error,
    states_errors,
    template,
)
from sfn_digest.causes import states_errors as nested
from sfn_digest.causes.clues import CauseReading, Clue, Symptom, normalise
from sfn_digest.causes.documents import human, keys, parse
from sfn_digest.causes.lexicon import Verdict, by_name
from sfn_digest.causes.rules import UserRules
from sfn_digest.causes.table import table
from sfn_digest.model.executions import Diagnosis

# What AWS allows for an error name.
_LONGEST_ERROR = 256
# A thousand such causes are a few megabytes.
_LONGEST_REMEMBERED = 2_000
_STARTING = ("image_pull", "task_start_failure", "capacity_unavailable")
_NOT_SUBMITTED = ("SubmitFailed", "StartFailed", "ScheduleFailed")
_ONLY_START = ("ecs", "batch", "glue")
"""Integrations of which each call starts a task or job."""
_STOPPED = "The execution was stopped"
_SERVICES = ("athena", "batch", "codebuild", "ecs", "eks", "emr", "lambda")
"""Grammars that know the service whose answer they read."""
_CALLED = {"nested-sfn": "states", "fail-state": "", "activity": ""}
_SERVICE = re.compile("[a-z0-9-]{1,40}")
_EXCEPTION = ("Exception", "Error", "Fault")


def diagnose(symptom: Symptom, rules: UserRules | None = None) -> Diagnosis:
    """The cause of a failure or failed attempt, safe to show. Never raises, whatever the text."""
    if rules is None and len(symptom.cause or "") <= _LONGEST_REMEMBERED:
        return _remembered(symptom)
    return _diagnosed(symptom, rules)


@lru_cache(maxsize=1024)
def _remembered(symptom: Symptom) -> Diagnosis:
    """The diagnosis of words that come again and again, as from one outage."""
    return _diagnosed(symptom, None)


def _diagnosed(symptom: Symptom, rules: UserRules | None) -> Diagnosis:
    cause = symptom.cause or ""
    document, whole = parse(cause)
    event_type = symptom.event_type or ""
    clue = Clue(
        (symptom.error or "").strip()[:_LONGEST_ERROR],
        cause,
        event_type,
        normalise(symptom.integration, event_type),
        symptom.status,
        document,
        whole,
    )
    reading = _read(clue, 0)
    own = rules.verdict(clue, reading) if rules else None
    if sum(map(len, (reading.text, reading.error, *reading.fields))) > _LONGEST_REMEMBERED:
        return _shown(reading, clue.integration, clue.event_type, own)
    return _shown_before(reading, clue.integration, clue.event_type, own)


def _read(clue: Clue, level: int) -> CauseReading:
    if level < nested.MOST_LEVELS:
        again = partial(_read, level=level + 1)
        for layer in (nested.read_child, nested.read_caught):
            reading = layer(clue, again)
            if reading:
                return reading
    for grammar in _GRAMMARS:
        reading = grammar(clue)
        if reading:
            return reading
    return _read_words(clue)


@lru_cache(maxsize=1024)
def _shown_before(
    reading: CauseReading, integration: str, event_type: str, own: Verdict | None
) -> Diagnosis:
    """The diagnosis of what comes again and again though each cause differs: in a request's id, or
    in the rest of the answer of which this was read.
    """
    return _shown(reading, integration, event_type, own)


def _shown(
    reading: CauseReading, integration: str, event_type: str, own: Verdict | None
) -> Diagnosis:
    verdict = own or reading.verdict
    known = table()[verdict.cause]
    error = shown_error.show_error(reading.error[:_LONGEST_ERROR])
    text = shown_error.show_text(reading.text)
    parts = (integration, reading.error[:_LONGEST_ERROR], *reading.fields)
    return Diagnosis(
        cause=known.id,
        nature=verdict.nature or known.nature,
        error=error,
        message=shown_error.sentence(reading.kind, error, text) or known.title,
        group=template.group(reading.kind, known.id, parts, text),
        child_arn=reading.child_arn,
        stage="start" if _never_ran(event_type, reading, known.id, integration) else "run",
        integration=_called(integration, reading),
    )


def _called(integration: str, reading: CauseReading) -> str:
    """The service that failed: what a grammar read at the leaf, else what the state called."""
    if reading.kind in _SERVICES:
        return reading.kind
    called = integration.removeprefix("sdk:")
    named = _CALLED.get(called, called)
    return named if _SERVICE.fullmatch(named) else ""


def _never_ran(event_type: str, reading: CauseReading, cause: str, integration: str) -> bool:
    """Whether the task or job that the state asked for did not begin: its platform says so, or
    the request for it was refused."""
    refused = reading.kind == "service" and integration in _ONLY_START
    refused = refused or event_type.endswith(_NOT_SUBMITTED)
    return refused or reading.stage == "start" or cause in _STARTING


def _read_silence(clue: Clue) -> CauseReading | None:
    """The reading where the event or the status says it all: StopExecution takes any words,
    and elsewhere AWS may give neither error nor cause."""
    ended = clue.event_type or ("ExecutionAborted" if clue.status == "ABORTED" else "")
    if ended == "ExecutionAborted":
        return CauseReading(
            "silent", clue.error, clue.cause or _STOPPED, Verdict("aborted_by_user")
        )
    return None if clue.error or clue.cause else _without_words(clue)


def _without_words(clue: Clue) -> CauseReading:
    if clue.status == "TIMED_OUT" or clue.event_type == "ExecutionTimedOut":
        return _silent("The execution ran longer than its timeout", "timeout_execution")
    if clue.status == "ABORTED":
        return _silent(_STOPPED, "aborted_by_user")
    if clue.event_type.endswith("TimedOut"):
        return _silent("", "timeout_task")
    if clue.integration == "fail-state" or clue.event_type == "ExecutionFailed":
        return _silent("A Fail state without an error or cause", "fail_state")
    return _silent("", "unknown")


def _silent(text: str, cause: str) -> CauseReading:
    return CauseReading("silent", "", text, Verdict(cause))


def _read_words(clue: Clue) -> CauseReading:
    """The reading of words that none of AWS's grammars explains."""
    text = human(clue.document) if clue.document is not None else clue.cause
    if _authors(clue):
        return CauseReading("fail", clue.error, text, Verdict("fail_state"))
    says_little = not clue.error or clue.error.startswith("States.")
    leaf = code.read(clue.error, text, "unknown" if says_little else "code_error")
    shown = leaf.text or keys(clue.document)
    return CauseReading("code", leaf.error, shown, leaf.verdict, leaf.fields)


def _authors(clue: Clue) -> bool:
    """Whether the words are the workflow author's: a Fail state's, or an unknown error that
    ended an execution and looks like no exception."""
    if clue.integration == "fail-state":
        return True
    if clue.event_type in ("TaskFailed", "ActivityFailed", "LambdaFunctionFailed"):
        return False
    if clue.integration in ("lambda", "activity") or not clue.error:
        return False
    named = by_name(clue.error)
    return not (clue.error.endswith(_EXCEPTION) and named is not None)


_GRAMMARS = (
    _read_silence,
    code.read_function,
    containers.read_task,
    containers.read_job,
    http_answers.read_endpoint,
    http_answers.read_entries,
    jobs.read,
    states_errors.read,
    service_error.read,
    states_errors.read_task_failed,
)
