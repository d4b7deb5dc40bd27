"""Evaluates every Retry on what really happened: from failures and successes to hints."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial

from sfn_digest.asl.definition import Definition, read_retrier
from sfn_digest.asl.ecs_branch import can_branch
from sfn_digest.i18n.message import Message, sentences
from sfn_digest.model.executions import Failure, Window
from sfn_digest.model.report import Hint
from sfn_digest.model.successes import Successes
from sfn_digest.retry.backtest.policies import FEW, MOST_ATTEMPTS
from sfn_digest.retry.change.holders import Chains, Ladder, outside
from sfn_digest.retry.hints.dead_retriers import KIND as DEAD
from sfn_digest.retry.hints.dead_retriers import dead_retriers
from sfn_digest.retry.hints.ecs_tasks import BRANCH, ecs_tasks
from sfn_digest.retry.hints.herds import herds, payloads
from sfn_digest.retry.hints.machine import MachineView, listed, shown, span
from sfn_digest.retry.hints.plans import agreed, fit_to_tell, identified, planned
from sfn_digest.retry.hints.ranking import best_first
from sfn_digest.retry.hints.spot_tasks import ON_SPOT, on_demand_after_spot
from sfn_digest.retry.hints.stop_retrying import wasted_retries
from sfn_digest.retry.hints.timeouts import limits
from sfn_digest.retry.observations.clean_visits import WhenAsked
from sfn_digest.retry.observations.incidents import Incidents
from sfn_digest.retry.observations.observed_states import (
    StateEvidence,
    gather,
    retries_that_fit,
)
from sfn_digest.retry.observations.shared_outages import Company
from sfn_digest.retry.terms import Terms, longest_holds

MOST_STATES = 40
"""The states with most failures whose retries are evaluated; the time it takes is theirs."""
_ALONE = (dead_retriers, ecs_tasks, herds, payloads)
"""What failures and definitions bear out alone; they say less where no success is known."""


def evaluate(
    definitions: Mapping[str, Definition],
    failures: Iterable[Failure],
    successes: Mapping[str, Successes],
    window: Window,
    terms: Terms | None = None,
    incidents: Incidents | None = None,
) -> tuple[Hint, ...]:
    """The hints on some machines, those that would save most first.

    `definitions` and `successes` are by machine ARN; machines without a definition get no hints,
    and those without successes only what failures and definitions bear out alone: retries that
    helped are in the successes. Failures that ended outside the window are left out. `incidents`
    are those of all failures, where there are more. The same arguments give the same hints.
    """
    known = [
        each
        for each in failures
        if each.execution.machine_arn in definitions and each.execution.stopped_at in window
    ]
    evidence = gather(definitions, known, successes)
    views = list(_views(definitions, known, evidence, successes, incidents or Incidents(evidence)))
    hints = [hint for view in views for find in _ALONE for hint in find(view)]
    branched = {(hint.machine_arn, hint.state) for hint in hints if hint.kind == BRANCH}
    branched |= on_demand_after_spot(views)
    terms = terms or Terms()
    deadlines = terms.deadlines_of(views)
    whole = _whole(evidence, definitions, known, successes)
    company = Company(whole.values())
    for view in views:
        if view.successes_known:
            hints += wasted_retries(view)
            deadline = deadlines[view.arn]
            found = successes[view.arn]
            hints += _evaluated(view, whole, definitions, terms, deadline, branched, company, found)
    held = longest_holds(definitions, _holds(hints), deadlines)
    hints += [hint for view in views for hint in limits(view, held)]
    fit = [fit_to_tell(_in_time(hint, deadlines[hint.machine_arn])) for hint in agreed(hints)]
    return best_first(planned(identified(fit), definitions))


def _holds(hints: Iterable[Hint]) -> Mapping[str, float]:
    """The longest that a hinted retrier may hold an execution of each machine, by its ARN."""
    longest: dict[str, float] = defaultdict(float)
    for hint in hints:
        if hint.cost is not None:
            longest[hint.machine_arn] = max(longest[hint.machine_arn], hint.cost.hold_seconds)
    return longest


def _in_time(hint: Hint, deadline: float) -> Hint:
    """The hint without its change, where that would bring a retrier to life that holds
    executions for longer than they may be.
    """
    asl = hint.retrier
    if hint.kind != DEAD or asl is None or read_retrier(asl).longest_wait <= deadline:
        return hint
    long = Message(
        "As written, it would hold an execution for longer than {deadline}: shorten it.",
        deadline=span(deadline),
    )
    return replace(hint, retrier=None, patched=None, text=sentences(hint.text, long))


def evaluation_notes(
    failures: Iterable[Failure], successes: Mapping[str, Successes]
) -> tuple[Message, ...]:
    """What the hints leave out, in whole sentences for the report's coverage."""
    states = {(f.execution.machine_arn, f.state) for f in failures if f.state is not None}
    notes = []
    if len(states) > MOST_STATES:
        notes.append(
            Message(
                "Retries were evaluated for the {most} states with the most failures; {fewer}"
                " others were left out.",
                most=MOST_STATES,
                fewer=len(states) - MOST_STATES,
            )
        )
    cut = sorted(
        shown(arn.rsplit(":", 1)[-1]) for arn, s in successes.items() if s.read and not s.complete
    )
    if cut:
        notes.append(
            Message(
                "Only the newest successes of {machines} were listed, so their retries are "
                "evaluated on less data.",
                machines=listed(cut),
            )
        )
    return tuple(notes)


def _views(
    definitions: Mapping[str, Definition],
    failures: Sequence[Failure],
    evidence: Sequence[StateEvidence],
    successes: Mapping[str, Successes],
    incidents: Incidents,
) -> Iterator[MachineView]:
    failed: dict[str, list[Failure]] = defaultdict(list)
    states: dict[str, dict[str, StateEvidence]] = defaultdict(dict)
    for failure in failures:
        failed[failure.execution.machine_arn].append(failure)
    for each in evidence:
        states[each.machine][each.state] = each
    for arn, definition in sorted(definitions.items()):
        yield MachineView(
            arn=arn,
            definition=definition,
            failures=failed[arn],
            evidence=states[arn],
            incidents=incidents,
            successes_known=_is_known(successes.get(arn)),
            took=WhenAsked(partial(_took, successes.get(arn))),
        )


def _took(found: Successes | None) -> list[float]:
    retried = {each.execution.arn for each in found.read if each.failed} if found else set()
    return [
        (each.stopped_at - each.started_at).total_seconds()
        for each in (found.listed if found else ())
        if not each.redrive_count and each.arn not in retried
    ]


def _is_known(found: Successes | None) -> bool:
    return found is not None and bool(found.read or (found.complete and not found.listed))


def _busiest(evidence: Iterable[StateEvidence]) -> frozenset[tuple[str, str]]:
    """The states that are evaluated, by machine and name."""
    failing = [each for each in evidence if any(visit.fatal for visit in each.visits)]
    failing.sort(key=lambda each: (-len(each.visits), each.machine, each.state))
    return frozenset((each.machine, each.state) for each in failing[:MOST_STATES])


def _whole(
    evidence: Sequence[StateEvidence],
    definitions: Mapping[str, Definition],
    failures: Iterable[Failure],
    successes: Mapping[str, Successes],
) -> Mapping[tuple[str, str], StateEvidence]:
    """The evidence on the states that are evaluated, by machine and name, where a Retry around one
    makes a single visit of those in all its runs.
    """
    ended_by = {each.execution.arn: each.state for each in failures}
    known = [each for each in evidence if _is_known(successes.get(each.machine))]
    busiest, found = _busiest(known), {}
    for each in known:
        key, definition = (each.machine, each.state), definitions[each.machine]
        if key in busiest:
            state = definition.states.get(each.state)
            held = state is not None and Ladder(definition, state).height > 1
            chains = Chains(each, definition, ended_by, successes[each.machine]) if held else None
            found[key] = chains.evidence if chains else each
    return found


def _most_retries(evidence: StateEvidence, few: Collection[str]) -> Mapping[str, int]:
    """The most retries by cause: what the history has room for, and few of some causes."""
    fits = retries_that_fit(evidence)
    causes = {each.cause for visit in evidence.visits for each in visit.attempts}
    return {cause: min(fits, FEW if cause in few else MOST_ATTEMPTS) for cause in causes}


def _evaluated(
    view: MachineView,
    whole: Mapping[tuple[str, str], StateEvidence],
    known: Collection[str],
    terms: Terms,
    deadline: float,
    branched: Collection[tuple[str, str | None]],
    company: Company,
    successes: Successes,
) -> Iterator[Hint]:
    """Hints on a machine's states, save where a known child machine is the one to change.

    In the states that are `branched`, or are to be, a few retries go before capacity on demand.
    """
    for name in view.evidence:
        state, evidence = view.definition.states.get(name), whole.get((view.arn, name))
        if state is None or evidence is None or state.child in known:
            continue
        # NumPy is only loaded where a retrier is evaluated: most runs of the command need none.
        from sfn_digest.retry.backtest.advise import advise  # noqa: PLC0415
        from sfn_digest.retry.backtest.retrier_choice import LastHint  # noqa: PLC0415
        from sfn_digest.retry.hints.retry_longer import hint_of  # noqa: PLC0415
        from sfn_digest.retry.outages.sampler import Effort  # noqa: PLC0415

        told = terms.hinted_in(view.arn, name).items()
        hinted = {cause: LastHint(read_retrier(asl), stood) for cause, (asl, stood) in told}
        follows = (view.arn, name) in branched and can_branch(state)
        for advice in advise(
            evidence,
            Effort.shared_by(len(whole)),
            deadline=deadline,
            hinted=hinted,
            most=_most_retries(evidence, few=ON_SPOT if follows else ()),
            company=company,
            retriers=state.retriers,
            around=outside(view.definition, state, successes),
        ):
            # Capacity on demand heals what retries on Spot would first have to be tried on.
            if not (on_demand := follows and advice.cause in ON_SPOT) or advice.heals_most:
                yield hint_of(view, state, advice, on_demand_follows=on_demand)
