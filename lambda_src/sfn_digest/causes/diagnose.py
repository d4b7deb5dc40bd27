"""Names the cause of a symptom: user rules, then the grammars in order, then plain words."""

from functools import lru_cache, partial

from sfn_digest.causes import (
    containers,
    http_body,
    jobs,
    lambda_json,
    nested,
    plain,
    service_error,
    states_errors,
    template,
)
from sfn_digest.causes.clean import clean
from sfn_digest.causes.documents import parse
from sfn_digest.causes.reading import Clue, Reading, normalise
from sfn_digest.causes.redact import redact
from sfn_digest.causes.rules import UserRules
from sfn_digest.causes.table import table
from sfn_digest.records import Diagnosis, Symptom

MESSAGE_LIMIT = 300
_ERROR_LIMIT = 120
# What AWS allows for an error name.
_LONGEST_ERROR = 256
# Enough for a message after masking, and little enough for patterns to be quick.
_SHOWN = 1_000
_MOST_LEVELS = 12
_WITHOUT_PREFIX = ("ecs", "batch", "glue", "athena", "emr", "codebuild", "job", "eks", "silent")
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
    """The cause of a failure or failed try, safe to show. Never raises, whatever the text."""
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
    error = _error_shown(reading.error[:_LONGEST_ERROR])
    text = redact(clean(_cut(reading.text), _SHOWN))
    parts = (clue.integration, reading.error[:_LONGEST_ERROR], *reading.fields)
    return Diagnosis(
        cause=known.id,
        nature=verdict.nature or known.nature,
        error=error,
        message=clean(_sentence(reading.kind, error, text) or known.title, MESSAGE_LIMIT),
        group=template.group(reading.kind, known.id, parts, text),
        child_arn=reading.child_arn,
    )


@lru_cache(maxsize=2048)
def _error_shown(error: str) -> str:
    """Error names are few and come again and again."""
    return clean(redact(clean(error, _SHOWN)), _ERROR_LIMIT)


def _cut(text: str) -> str:
    """Cut at a space, so that half a secret does not pass for a word."""
    if len(text) <= _SHOWN:
        return text
    head, space, _ = text[:_SHOWN].rpartition(" ")
    return head if space else ""


def _sentence(kind: str, error: str, text: str) -> str:
    if not text:
        return error
    if not error or kind in _WITHOUT_PREFIX or text.startswith(error):
        return text
    return f"{error}: {text}"


__all__ = ["MESSAGE_LIMIT", "diagnose"]
