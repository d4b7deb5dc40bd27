"""Names the cause of a symptom: user rules, then the grammars in order, then plain words."""

from functools import partial

from sfn_digest.causes import (
    containers,
    http_body,
    jobs,
    lambda_json,
    message,
    nested,
    plain,
    service_error,
    states_errors,
    template,
)
from sfn_digest.causes.documents import parse
from sfn_digest.causes.reading import Clue, Reading, Symptom, normalise
from sfn_digest.causes.rules import UserRules
from sfn_digest.causes.table import table
from sfn_digest.model.executions import Diagnosis

# What AWS allows for an error name.
_LONGEST_ERROR = 256
_MOST_LEVELS = 12
_STARTING = ("image_pull", "task_start_failure", "capacity_unavailable")
_NOT_SUBMITTED = ("SubmitFailed", "StartFailed", "ScheduleFailed")
_GRAMMARS = (
    plain.read_silence,
    lambda_json.read,
    containers.read_task,
    containers.read_job,
    http_body.read,
    http_body.read_entries,
    jobs.read,
    states_errors.read,
    service_error.read,
    states_errors.read_task_failed,
)


def diagnose(symptom: Symptom, rules: UserRules | None = None) -> Diagnosis:
    """The cause of a failure or failed attempt, safe to show. Never raises, whatever the text."""
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
    return _shown(_read(clue, 0), clue, rules)


def _read(clue: Clue, level: int) -> Reading:
    if level < _MOST_LEVELS:
        again = partial(_read, level=level + 1)
        for layer in (nested.read_child, nested.read_caught):
            reading = layer(clue, again)
            if reading:
                return reading
    for grammar in _GRAMMARS:
        reading = grammar(clue)
        if reading:
            return reading
    return plain.read(clue)


def _shown(reading: Reading, clue: Clue, rules: UserRules | None) -> Diagnosis:
    own = rules.verdict(clue, reading) if rules else None
    verdict = own or reading.verdict
    known = table()[verdict.cause]
    error = message.show_error(reading.error[:_LONGEST_ERROR])
    text = message.show_text(reading.text)
    parts = (clue.integration, reading.error[:_LONGEST_ERROR], *reading.fields)
    return Diagnosis(
        cause=known.id,
        nature=verdict.nature or known.nature,
        error=error,
        message=message.sentence(reading.kind, error, text) or known.title,
        group=template.group(reading.kind, known.id, parts, text),
        child_arn=reading.child_arn,
        stage="start" if _never_ran(clue, reading, known.id) else "run",
    )


def _never_ran(clue: Clue, reading: Reading, cause: str) -> bool:
    """Whether the task or job that the state asked for did not begin: its platform says so, or
    the request for it was refused."""
    return (
        reading.stage == "start" or cause in _STARTING or clue.event_type.endswith(_NOT_SUBMITTED)
    )
