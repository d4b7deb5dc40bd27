"""`sfn-digest patch`: one state machine's definition with its hints applied, or as a diff."""

import argparse
import sys
from collections.abc import Sequence
from dataclasses import replace

from sfn_digest.adoption import GivenHint
from sfn_digest.asl.edit import text_of
from sfn_digest.aws import Account, open_account
from sfn_digest.aws.state_tests import mistakes_in
from sfn_digest.commands.hints_and_proof import NO_PROOF, KeptHints, Proof, kept_hints
from sfn_digest.commands.parsed_request import request_of
from sfn_digest.config.request import parse_share
from sfn_digest.config.rules_file import read_rules
from sfn_digest.errors import (
    AccountError,
    BadPatchError,
    BadRequestError,
    NothingToPatchError,
)
from sfn_digest.i18n.sanitize import quoted
from sfn_digest.model.executions import Failure, StateMachine
from sfn_digest.pipeline.evaluation import hints_on
from sfn_digest.pipeline.evidence import read_evidence
from sfn_digest.pipeline.failure_reading import scan
from sfn_digest.pipeline.patching import Choice, Patch, make_patch, written
from sfn_digest.pipeline.run import Run
from sfn_digest.retry import read_definition
from sfn_digest.terminal.progress_lines import terminal_progress


def run(words: argparse.Namespace) -> int:
    """Make the patch and write it; gives the exit status.

    Raises NothingToPatchError, and BadPatchError where Step Functions would not take it.
    """
    _check(words)
    with terminal_progress() as progress:
        account = open_account(parse_share(words.quota_share), progress)
        machine, patch, failures = _patch(words, account)
        proof = Proof.of(patch, failures, account) if words.prove else NO_PROOF
    for choice in patch.choices:
        _say(_line(choice))
    if not patch.changes:
        if any(each.on_request for each in patch.choices):
            raise NothingToPatchError(
                f"Nothing is applied to {machine.name} by default: name a hint with --hint."
            )
        raise NothingToPatchError(
            f"There is nothing to patch in {machine.name}: none of its hints is a change "
            "that patch can make. sfn-digest report shows its hints."
        )
    _say(_validated(machine, patch))
    for line in proof.lines:
        _say(line)
    sys.stdout.write(written(patch, words.format))
    return 0 if proof.complete else 1


def _check(words: argparse.Namespace) -> None:
    if words.machine is None and not words.hint:
        raise BadRequestError(
            "There is nothing to patch yet: give --machine NAME, or --hint ID from a report."
        )
    # No state machine's name holds these, which would be a glob over names elsewhere.
    if words.machine is not None and set("*?[") & set(words.machine):
        raise BadRequestError(
            f"The state machine is {quoted(words.machine)}, which is not a name: a patch "
            "changes one state machine, so give its name or ARN."
        )
    # Every word is understood before anything is asked, whether the kept hints need it or not.
    request_of(words, ())
    read_rules(words.rules)


_Made = tuple[StateMachine, Patch, Sequence[Failure]]
"""A patch, whose it is, and the failures to prove it by."""


def _patch(words: argparse.Namespace, account: Account) -> _Made:
    """The patch of what reports gave; or else of what is evaluated now."""
    kept = KeptHints((), "") if words.reevaluate else kept_hints(words, account.region, _say)
    given = kept.of_ids(words.hint) if words.hint else kept.of_machine(words.machine)
    if given:
        return _as_given(words, account, given, kept.where)
    known = {each.hint.id for each in kept.hints}
    ids = ", ".join(each for each in words.hint if each not in known)
    if words.machine is None:
        raise BadRequestError(
            f"There is no hint {ids} in {kept.where}: give --report FILE or --function NAME "
            "to say where it is, or --machine NAME to evaluate the state machine's retries "
            "again."
        )
    if not words.reevaluate:
        asked = f"hint {ids}" if ids else f"hint on {words.machine}"
        _say(f"There is no {asked} in {kept.where}, so the retries are evaluated again.")
    return _evaluated_now(words, account)


def _as_given(
    words: argparse.Namespace, account: Account, given: Sequence[GivenHint], where: str
) -> _Made:
    arn = given[0].hint.machine_arn
    name, region = arn.rsplit(":", 1)[-1], arn.split(":")[3]
    if words.machine is not None and words.machine not in (arn, name):
        raise BadRequestError(
            f"The hint is for {quoted(name)}, not for {quoted(words.machine)}: leave out --machine."
        )
    if region != account.region:
        raise BadRequestError(
            f"The hint is for {quoted(name)} in {region}, not {account.region}: give "
            f"--region {region}."
        )
    text = account.evidence.definition(arn)
    if text is None:
        why = " ".join(account.usage().notes)
        raise NothingToPatchError(f"There is nothing to patch in {name}: {why}")
    machine = StateMachine(arn, name, "STANDARD")
    last = max(each.given_at for each in given)
    _say(f"The hints come from {where}, last updated {last:%Y-%m-%d %H:%M} UTC.")
    hints = [each.hint for each in given]
    patch = make_patch(name, read_definition(text), hints, words.hint)
    return machine, patch, _failures(words, account, arn) if words.prove else ()


def _failures(words: argparse.Namespace, account: Account, arn: str) -> Sequence[Failure]:
    """The failures of a machine, with the tag or without it."""
    request = replace(request_of(words, (arn,)), all_machines=True)
    return scan(Run(request, account, read_rules(words.rules))).failures


def _evaluated_now(words: argparse.Namespace, account: Account) -> _Made:
    run = Run(request_of(words, (words.machine,)), account, read_rules(words.rules))
    found = scan(run)
    (machine,) = found.machines
    if machine.type == "EXPRESS":
        raise NothingToPatchError(
            f"There is nothing to patch in {machine.name}: it is an Express workflow, and "
            "Step Functions keeps no history of those to evaluate."
        )
    evidence = read_evidence(run, found)
    hints = hints_on(run, evidence, found)
    for note in (*account.usage().notes, *evidence.notes):
        _say(note)
    if machine.arn not in evidence.definitions:
        raise NothingToPatchError(
            f"There is nothing to patch in {machine.name}: no failure of it was read since "
            f"{run.request.window.start:%Y-%m-%d %H:%M} UTC, or you may not read its "
            "definition."
        )
    unknown = sorted(set(words.hint) - {hint.id for hint in hints})
    if unknown:
        ids = ", ".join(hint.id for hint in hints) or "none"
        raise BadRequestError(
            f"There is no hint {unknown[0]} on {machine.name}: its hints are {ids}."
        )
    running = evidence.definitions[machine.arn]
    return machine, make_patch(machine.name, running, hints, words.hint), found.failures


def _validated(machine: StateMachine, patch: Patch) -> str:
    """What to say of Step Functions' own validation. Raises BadPatchError."""
    try:
        mistakes = mistakes_in(text_of(patch.patched), machine.type)
    except AccountError as error:
        return f"The patched definition was not validated: {error}"
    if mistakes:
        raise BadPatchError(
            f"Step Functions rejected the patched definition ({mistakes[0]}): select fewer "
            "hints with --hint, and report this as a bug in sfn-digest."
        )
    return "Step Functions validated the patched definition."


def _line(choice: Choice) -> str:
    hint = f"{choice.hint.title}. {choice.hint.text}"
    if choice.left:
        return f"{choice.hint.id} skipped, because {choice.left}: {hint}"
    return f"{choice.hint.id} applied: {hint}"


def _say(text: str) -> None:
    sys.stderr.write(f"{text}\n")
