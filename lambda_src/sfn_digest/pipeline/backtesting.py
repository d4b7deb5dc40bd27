"""The backtest of one machine's changed definition: what it rests on, and its record."""

from collections.abc import Iterator
from functools import partial

from sfn_digest.aws import Account
from sfn_digest.errors import NothingToReplayError
from sfn_digest.i18n.message import Message
from sfn_digest.model.change import ChangeBacktest
from sfn_digest.model.executions import StateMachine
from sfn_digest.model.successes import Successes
from sfn_digest.pipeline.digest import scan
from sfn_digest.pipeline.evidence import MOST_PAGES
from sfn_digest.pipeline.failures import read_success
from sfn_digest.pipeline.run import Run
from sfn_digest.retry import Definition, read_definition


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
    from sfn_digest.retry.change.backtest import replay_change  # noqa: PLC0415

    replayed = replay_change(machine.arn, running, changed, failures, successes)
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


def _running(account: Account, machine: StateMachine) -> Definition:
    text = account.evidence.definition(machine.arn)
    try:
        return read_definition(text or "")
    except ValueError:
        raise NothingToReplayError(
            f"The definition of {machine.name} as it runs could not be read, so there is nothing "
            "to hold the change against: allow states:DescribeStateMachine."
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
            "{read} of {found} failures of {machine} were read; the figures are of these.",
            read=usage.failures_read,
            found=usage.failures_found,
            machine=machine.name,
        )
    yield from usage.notes
