"""A weighed retrier as a hint: its figures, its words, and the state with it."""

from sfn_digest.asl.definition import State
from sfn_digest.asl.edit import as_asl, retry_field
from sfn_digest.asl.matching import retrier_for
from sfn_digest.causes import noun
from sfn_digest.i18n.message import Message, ngettext, sentences
from sfn_digest.model.report import Hint
from sfn_digest.retry.backtest.advise import Advice
from sfn_digest.retry.backtest.estimate import Estimate
from sfn_digest.retry.hints.machine import MachineView, listed, shown, span

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
        added_attempts=max(0.0, estimate.added_attempts),
        patched=retry_field(state, estimate.retrier),
    )


def _title(state: State, advice: Advice) -> Message:
    if not advice.decided:
        return Message(
            "Learn whether {state} recovers from {cause}: {errors}",
            cause=noun(advice.cause) or advice.cause,
            state=shown(state.name),
            errors=listed(advice.errors),
        )
    now = retrier_for(state.retriers, advice.errors[0])
    longer = now is not None and now.attempts > 0
    return Message(
        "Retry longer after {cause}: {errors} in {state}"
        if longer
        else "Retry after {cause}: {errors} in {state}",
        cause=noun(advice.cause) or advice.cause,
        errors=listed(advice.errors),
        state=shown(state.name),
    )


def _decided(state: State, advice: Advice, incidents: int) -> Message:
    estimate, found = advice.estimate, advice.estimate.recovered
    seen = Message(
        "{settings}: about {likely:.0f} of {failures} ({incidents}) would have recovered, {low} "
        "to {high} at 95 %."
        if found.low
        else "{settings}: probably about {likely:.0f} of {failures} ({incidents}) would have "
        "recovered; they are too few to bound it.",
        settings=settings(estimate),
        likely=found.likely,
        failures=ngettext("{n} failure", "{n} failures", estimate.failures),
        incidents=ngettext("{n} incident", "{n} incidents", incidents),
        low=found.low,
        high=found.high,
    )
    return sentences(seen, _price(estimate), _now(state, advice))


def _price(estimate: Estimate) -> Message:
    """What it would have cost in attempts and in waiting."""
    attempts = estimate.added_attempts / max(1, estimate.failures)
    wait = estimate.added_wait / max(1, estimate.failures)
    more, longer = attempts >= 0, wait >= 0
    return Message(
        "It adds about {attempts:.1f} attempts and {wait} of waiting a failure."
        if more and longer
        else "It adds about {attempts:.1f} attempts and saves {wait} of waiting a failure."
        if more
        else "It saves about {attempts:.1f} attempts and adds {wait} of waiting a failure."
        if longer
        else "It saves about {attempts:.1f} attempts and {wait} of waiting a failure.",
        attempts=abs(attempts),
        wait=span(abs(wait)),
    )


def _learn(state: State, advice: Advice) -> Message:
    found = advice.estimate.recovered
    failures = advice.estimate.failures
    unsure = Message(
        "{failures} by {cause} in {state}: between {low} and {high} would recover with "
        "{settings}, so this data cannot decide. Set it for a week and the next digest can tell.",
        failures=ngettext("{n} failure", "{n} failures", failures),
        cause=noun(advice.cause) or advice.cause,
        state=shown(state.name),
        low=found.low,
        high=found.high,
        settings=settings(advice.estimate),
    )
    return sentences(unsure, _now(state, advice))


def _now(state: State, advice: Advice) -> Message:
    own = retrier_for(state.retriers, advice.errors[0])
    if own is None:
        return Message("Nothing retries it now.")
    if own.attempts == 0:
        return Message("Its retrier has MaxAttempts 0 now.")
    return Message(
        "Now it is MaxAttempts {attempts:d}, IntervalSeconds {interval:g}, BackoffRate {rate:g}.",
        attempts=own.attempts,
        interval=own.interval,
        rate=own.rate,
    )


def settings(estimate: Estimate) -> str:
    """A retrier's settings in a sentence: Amazon States Language in every language."""
    retrier = estimate.retrier
    cap = f", MaxDelaySeconds {retrier.max_delay:g}" if retrier.rate > 1 else ""
    jitter = ", JitterStrategy FULL" if retrier.full_jitter else ""
    return (
        f"MaxAttempts {retrier.attempts}, IntervalSeconds {retrier.interval:g}, "
        f"BackoffRate {retrier.rate:g}{cap}{jitter}"
    )
