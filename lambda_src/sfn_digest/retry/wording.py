"""A weighed retrier as a hint: its figures, its words, and the state with it."""

from sfn_digest.report.model import Hint
from sfn_digest.retry.advise import Advice
from sfn_digest.retry.asl import State
from sfn_digest.retry.estimate import Estimate
from sfn_digest.retry.matching import retrier_for
from sfn_digest.retry.patch import as_asl, with_retrier
from sfn_digest.retry.view import MachineView, listed, plural, shown, span

RETRY, LEARN = "retry", "learn_first"


def hint_of(view: MachineView, state: State, advice: Advice) -> Hint:
    """The hint to retry, or where data cannot decide, the one to learn first."""
    estimate = advice.estimate
    incidents = view.incidents_of(advice.own) if advice.own else 0
    return Hint(
        kind=RETRY if advice.decided else LEARN,
        machine_arn=view.arn,
        state=state.name,
        cause=advice.cause,
        errors=advice.errors,
        retrier=as_asl(estimate.retrier),
        failures=estimate.failures,
        incidents=incidents,
        recovered=estimate.recovered,
        added_wait_seconds=max(0.0, estimate.added_wait),
        title=_title(state, advice),
        text=_decided(state, advice, incidents) if advice.decided else _learn(state, advice),
        sure="likely" if advice.decided else "learn",
        added_tries=max(0.0, estimate.added_tries),
        patched=with_retrier(state, estimate.retrier),
    )


def _title(state: State, advice: Advice) -> str:
    if not advice.decided:
        return f"Learn whether {shown(state.name)} recovers from {listed(advice.errors)}"
    now = retrier_for(state.retriers, advice.errors[0])
    again = "Retry" if now is None or now.attempts == 0 else "Retry longer"
    return f"{again}: {listed(advice.errors)} in {shown(state.name)}"


def _decided(state: State, advice: Advice, incidents: int) -> str:
    estimate, found = advice.estimate, advice.estimate.recovered
    return (
        f"{settings(estimate)}: about {found.likely:.0f} of {plural(estimate.failures, 'failure')} "
        f"({plural(incidents, 'incident')}) would have recovered, {found.low} to {found.high} at "
        f"95 %. {_price(estimate)} {_now(state, advice)}"
    )


def _price(estimate: Estimate) -> str:
    """What it would have cost in tries and in waiting."""
    tries = estimate.added_tries / max(1, estimate.failures)
    wait = estimate.added_wait / max(1, estimate.failures)
    first, second = ("adds" if each >= 0 else "saves" for each in (tries, wait))
    joint = "and" if first == second else f"and {second}"
    return (
        f"It {first} about {abs(tries):.1f} tries {joint} {span(abs(wait))} of waiting a failure."
    )


def _learn(state: State, advice: Advice) -> str:
    found = advice.estimate.recovered
    return (
        f"{plural(advice.estimate.failures, 'failure')} by {advice.cause} in {shown(state.name)}: "
        f"between {found.low} and {found.high} would recover with {settings(advice.estimate)}, so "
        f"this data cannot decide. Set it for a week and the next digest can tell. "
        f"{_now(state, advice)}"
    )


def _now(state: State, advice: Advice) -> str:
    own = retrier_for(state.retriers, advice.errors[0])
    if own is None:
        return "Nothing retries it now."
    if own.attempts == 0:
        return "Its retrier has MaxAttempts 0 now."
    return (
        f"Now it is MaxAttempts {own.attempts}, IntervalSeconds {own.interval:g}, "
        f"BackoffRate {own.rate:g}."
    )


def settings(estimate: Estimate) -> str:
    """A retrier's settings in a sentence."""
    retrier = estimate.retrier
    cap = f", MaxDelaySeconds {retrier.max_delay:g}" if retrier.rate > 1 else ""
    jitter = ", JitterStrategy FULL" if retrier.full_jitter else ""
    return (
        f"MaxAttempts {retrier.attempts}, IntervalSeconds {retrier.interval:g}, "
        f"BackoffRate {retrier.rate:g}{cap}{jitter}"
    )
