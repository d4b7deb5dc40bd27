"""Which errors of AWS's services pass with time: `python -m tools.service_errors`.

Run it with PYTHONPATH=lambda_src:. after an upgrade of botocore. It reads the errors that
botocore's models know of every service (retryable traits, statuses, documentation) and
writes `service_errors.json`, which ships with the table of causes. Kept are the errors whose
name alone says less: a resource in transition, a service's own failure. What the models say
and what does not hold is judged by hand below.
"""

import json
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from botocore.loaders import Loader

from sfn_digest.causes import table
from sfn_digest.causes.lexicon import bare, by_hand, service_key

PATH = Path(__file__).parents[1] / "lambda_src" / "sfn_digest" / "causes" / "service_errors.json"
_TAG = re.compile(r"<[^>]{0,500}>")
# A resource that is being changed, or another operation on it.
_IN_TRANSITION = re.compile(
    r"in[ -]progress|(?:currently|already|is|are|still) being (?!used)"
    r"|already (?:running|in the process)"
    r"|currently (?:running|executing|performing|undergoing|busy)"
    r"|still (?:building|generating|initializing|propagating|processing)"
    r"|another (?:operation|request|update|process|backup|modification|resource operation|task)"
    r"|concurrent(?:ly)? (?:modif|updat|request|operation|access|change)|simultaneous|same time"
    r"|(?:not|n't) (?:yet )?ready|(?:not|n't) in the (?:active|available) state"
    r"|must be in the active state|transition|busy|finishes performing|ongoing|temporarily"
    r"|pending update|hasn't finished",
    re.IGNORECASE,
)
# What may stand beside it and lasts: such an error says which only in its message.
_LASTING = re.compile(r"exist|in use|depend|invalid|different|mismatch|associated", re.IGNORECASE)
# Names that say a kind of their own, whatever their documentation adds.
_OTHER_KINDS = re.compile(
    r"notfound|doesnotexist|limit|quota|toomany|throttl|denied|unauthoriz|validation|exists|"
    r"invalidparameter|invalidinput|unsupported|notsupported|malformed|capacity|mismatch|"
    r"constraint|concurrentrun|maxconcurrent|timeout|badrequest|kms|^ec2|memory|rateexceeded",
    re.IGNORECASE,
)
_OWN_FAILURE = re.compile(
    r"internal|serviceunavailable|servicetemporarily|dependentservice|keyunavailable", re.IGNORECASE
)
_A_SERVICES_OWN = ("service_error", "dependency_http_5xx")
# Marked as retryable, in the 500s or described like it, and not believed: no time mends them.
_NOT_BELIEVED = frozenset(
    {
        "accessanalyzer:unprocessableentity",
        "deactivatinglastsystemuser",
        "dynamodb:transactioncanceled",
        "failurebyquery",
        "insufficientcloudwatchlogsresourcepolicy",
        "invalidresponsibilitytransfertransition",
        "invalidruntime",
        "invalidsecuritygroupid",
        "invalidsubnetid",
        "invalidzipfile",
        "lambda:resourcenotready",
        "loopdetected",
        "noupdateavailable",
        "pipelineexecutionnotstoppable",
        "policyevaluation",
        "qconnect:dependencyfailed",
        "rangenotsatisfiable",
        "regiondisabled",
        "s3",
        "securityir:invalidtoken",
        "stalerequest",
        "testfunctionfailed",
        "transactionconflict",
        "unabletorollbackstage",
        "workflowexecutionalreadystarted",
    }
)
# Judged by hand where status and documentation do not tell: cause and nature.
_JUDGED = {
    "backfilllimitexceeded": ("resource_busy", "transient"),
    "backupbeingcopied": ("resource_busy", "transient"),
    "backuprestoring": ("resource_busy", "transient"),
    "cancelledbyuser": ("aborted_by_user", "permanent"),
    "columnstatisticstaskrunning": ("resource_busy", "transient"),
    "columnstatisticstaskstopping": ("resource_busy", "transient"),
    "concurrentmodification": ("resource_busy", "transient"),
    "concurrentupdating": ("resource_busy", "transient"),
    "crawlerstopping": ("resource_busy", "transient"),
    "databaseresuming": ("resource_busy", "transient"),
    "databaseunavailable": ("resource_busy", "transient"),
    "ec2instanceunavailable": ("resource_busy", "transient"),
    "eninotready": ("resource_busy", "transient"),
    "federationsourceretryable": ("service_error", "transient"),
    "finalizingorganization": ("resource_busy", "transient"),
    "generationexists": ("resource_busy", "transient"),
    "idempotentcallinprogress": ("resource_busy", "transient"),
    "insufficientthroughputcapacity": ("capacity_unavailable", "transient"),
    "materializedviewrefreshtaskrunning": ("resource_busy", "transient"),
    "materializedviewrefreshtaskstopping": ("resource_busy", "transient"),
    "mturk:service": ("service_error", "transient"),
    "neptunedata:memorylimitexceeded": ("out_of_memory", "depends"),
    "neptunedata:querylimitexceeded": ("concurrency_limit", "transient"),
    "opsmetadatatoomanyupdates": ("resource_busy", "transient"),
    "purgequeueinprogress": ("resource_busy", "transient"),
    "queuedeletedrecently": ("resource_busy", "transient"),
    "reassignmentinprogress": ("resource_busy", "transient"),
    "reportgenerationlimitexceeded": ("concurrency_limit", "transient"),
    "resourcecontention": ("resource_busy", "transient"),
    "resourcelocked": ("resource_busy", "transient"),
    "rolemodified": ("resource_busy", "transient"),
    "servicelinkedrolefailure": ("resource_busy", "transient"),
    "servicelinkedrolelockclient": ("resource_busy", "transient"),
    "staletag": ("resource_busy", "transient"),
    "statemachinedeleting": ("resource_busy", "depends"),
    "toomanyupdates": ("resource_busy", "transient"),
    "wafoptimisticlock": ("resource_busy", "transient"),
    "wafunavailableentity": ("resource_busy", "transient"),
}


@dataclass(frozen=True, slots=True)
class Modelled:
    """An error as a model has it."""

    service: str
    code: str
    status: int | None
    retryable: bool
    words: str


def modelled(loader: Loader, name: str) -> Iterator[Modelled]:
    """The errors of one service's model."""
    model = loader.load_service_model(name, "service-2")
    service = service_key(model["metadata"].get("serviceId", name))
    for shape_name, shape in model["shapes"].items():
        if shape.get("exception") or shape.get("fault"):
            yield _modelled(service, shape_name, shape)


def _modelled(service: str, name: str, shape: Mapping[str, Any]) -> Modelled:
    known = shape.get("error") or {}
    words = " ".join(_TAG.sub(" ", shape.get("documentation") or "").split())
    return Modelled(
        service,
        known.get("code") or name,
        known.get("httpStatusCode"),
        "retryable" in shape,
        words,
    )


def judged(error: Modelled) -> tuple[str, str] | None:
    """Cause and nature where the model, or a person, says that time may mend it, else None."""
    key = bare(error.code)
    owned = f"{error.service}:{key}"
    if owned in _JUDGED or key in _JUDGED:
        return _JUDGED.get(owned) or _JUDGED[key]
    if key in _NOT_BELIEVED or owned in _NOT_BELIEVED or _OTHER_KINDS.search(error.code):
        return None
    if (error.status or 0) >= 500 or _OWN_FAILURE.search(key):
        return "service_error", "transient"
    if error.retryable or _IN_TRANSITION.search(error.words):
        lasting = key.startswith("invalid") or _LASTING.search(error.words)
        return "resource_busy", "depends" if lasting else "transient"
    return None


Rows = dict[str, dict[str, str]]


def rows(errors: list[Modelled]) -> Rows:
    """By cause and nature, then by service, the codes that their names alone do not tell; under
    "" those that mean the same wherever they occur."""
    by_code: dict[str, list[Modelled]] = defaultdict(list)
    for error in errors:
        by_code[bare(error.code)].append(error)
    found: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    for key, same in by_code.items():
        alike = len({judged(error) for error in same}) == 1
        for error in same:
            verdict = judged(error)
            if verdict and not _told_by_name(error, *verdict):
                owned = not alike or f"{error.service}:{key}" in _JUDGED
                found[" ".join(verdict)][error.service if owned else ""].add(key)
    return {
        verdict: {service: " ".join(sorted(codes)) for service, codes in sorted(services.items())}
        for verdict, services in sorted(found.items())
    }


def _told_by_name(error: Modelled, cause: str, nature: str) -> bool:
    known = by_hand(error.code, error.service)
    if known is None:
        return False
    same = known.cause == cause or {known.cause, cause} <= {*_A_SERVICES_OWN}
    return same and (known.nature or table()[known.cause].nature) == nature


def main() -> None:
    """Writes the file."""
    loader = Loader()
    errors = [
        error
        for name in loader.list_available_services("service-2")
        for error in modelled(loader, name)
    ]
    PATH.write_text(json.dumps(rows(errors), indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
