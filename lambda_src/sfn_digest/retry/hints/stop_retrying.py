"""Retries of what never heals: what they cost, how to stop them, and what to read before."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence

from sfn_digest.asl.definition import Definition, Retrier, State
from sfn_digest.asl.edit import as_asl, retry_field
from sfn_digest.asl.matching import ALL, TASK_FAILED, TIMEOUT
from sfn_digest.causes import noun
from sfn_digest.i18n.message import Message, ngettext, sentences
from sfn_digest.model.executions import Failure
from sfn_digest.model.report import Hint
from sfn_digest.retry.hints.machine import (
    DOLLARS_PER_TRANSITION,
    MachineView,
    about,
    hint_on,
    listed,
    shown,
)
from sfn_digest.retry.observations.shared_outages import spells
from sfn_digest.retry.observations.visits import Visit, visits_of_failure

STOP, TIMED_OUT = "stop_retrying", "timeout_retried"
LEAST_ATTEMPTS = 3
"""Wasted retries from which on a permanent cause or a timeout is worth a hint."""
LEAST_EXECUTIONS = 3
"""Executions that have to have retried it in vain before a hint is sure: one may be bad luck."""
LEAST_UNCERTAIN = 20
"""The wasted retries where the cause may pass."""
LEAST_OCCASIONS, LEAST_UNCERTAIN_OCCASIONS = 3, 5
"""Spells of failures, with successes between them, in which a timeout, or what may pass, was
retried in vain: what fails in one outage fails together, and recovers together when it ends."""
_BROAD = frozenset({ALL, TASK_FAILED})
_A_CENT = 0.01


def wasted_retries(view: MachineView) -> Iterator[Hint]:
    """A hint for each state and cause of which no retry ever succeeded."""
    for state in view.definition.states.values():
        by_cause: dict[str, list[Visit]] = defaultdict(list)
        for visit in view.visits(state.name):
            by_cause[visit.last.cause].append(visit)
        for cause, visits in sorted(by_cause.items()):
            if _is_waste(view, state, cause, visits):
                yield _hint(view, state, cause, [v for v in visits if v.retries])


def _is_waste(view: MachineView, state: State, cause: str, visits: Sequence[Visit]) -> bool:
    if any(v.recovered_at is not None or v.redriven_at is not None or v.unclear for v in visits):
        return False
    natures = {each.nature for visit in visits for each in visit.attempts}
    retries = sum(v.retries for v in visits)
    if "transient" in natures or retries < LEAST_ATTEMPTS:
        return False
    if natures == {"permanent"}:
        return True
    occasions = _occasions(view, state, visits)
    if cause == "timeout_task":
        return occasions >= LEAST_OCCASIONS
    return retries >= LEAST_UNCERTAIN and occasions >= LEAST_UNCERTAIN_OCCASIONS


def _occasions(view: MachineView, state: State, visits: Iterable[Visit]) -> int:
    """The spells of failures in which a retry was seen in vain."""
    return len(spells(view.evidence[state.name], (v for v in visits if v.retries)))


def _hint(view: MachineView, state: State, cause: str, visits: Sequence[Visit]) -> Hint:
    attempts = sum(visit.retries for visit in visits)
    seconds = sum(visit.waited for visit in visits)
    errors = tuple(sorted({each.error for v in visits for each in v.attempts if each.error}))
    shared = [
        other
        for other in view.visits(state.name)
        if other.last.cause != cause and other.last.error in errors
    ]
    broad = not _BROAD.isdisjoint(errors)
    never = Retrier(errors, attempts=0) if errors and not shared and not broad else None
    permanent = all(each.nature == "permanent" for visit in visits for each in visit.attempts)
    executions = len({visit.execution for visit in visits})
    return hint_on(
        view,
        state.name,
        visits,
        kind=TIMED_OUT if cause == "timeout_task" else STOP,
        cause=cause,
        errors=errors,
        retrier=as_asl(never) if never else None,
        title=Message(
            "Stop retrying {errors} in {state}",
            errors=listed(errors) if never else noun(cause) or cause,
            state=shown(state.name),
        ),
        text=sentences(
            _seen(state, attempts, seconds),
            _why(executions) if permanent else _bound(_occasions(view, state, visits)),
            _ending(state, errors, never, shared),
        ),
        sure="sure" if permanent and executions >= LEAST_EXECUTIONS else "likely",
        failed_attempts=attempts,
        hours=seconds / 3600,
        dollars=attempts * DOLLARS_PER_TRANSITION,
        patched=retry_field(state, never) if never else None,
    )


def _seen(state: State, attempts: int, seconds: float) -> Message:
    dollars = attempts * DOLLARS_PER_TRANSITION
    return Message(
        "None of {retries} in {state} succeeded; they cost {span}."
        if dollars < _A_CENT
        else "None of {retries} in {state} succeeded; they cost {span} and ${dollars:.2f} in state"
        " transitions.",
        retries=ngettext("{n} retry", "{n} retries", attempts),
        state=shown(state.name),
        span=about(seconds),
        dollars=dollars,
    )


def _bound(occasions: int) -> Message:
    """How often such retries may help at most, since none of so many did."""
    return Message(
        "This was seen on {occasions:d} separate occasions, so at most {bound:.0%} of such "
        "executions recover (95% confidence).",
        occasions=occasions,
        bound=1 - 0.05 ** (1 / occasions),
    )


def _why(executions: int) -> Message:
    """What the hint rests on: what the error says, and how often retries were seen in vain."""
    if executions >= LEAST_EXECUTIONS:
        return Message("The cause does not go away by itself.")
    return ngettext(
        "The error suggests that it does not go away by itself, but only {n} execution has "
        "retried it so far.",
        "The error suggests that it does not go away by itself, but only {n} executions have "
        "retried it so far.",
        executions,
    )


def _ending(
    state: State, errors: Sequence[str], never: Retrier | None, shared: Sequence[Visit]
) -> Message:
    """How to end such retries: by the errors' names, or by the cause where they say too little."""
    own = any(set(each.errors) == set(errors) for each in state.retriers)
    return Message(
        "To stop this, set MaxAttempts 0 on the retrier for {errors}."
        if never and own
        else "To stop this, add a retrier for {errors} with MaxAttempts 0 before the current one."
        if never
        else "Other causes also raise {errors}, so catch it instead of retrying it, and let a "
        "Choice on the cause decide what to retry."
        if shared
        else "{errors} may have other causes too, so catch it instead of retrying it, and let a "
        "Choice on the cause decide what to retry.",
        errors=listed(errors),
    )


def worth_reading(
    definitions: Mapping[str, Definition], failures: Iterable[Failure]
) -> tuple[str, ...]:
    """The machines by ARN whose successes may bear out a hint, the most promising first.

    Those are machines with attempts that failed by what may pass, by a timeout, or in vain often
    enough to stop them. A state that starts a known child machine does not count: the child
    is the one to change.
    """
    may_heal: Counter[str] = Counter()
    retries: Counter[str] = Counter()
    for failure in failures:
        definition = definitions.get(failure.execution.machine_arn)
        for visit in visits_of_failure(failure, definition):
            state = definition.states.get(visit.state) if definition else None
            if state is not None and state.child not in definitions:
                may_heal[visit.machine] += _may_heal(visit)
                retries[visit.machine] += visit.retries
    promising = [arn for arn in retries if may_heal[arn] or retries[arn] >= LEAST_ATTEMPTS]
    return tuple(sorted(promising, key=lambda arn: (-may_heal[arn], -retries[arn], arn)))


def _may_heal(visit: Visit) -> bool:
    return any(each.nature == "transient" or each.error == TIMEOUT for each in visit.attempts)
