"""The hints that `patch` applies, as reports gave them, and the proof that `--prove` asks for."""

import argparse
import os
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from pathlib import Path
from typing import Any, Protocol

from sfn_digest.adoption import GivenHint, HintScope
from sfn_digest.adoption.given_hints import latest_of, once
from sfn_digest.asl.definition import Definition, read_definition
from sfn_digest.aws import Account
from sfn_digest.aws.deployed import Deployment
from sfn_digest.aws.dynamodb_table import open_table
from sfn_digest.config.request import parse_tag
from sfn_digest.config.settings import read_settings
from sfn_digest.errors import AccountError, BadRequestError
from sfn_digest.i18n.formats import ENGLISH
from sfn_digest.i18n.sanitize import quoted
from sfn_digest.model.executions import Failure
from sfn_digest.model.proof import AttemptOutcome, ProvenError
from sfn_digest.model.report import Hint
from sfn_digest.pipeline.hint_ledger import LedgerMemory
from sfn_digest.pipeline.patching import Patch
from sfn_digest.retry.hints.machine import shown
from sfn_digest.retry.observations.visits import UNNAMED, visits_of_failure
from sfn_digest.terminal.memory import LocalMemory, state_folder
from sfn_digest.terminal.report_files import read_report


@dataclass(frozen=True, slots=True)
class KeptHints:
    """Hints that reports gave, and where they are kept, in words."""

    hints: tuple[GivenHint, ...]
    where: str

    def of_machine(self, machine: str) -> tuple[GivenHint, ...]:
        """The hints on the machine of this name or ARN, of the last report that had any."""
        arns = [each.hint.machine_arn for each in self.hints if _is(each.hint, machine)]
        return latest_of(self.hints, arns[0]) if arns else ()

    def of_ids(self, ids: Collection[str]) -> tuple[GivenHint, ...]:
        """The hints of a machine on which there are all of these ids, with its others, each as the
        newest of the reports gave it, with a tag or without. Nothing where one of the ids is not
        kept. Raises BadRequestError where they are about several machines.
        """
        chosen = [each for each in self.hints if each.hint.id in ids]
        if {each.hint.id for each in chosen} != set(ids):
            return ()
        arns = {each.hint.machine_arn for each in chosen}
        if len(arns) > 1:
            names = " and ".join(sorted(quoted(arn.rsplit(":", 1)[-1]) for arn in arns))
            raise BadRequestError(
                f"The hints are for {names}: a patch changes one state machine, so give the "
                "IDs of one."
            )
        return once(each for each in self.hints if each.hint.machine_arn in arns)


def _is(hint: Hint, machine: str) -> bool:
    return machine in (hint.machine_arn, hint.machine_arn.rsplit(":", 1)[-1])


def kept_hints(words: argparse.Namespace, region: str, say: Callable[[str], None]) -> KeptHints:
    """The hints where the words say they are: by default in the memory of the person at work.

    Raises BadReportError where the file holds no report, BadRequestError where the function keeps
    nothing, and AccountError where AWS refuses.
    """
    if words.report is not None:
        return _reported(Path(words.report))
    if words.function is not None:
        return _deployed(words.function, region, say)
    try:
        given = LocalMemory(state_folder(os.environ), say).all_given()
    except RuntimeError:
        given = ()
    return KeptHints(given, "the reports made on this computer")


def _reported(path: Path) -> KeptHints:
    report = read_report(path)
    given = (GivenHint(report.window.end, hint) for hint in report.hints)
    return KeptHints(tuple(given), f"the report in {path.name}")


def _deployed(function: str, region: str, say: Callable[[str], None]) -> KeptHints:
    deployment = Deployment(region)
    settings = read_settings(deployment.environment(function))
    if settings.table is None:
        raise BadRequestError(
            f"The function {quoted(function)} has no table of hints: give its report as a "
            "file with --report."
        )
    tag = parse_tag(settings.defaults.tag)
    place = HintScope(deployment.account_id(), region, tag)
    memory = LedgerMemory(open_table(settings.table), lambda note: say(note.sentence))
    return KeptHints(memory.given(place), f"the table of {function}")


MOST_STEPS = 20
"""Attempts that are asked for of one error; the rest is cut, and said so."""
_KEPT = (
    *("Type", "Resource", "Parameters", "Arguments", "QueryLanguage", "Retry", "Catch", "Next"),
    *("End", "ItemProcessor", "Iterator", "Branches", "TimeoutSeconds", "HeartbeatSeconds"),
)
"""What of a state bears on its errors. The rest works on data, of which a test has none."""
_MOCKED = "mocked"


class Tests(Protocol):
    """Asks Step Functions about one failed attempt."""

    def failed(self, state: Mapping[str, Any], error: str, retries: int) -> AttemptOutcome:
        """What comes after it."""


def prove(patch: Patch, failures: Iterable[Failure], tests: Tests) -> list[ProvenError]:
    """What becomes of each error that was seen in a state that the patch changes.

    Raises AccountError where Step Functions does not say.
    """
    after = read_definition(patch.patched)
    return [
        _proven(state, error, patch.running, after, tests)
        for state, errors in sorted(_seen(patch.running, failures).items())
        if state in after.states and _differ(patch.running, after, state)
        for error in sorted(errors)
    ]


def _seen(running: Definition, failures: Iterable[Failure]) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for failure in failures:
        for visit in visits_of_failure(failure, running):
            if visit.state in running.states:
                names = {each.error for each in visit.attempts} - {UNNAMED}
                found.setdefault(visit.state, set()).update(names)
    return found


def _differ(running: Definition, after: Definition, state: str) -> bool:
    before, changed = running.states[state].asl, after.states[state].asl
    return any(before.get(field) != changed.get(field) for field in ("Retry", "Catch"))


def _proven(
    state: str, error: str, running: Definition, after: Definition, tests: Tests
) -> ProvenError:
    sides = [_steps(bare(each.states[state].asl), error, tests) for each in (running, after)]
    cut = any(side[-1].status == "RETRIABLE" for side in sides)
    return ProvenError(state, error, sides[0], sides[1], cut)


def _steps(state: Mapping[str, Any], error: str, tests: Tests) -> tuple[AttemptOutcome, ...]:
    def asked() -> Iterator[AttemptOutcome]:
        for retries in range(MOST_STEPS):
            step = tests.failed(state, error, retries)
            yield step
            if step.status != "RETRIABLE":
                return

    return tuple(asked())


def bare(state: Mapping[str, Any]) -> dict[str, Any]:
    """The state without its data: what comes from an execution's input is a fixed text."""
    kept = {key: state[key] for key in _KEPT if key in state}
    for field in ("Parameters", "Arguments"):
        if field in kept:
            kept[field] = _fixed(kept[field])
    if isinstance(kept.get("Catch"), Sequence):
        kept["Catch"] = [
            {key: each[key] for key in ("ErrorEquals", "Next") if key in each}
            for each in kept["Catch"]
        ]
    return kept


def _fixed(value: Any) -> Any:
    """A value with a fixed text for each path and expression in it."""
    if isinstance(value, Mapping):
        return {
            key.removesuffix(".$"): _MOCKED if key.endswith(".$") else _fixed(each)
            for key, each in value.items()
        }
    if isinstance(value, list):
        return [_fixed(each) for each in value]
    return _MOCKED if isinstance(value, str) and value.startswith("{%") else value


_HEADS = ("failed attempt", "as it runs", "patched")


@dataclass(frozen=True, slots=True)
class Proof:
    """The lines of a proof; `complete`: Step Functions answered all that was asked."""

    lines: tuple[str, ...]
    complete: bool = True

    @classmethod
    def of(cls, patch: Patch, failures: Sequence[Failure], account: Account) -> "Proof":
        """The proof of a patch by the errors of these failures."""
        try:
            return cls(tuple(_lines(prove(patch, failures, account.tests))))
        except AccountError as error:
            return cls((f"The patch was not proven: {error}",), complete=False)


NO_PROOF = Proof(())


def _lines(proven: Sequence[ProvenError]) -> Iterator[str]:
    if not proven:
        yield "There is nothing to prove: every observed error is handled as before."
        return
    yield "Step Functions' TestState, with these errors mocked (nothing was called):"
    for each in proven:
        yield ""
        yield from _table(each)


def _table(proven: ProvenError) -> Iterator[str]:
    yield f"{shown(proven.state)}, {shown(proven.error)}"
    rows = [
        (str(number), _said(before), _said(after))
        for number, (before, after) in enumerate(zip_longest(proven.before, proven.after), 1)
    ]
    widths = [max(map(len, column)) for column in zip(_HEADS, *rows, strict=True)]
    for row in (_HEADS, *rows):
        cells = zip(row, widths, strict=True)
        yield ("  " + "   ".join(cell.ljust(width) for cell, width in cells)).rstrip()
    if proven.cut:
        yield f"  Only the first {MOST_STEPS} attempts were tested."


def _said(step: AttemptOutcome | None) -> str:
    if step is None:
        return ""
    if step.status == "RETRIABLE":
        wait = ENGLISH.length(step.back_off or 0)
        when = "within" if step.full_jitter else "after"
        return f"retried {when} {wait} (retrier {(step.retrier or 0) + 1})"
    if step.status == "CAUGHT_ERROR":
        return f"caught: continues at {shown(step.next or '')}"
    return "fails" if step.retrier is None else f"fails: retrier {step.retrier + 1} is exhausted"
