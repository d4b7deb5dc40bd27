"""What hints rest on: definitions and successes, read for the machines that failed.

A definition costs a call, a success's history another, so both are read only where a hint may
come of them, and within a budget.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from sfn_digest import guard
from sfn_digest.adoption import Kept, mended_catchers, taken_up
from sfn_digest.asl.detours import may_be_left_out
from sfn_digest.aws import Account
from sfn_digest.aws.account_errors import FRUITLESS
from sfn_digest.i18n.message import Message, ngettext
from sfn_digest.model.executions import Failure
from sfn_digest.model.successes import Successes
from sfn_digest.pipeline.run import Run
from sfn_digest.pipeline.scope import Scanned
from sfn_digest.pipeline.success_reading import SuccessReading, budget, read_successes
from sfn_digest.retry import (
    Definition,
    evaluation_notes,
    read_definition,
    worth_reading,
)
from sfn_digest.retry.hints.machine import listed
from sfn_digest.retry.hints.timeouts import ended_by_timeout, lacking_timeout

MOST_MACHINES = 40
"""Machines that failed whose definitions are read at most."""
MOST_HINTED = 40
"""Machines with hints of earlier reports whose definitions are read beside them. Both together
take some more calls than the quota's burst holds at the default share, and so a few seconds."""
MOST_SECONDS = 300.0
"""How long all of it may take, whoever waits for it."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """What hints rest on beside the failures, by machine ARN, and what was left out of it."""

    definitions: Mapping[str, Definition]
    successes: Mapping[str, Successes]
    notes: tuple[Message, ...]


NO_EVIDENCE = Evidence({}, {}, ())


def read_evidence(run: Run, found: Scanned, kept: Sequence[Kept] = ()) -> Evidence:
    """The definitions of the machines with most failures, and the successes worth reading.

    So are those of machines with `kept` hints of earlier reports, failed or not: the definition,
    and where it has taken up a hint, the successes. It ends at the run's deadline for it, or after
    some minutes, with what was read.
    """
    deadline = min(run.deadlines.evidence, run.account.now() + MOST_SECONDS)
    account, failures = run.account.until(deadline), found.standard_failures
    by_arn = {machine.arn: machine for machine in found.machines}
    chosen = _most_failures_first(failures)
    hinted = [arn for arn in _adopted_first(kept) if arn in by_arn and arn not in chosen]
    described = (*chosen[:MOST_MACHINES], *hinted[:MOST_HINTED])
    definitions, undescribed = _definitions(run, account, described, failures)
    telling = (*worth_reading(definitions, failures), *taken_up(kept, definitions))
    sampled = ended_by_timeout(definitions, failures) | mended_catchers(kept, definitions)
    successes, not_evaluated = read_successes(
        SuccessReading(run, account, budget(failures), sampled, _doubtful(definitions, failures)),
        [by_arn[arn] for arn in dict.fromkeys(telling) if arn in by_arn],
        [by_arn[arn] for arn in definitions if arn in by_arn and lacking_timeout(definitions[arn])],
    )
    notes = (
        *_fewer(len(chosen[MOST_MACHINES:])),
        *_unjudged(len(hinted[MOST_HINTED:])),
        *undescribed,
        *_changed(definitions, failures),
        *_read(successes),
        *not_evaluated,
        *(evaluation_notes(failures, successes) if successes else ()),
    )
    return Evidence(definitions, successes, notes)


def _most_failures_first(failures: Sequence[Failure]) -> Sequence[str]:
    failed = Counter(failure.execution.machine_arn for failure in failures)
    return [arn for arn, _ in sorted(failed.items(), key=lambda item: (-item[1], item[0]))]


def _doubtful(
    definitions: Mapping[str, Definition], failures: Sequence[Failure]
) -> Mapping[str, Sequence[datetime]]:
    """By machine ARN, when executions began that failed in a state that others may succeed without:
    whether the next one visited it, its history tells.
    """
    found: dict[str, list[datetime]] = defaultdict(list)
    for failure in failures:
        arn, state = failure.execution.machine_arn, failure.state
        if state and arn in definitions and may_be_left_out(definitions[arn], state):
            found[arn].append(failure.execution.started_at)
    return found


def _adopted_first(kept: Sequence[Kept]) -> Sequence[str]:
    """The machines with kept hints: first those of which an adopted one is being judged."""
    ordered = sorted(kept, key=lambda hint: hint.adopted_at is None)
    return list(dict.fromkeys(hint.machine_arn for hint in ordered))


def _definitions(
    run: Run, account: Account, arns: Sequence[str], failures: Sequence[Failure]
) -> tuple[dict[str, Definition], tuple[Message, ...]]:
    """The definitions by ARN, until AWS gives none any more, and what is to be said then."""
    found: dict[str, Definition] = {}
    for at, arn in enumerate(arns):
        ran = {f.execution.machine_version_arn for f in failures if f.execution.machine_arn == arn}
        version = ran.pop() if len(ran) == 1 else None
        try:
            text = account.evidence.definition(arn, version)
        except FRUITLESS as error:
            names = [each.rsplit(":", 1)[1] for each in arns[at:]]
            return found, (
                Message(
                    "There are no hints for {machines}: {error}",
                    machines=listed(names),
                    error=error.sentence,
                ),
            )
        if text is not None:
            definition = run.guard.result_of(guard.DEFINITION, partial(read_definition, text), None)
            if definition is not None:
                found[arn] = definition
    return found, ()


def _fewer(left: int) -> Iterator[Message]:
    if left:
        yield Message(
            "Hints cover the {most} state machines with the most failures; {left} others were"
            " left out.",
            most=MOST_MACHINES,
            left=left,
        )


def _unjudged(left: int) -> Iterator[Message]:
    if left:
        yield Message(
            "Adoption of earlier hints was checked in {most} state machines; {left} others "
            "were left out.",
            most=MOST_HINTED,
            left=left,
        )


def _changed(
    definitions: Mapping[str, Definition], failures: Sequence[Failure]
) -> Iterator[Message]:
    """Say which states that failed are not in the definition that was read."""
    gone: dict[str, set[str]] = {}
    for failure in failures:
        arn, state = failure.execution.machine_arn, failure.state
        if arn in definitions and state is not None and state not in definitions[arn].states:
            gone.setdefault(arn, set()).add(state)
    for arn, states in sorted(gone.items()):
        yield Message(
            "The definition of {machine} no longer has {states}, so there are no hints for what "
            "failed there.",
            states=listed(sorted(states)),
            machine=listed([arn.rsplit(":", 1)[1]]),
        )


def _read(successes: Mapping[str, Successes]) -> Iterator[Message]:
    if successes:
        yield Message(
            "To evaluate retries, {listed} successes of {machines} were listed and {read} of "
            "their histories were read.",
            listed=sum(len(each.listed) for each in successes.values()),
            machines=ngettext("{n} state machine", "{n} state machines", len(successes)),
            read=sum(len(each.read) for each in successes.values()),
        )
