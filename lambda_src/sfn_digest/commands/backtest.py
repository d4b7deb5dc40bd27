"""`sfn-digest backtest`: what a changed definition would have recovered and lost."""

import argparse
import sys
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path

from sfn_digest.asl.infrastructure_code import FoundDefinition, NoDefinitionError, definitions_in
from sfn_digest.aws import Account, open_account
from sfn_digest.commands.extras import need
from sfn_digest.commands.parsed_request import request_of
from sfn_digest.config.request import Request, parse_language
from sfn_digest.config.rules_file import read_rules
from sfn_digest.config.text_file import text_of
from sfn_digest.errors import BadDefinitionError, BadRequestError, NothingToReplayError
from sfn_digest.i18n.message import Message
from sfn_digest.i18n.sanitize import quoted
from sfn_digest.model.change import ChangeBacktest
from sfn_digest.model.executions import StateMachine
from sfn_digest.model.map_runs import SeenMapRun
from sfn_digest.model.successes import Successes
from sfn_digest.pipeline.failure_reading import scan
from sfn_digest.pipeline.failures import read_success
from sfn_digest.pipeline.map_run_failures import note_map_runs, read_map_runs
from sfn_digest.pipeline.run import Run
from sfn_digest.pipeline.scope import Scanned
from sfn_digest.pipeline.success_reading import MOST_PAGES
from sfn_digest.pipeline.texts import texts_in
from sfn_digest.report.change import show_change, would_lose
from sfn_digest.retry import Definition, read_definition
from sfn_digest.terminal.progress_lines import terminal_progress


def backtest(run: Run, changed: Definition) -> ChangeBacktest:
    """Replay the window of the one machine that the run asks for under a changed definition.

    Raises NothingToReplayError for an Express workflow, and where its definition may not be read.
    """
    found = scan(run)
    (machine,) = found.machines
    if machine.type == "EXPRESS":
        raise NothingToReplayError(
            f"{machine.name} is an Express workflow, whose attempts Step Functions does not keep: "
            "a backtest needs a Standard workflow."
        )
    running = _running(run.account, machine)
    failures = [each for each in found.failures if each.execution.stopped_at in run.request.window]
    successes = _successes(run, machine)
    # NumPy takes a while to load, and only what is replayed needs it.
    from sfn_digest.retry.change.definition_backtest import replay_change  # noqa: PLC0415

    replayed = replay_change(
        machine.arn, running, changed, failures, successes, _map_runs(run, found, running)
    )
    return ChangeBacktest(
        machine_arn=machine.arn,
        machine=machine.name,
        window=run.request.window,
        failures=len(failures),
        successes=len(successes.listed) if successes else 0,
        states=replayed.states,
        outcome=replayed.outcome,
        notes=(*_unread(run.account, machine), *replayed.notes),
    )


def _map_runs(run: Run, found: Scanned, running: Definition) -> list[SeenMapRun]:
    """The failed Map runs of its Distributed Maps, as far as they could be read."""
    if not any(state.distributed for state in running.states.values()):
        return []
    seen = read_map_runs(run, found)
    note_map_runs(run, seen)
    return [SeenMapRun(each.run, each.state, each.children) for each in seen.runs if each.state]


def _running(account: Account, machine: StateMachine) -> Definition:
    text = account.evidence.definition(machine.arn)
    try:
        return read_definition(text or "")
    except ValueError:
        raise NothingToReplayError(
            f"The definition of {machine.name} as it runs could not be read, so there is "
            "nothing to compare the change with: allow states:DescribeStateMachine."
        ) from None


def _successes(run: Run, machine: StateMachine) -> Successes | None:
    most = run.request.successes
    if not most:
        return None
    return run.account.evidence.successes(
        machine,
        run.request.window,
        partial(read_success, rules=run.rules),
        most_pages=MOST_PAGES,
        most_histories=most,
    )


def _unread(account: Account, machine: StateMachine) -> Iterator[Message]:
    usage = account.usage()
    if usage.failures_read < usage.failures_found:
        yield Message(
            "{read} of {found} failures of {machine} were read; the figures cover only these.",
            read=usage.failures_read,
            found=usage.failures_found,
            machine=machine.name,
        )
    yield from usage.notes


LOSS = 3


def run(words: argparse.Namespace) -> int:
    """Make the backtest and show it; gives the exit status.

    Raises BadDefinitionError for a file without the definition, NothingToReplayError where there
    is no history.
    """
    if words.format == "terminal":
        need("rich", "--format terminal")
    found = chosen(read_definitions(Path(words.definition)), words.resource, words.definition)
    request, rules = _request(words, found), read_rules(words.rules)
    texts = texts_in(parse_language(words.language), rules)
    with terminal_progress() as progress:
        account = open_account(request.quota_share, progress)
        made = backtest(Run(request, account, rules), read_definition(found.asl))
    show_change(made, words.format, texts, sys.stdout)
    return LOSS if words.fail_on_loss and would_lose(made) else 0


def read_definitions(path: Path) -> list[FoundDefinition]:
    """The definitions in a file. Raises BadDefinitionError."""
    text = text_of(path, BadDefinitionError, "a file with a definition")
    try:
        return definitions_in(text)
    except NoDefinitionError as error:
        raise BadDefinitionError(
            f"{quoted(str(path))} {error}: give Amazon States Language, a synthesized template, or "
            "what terraform show -json writes."
        ) from None


def chosen(found: Sequence[FoundDefinition], resource: str | None, file: str) -> FoundDefinition:
    """The definition that is meant, of those in a file. Raises BadDefinitionError."""
    named = [each for each in found if resource in (None, each.resource, each.name)]
    if len(named) == 1:
        return named[0]
    known = ", ".join(quoted(each.resource) for each in found if each.resource)
    if not named:
        there = f"it holds {known}" if known else "it is one definition, which has no name"
        raise BadDefinitionError(f"{quoted(file)} holds no {quoted(str(resource))}: {there}.")
    raise BadDefinitionError(
        f"{quoted(file)} holds {len(named)} state machines: name one with --resource, of {known}."
    )


def _request(words: argparse.Namespace, found: FoundDefinition) -> Request:
    machine = words.machine or found.name
    if not machine:
        raise BadRequestError(
            "The file does not say which state machine this is: name the one that runs with "
            "--machine."
        )
    if set("*?[") & set(machine):
        raise BadRequestError(
            f"The state machine is {quoted(machine)}, which is not a name: a backtest covers "
            "one state machine, so give its name or ARN."
        )
    return request_of(words, (machine,))
