"""Whether what a report or a refusal says is borne out by the fault that was made."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from bench.fault_account import Strike

_TABLE = r"(?:DynamoDB )?table sfn-digest"
REASONS: Mapping[str, str] = {
    "denied": r"denied (?:the )?(?:\S*:)?{api}: allow",
    "throttled": r"throttling (?:the )?{api}",
    "failed (5xx)": r"{api} (?:failed|refused a call) \(InternalServerError\)",
    "cut": r"{api} cannot be reached|{service} cannot be reached|lost before {api} responded",
    "slow": r"{api} cannot be reached|{service} cannot be reached|lost before {api} responded",
    "a page in place of an answer": r"{api} (?:did|was).* (?:not|no).* (?:from|of) AWS",
    "a proxy's refusal": r"{api} (?:did|was).* (?:not|no).* (?:from|of) AWS",
    "a missing member": r"{api} (?:did|was).* (?:not|no).* (?:from|of) AWS",
    "deleted": r"past its retention period: {api}|There is no (?:SSM|{api})",
    "done, and its answer lost": r"{api} cannot be reached",
    "late": r"[Tt]ime ran out|time for reading was over",
}
"""What a sentence may give as its reason under each fault."""
REASONS_OF_WAITING = frozenset({"slow", "throttled", "cut", "failed (5xx)"})
"""Faults that use up the time as well."""

REMARKS = r"To evaluate retries, [\d,]+ successes? of|What retries saved in [\d,]+ state machines?"
"""What a report says of itself, with numbers that differ."""


@dataclass(frozen=True)
class Seen:
    """What is true of a run: the executions that failed, the notes of a run without faults, and
    whether the fault was met.
    """

    failed: frozenset[str]
    plain: frozenset[str]
    struck: bool


def false_in(report: Mapping[str, Any], strike: Strike, seen: Seen) -> Iterator[str]:
    """The sentences and numbers of a report that are not so."""
    coverage, failures = report["coverage"], report["failures"]
    read = {each["execution_arn"] for each in failures}
    if not read <= seen.failed:
        yield "it reports what did not fail"
    if coverage["complete"] and read != seen.failed:
        yield "it calls itself complete and lacks failures"
    if coverage["failures_read"] != len(read):
        yield f"it read {coverage['failures_read']} of which {len(read)} are there"
    if coverage["failures_found"] < report["totals"]["failed"] + report["totals"]["timed_out"]:
        yield "it found less than it counts"
    if not coverage["complete"] and read == seen.failed and not seen.struck:
        yield "it calls itself incomplete for no reason"
    for note in coverage["notes"]:
        expected = note in seen.plain or _untouched(note, report)
        if not expected and not is_true(note, strike, struck=seen.struck):
            yield note
    counted = re.compile(r"(\d+) (?:failures? found but not read|histor(?:y|ies) of)")
    numbers = [int(each[1]) for note in coverage["notes"] for each in counted.finditer(note)]
    if numbers and sum(numbers) > coverage["failures_found"] - coverage["failures_read"]:
        yield f"it says that {sum(numbers)} were not read"


def is_true(sentence: str, strike: Strike, *, struck: bool) -> bool:
    """Whether the fault bears a sentence out: its reason, of the API that it struck."""
    if re.match(REMARKS, sentence):
        return True
    if not struck:
        return False
    fault = "late" if strike.late is not None else strike.fault
    of_table = strike.api in ("GetItem", "PutItem")
    api = _TABLE if of_table else strike.api
    reasons = [REASONS[fault].format(api=api, service=r"[\w ]+")]
    if fault in REASONS_OF_WAITING:
        reasons.append(REASONS["late"])
    return any(re.search(each, sentence) for each in reasons)


def _untouched(note: str, report: Mapping[str, Any]) -> bool:
    """Whether a note names only machines that failed and of which no failure was read.

    Those that could not be listed are distinguished from these.
    """
    read = {each["machine_arn"] for each in report["failures"]}
    untouched = {
        each["name"]
        for each in report["machines"]
        if each["failed"] + each["timed_out"] + each["aborted"] and each["arn"] not in read
    }
    named = set(note.rpartition(": ")[2].removesuffix(".").split(", "))
    return note.startswith(f"No failures of {len(named)} ") and named <= untouched
