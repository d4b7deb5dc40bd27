"""What passes between the grammars: the clue they read, and the reading they make of it."""

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from sfn_digest.causes.lexicon import Verdict
from sfn_digest.model.executions import Stage, UnsuccessfulStatus

STOPPED = ("STOPPED", "STOPPING", "CANCELLED", "CANCELED", "CANCEL_PENDING", "ABORTED")
"""States of a job that somebody stopped."""


@dataclass(frozen=True, slots=True)
class Symptom:
    """What is to be named: raw error and cause, and where they arose.

    `status` is the execution's status where the symptom is its end, None for a single attempt.
    """

    error: str | None
    cause: str | None
    event_type: str | None
    integration: str | None
    status: UnsuccessfulStatus | None = None


@dataclass(frozen=True, slots=True)
class Clue:
    """A symptom made ready: no None, one spelling of the integration, JSON parsed.

    `document` is what the cause's JSON says, None where it is no JSON; `whole` is False
    where the JSON was cut and mended. `integration` is the service alone (`ecs`, `sdk:s3`,
    `nested-sfn`, `fail-state`), "" where it is not known.
    """

    error: str
    cause: str
    event_type: str
    integration: str
    status: UnsuccessfulStatus | None = None
    document: Any = None
    whole: bool = True


@dataclass(frozen=True, slots=True)
class CauseReading:
    """What a grammar understood.

    `kind` names the grammar; `error` is the error name at the leaf and `text` the words
    meant for people, both still raw; `fields` are what tells groups of one kind apart
    beside the text. `child_arn` is the child execution that knows more. `stage` is `start`
    where the grammar saw that a task or job never ran.
    """

    kind: str
    error: str
    text: str
    verdict: Verdict
    fields: tuple[str, ...] = ()
    child_arn: str | None = None
    stage: Stage = "run"


def stage(*, never_ran: bool) -> Stage:
    """The stage in which a task or job failed."""
    return "start" if never_ran else "run"


_SERVICES = {
    "states": "nested-sfn",
    "sfn": "nested-sfn",
    "elasticmapreduce": "emr",
    "apigateway": "http",
}


@lru_cache(maxsize=1024)
def normalise(integration: str | None, event_type: str | None) -> str:
    """The service of an integration as history spells it, or as people shorten it."""
    name = (integration or "").strip().casefold()
    if name.startswith("aws-sdk:"):
        return "sdk:" + name.split(":")[1]
    if name.startswith("sdk:"):
        return name
    if name == "states" or not name or name == "unknown":
        return _by_event(event_type or "")
    service = name.split(":")[0]
    return _SERVICES.get(service, service)


def _by_event(event_type: str) -> str:
    if event_type.startswith("Fail"):
        return "fail-state"
    if event_type.startswith("LambdaFunction"):
        return "lambda"
    if event_type.startswith("Activity"):
        return "activity"
    return ""
