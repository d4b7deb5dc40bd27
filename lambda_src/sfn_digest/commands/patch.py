"""`sfn-digest patch`: one state machine's definition with its hints applied, or as a diff."""

import argparse
import sys
from collections.abc import Sequence
from datetime import UTC, datetime

from sfn_digest.asl.edit import text_of
from sfn_digest.aws import Account, open_account
from sfn_digest.aws.validation import mistakes_in
from sfn_digest.commands.prove import NO_PROOF, Proof
from sfn_digest.config.request import (
    Request,
    parse_share,
    parse_successes,
    parse_tag,
)
from sfn_digest.config.rules_file import read_rules
from sfn_digest.config.window import parse_window
from sfn_digest.errors import (
    AccountError,
    BadPatchError,
    BadRequestError,
    NothingToPatchError,
)
from sfn_digest.i18n.sanitize import quoted
from sfn_digest.model.executions import Failure, StateMachine
from sfn_digest.pipeline.digest import scan
from sfn_digest.pipeline.evidence import read_evidence
from sfn_digest.pipeline.patching import Choice, Patch, make_patch, written
from sfn_digest.pipeline.run import Run
from sfn_digest.retry import weigh
from sfn_digest.terminal.progress import terminal_progress


def run(words: argparse.Namespace) -> int:
    """Make the patch and write it; gives the exit status.

    Raises NothingToPatchError, and BadPatchError where Step Functions would not take it.
    """
    with terminal_progress() as progress:
        account = open_account(parse_share(words.quota_share), progress)
        machine, patch, failures = _patch(words, account)
        proof = Proof.of(patch, failures, account) if words.prove else NO_PROOF
    for choice in patch.choices:
        _say(_line(choice))
    if not patch.changes:
        raise NothingToPatchError(
            f"There is nothing to patch in {machine.name}: no hint on its failures is a change "
            "that can be written down. sfn-digest report shows the hints there are."
        )
    _say(_validated(machine, patch))
    for line in proof.lines:
        _say(line)
    sys.stdout.write(written(patch, words.format))
    return 0 if proof.complete else 1


def _patch(
    words: argparse.Namespace, account: Account
) -> tuple[StateMachine, Patch, Sequence[Failure]]:
    run = Run(_request(words), account, read_rules(words.rules))
    found = scan(run)
    (machine,) = found.machines
    if machine.type == "EXPRESS":
        raise NothingToPatchError(
            f"There is nothing to patch in {machine.name}: it is an Express workflow, whose "
            "failures are not kept by Step Functions and so not weighed."
        )
    evidence = read_evidence(run, found)
    hints = weigh(evidence.definitions, found.failures, evidence.successes, run.request.window)
    for note in (*account.usage().notes, *evidence.notes):
        _say(note)
    if machine.arn not in evidence.definitions:
        raise NothingToPatchError(
            f"There is nothing to patch in {machine.name}: no failure of it was read since "
            f"{run.request.window.start:%Y-%m-%d %H:%M} UTC, or its definition may not be read."
        )
    unknown = sorted({number for number in words.hint if not 0 < number <= len(hints)})
    if unknown:
        raise BadRequestError(
            f"There is no hint {unknown[0]} on {machine.name}: it has {len(hints)}."
        )
    running = evidence.definitions[machine.arn]
    return machine, make_patch(machine.name, running, hints, words.hint), found.failures


def _request(words: argparse.Namespace) -> Request:
    # No state machine's name holds these, which would be a glob over names elsewhere.
    if set("*?[") & set(words.machine):
        raise BadRequestError(
            f"The state machine is {quoted(words.machine)}, which is no name: a patch is one "
            "state machine's, so give its name or ARN."
        )
    return Request(
        window=parse_window(words.since, words.until, now=datetime.now(UTC)),
        machines=(words.machine,),
        tag=parse_tag(words.tag),
        quota_share=parse_share(words.quota_share),
        successes=parse_successes(words.successes),
    )


def _validated(machine: StateMachine, patch: Patch) -> str:
    """What to say of Step Functions' own validation. Raises BadPatchError."""
    try:
        mistakes = mistakes_in(text_of(patch.patched), machine.type)
    except AccountError as error:
        return f"The patched definition was not validated: {error}"
    if mistakes:
        raise BadPatchError(
            f"Step Functions would not take the patched definition ({mistakes[0]}): leave hints "
            "out with --hint, and report this as a defect of sfn-digest."
        )
    return "Step Functions validated the patched definition."


def _line(choice: Choice) -> str:
    hint = f"{choice.hint.title}. {choice.hint.text}"
    if choice.left:
        return f"{choice.number}. Skipped, because {choice.left}: {hint}"
    return f"{choice.number}. Applied: {hint}"


def _say(text: str) -> None:
    sys.stderr.write(f"{text}\n")
