"""A retrier as a hint: its figures, its words, and the state with it."""

from collections.abc import Iterator
from dataclasses import replace

from sfn_digest.asl.definition import Retrier, State
from sfn_digest.asl.edit import as_asl, retry_field
from sfn_digest.asl.handling import retriers_on_the_way
from sfn_digest.asl.matching import retrier_for
from sfn_digest.causes import noun
from sfn_digest.i18n.message import Message, Msgid, ngettext, sentences
from sfn_digest.model.report import Hint
from sfn_digest.retry.backtest.advise import Advice
from sfn_digest.retry.backtest.estimate import RetrierEstimate
from sfn_digest.retry.hints.machine import MachineView, about, at_most, listed, shown

RETRY, LEARN = "retry", "learn_first"


def hint_of(
    view: MachineView, state: State, advice: Advice, *, on_demand_follows: bool = False
) -> Hint:
    """The hint to retry, or where data cannot decide, the one to learn first.

    `on_demand_follows`: another hint has what the retries leave run on demand.
    """
    estimate = advice.estimate
    incidents = view.incidents.count(advice.own)
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
        text=_text(view, state, advice, incidents, on_demand_follows=on_demand_follows),
        sure="likely" if advice.decided else "learn",
        added_attempts=max(0.0, estimate.cost.attempts),
        patched=retry_field(state, estimate.retrier),
        cost=replace(estimate.cost, standing=advice.standing),
    )


def _title(state: State, advice: Advice) -> Message:
    if not advice.decided:
        words = Msgid("Find out whether {state} recovers from {cause}: {errors}")
    else:
        words = change_of(retrier_for(state.retriers, advice.errors[0]), advice.estimate.retrier)
    return Message(
        words,
        cause=noun(advice.cause) or advice.cause,
        errors=listed(advice.errors),
        state=shown(state.name),
    )


def change_of(now: Retrier | None, then: Retrier) -> Msgid:
    """What the new retrier does that the one of now does not."""
    if now is None or now.attempts == 0:
        return Msgid("Retry after {cause}: {errors} in {state}")
    if _usual_wait(then) > _usual_wait(now):
        return Msgid("Retry longer after {cause}: {errors} in {state}")
    if then.attempts > now.attempts:
        return Msgid("Retry more often after {cause}: {errors} in {state}")
    return Msgid("Retry sooner after {cause}: {errors} in {state}")


def _usual_wait(retrier: Retrier) -> float:
    """Seconds that all its delays take on average, which with jitter is half of the most."""
    return retrier.longest_wait * (0.5 if retrier.full_jitter else 1.0)


def _text(
    view: MachineView, state: State, advice: Advice, incidents: int, *, on_demand_follows: bool
) -> Message:
    seen = _decided(advice, incidents) if advice.decided else _learn(state, advice)
    beyond = () if on_demand_follows else _beyond(advice)
    own = retrier_for(state.retriers, advice.errors[0])
    price = _price(advice.estimate, retried=own is not None and own.attempts > 0)
    again = _again(view, state, advice.errors[0])
    return sentences(seen, _now(own), price, *again, *beyond)


def _again(view: MachineView, state: State, error: str) -> Iterator[Message]:
    """What a Retry around the state makes of its retries, which what it costs has in it."""
    way = retriers_on_the_way(view.definition, state, error)
    for name, around in zip(reversed(state.holders), way[1:], strict=False):
        if around is not None and around.attempts:
            yield ngettext(
                "If they fail, the Retry of {around} makes them all again once.",
                "If they fail, the Retry of {around} makes them all again, up to {n} times.",
                around.attempts,
                around=shown(name),
            )


def _decided(advice: Advice, incidents: int) -> Message:
    estimate, found = advice.estimate, advice.estimate.recovered
    return Message(
        "About {likely:.0f} of {failures} ({incidents}) would have recovered (95% interval: "
        "{low}\N{EN DASH}{high}) with {settings}.",
        settings=settings(estimate),
        likely=found.likely,
        failures=ngettext("{n} failure", "{n} failures", estimate.failures),
        incidents=ngettext("{n} incident", "{n} incidents", incidents),
        low=found.low,
        high=found.high,
    )


def _learn(state: State, advice: Advice) -> Message:
    found = advice.estimate.recovered
    return Message(
        "{failures} due to {cause} in {state}: between {low} and {high} would recover with "
        "{settings}, so the data is inconclusive. Set it for a week, and the next digest can "
        "tell.",
        failures=ngettext("{n} failure", "{n} failures", advice.estimate.failures),
        cause=noun(advice.cause) or advice.cause,
        state=shown(state.name),
        low=found.low,
        high=found.high,
        settings=settings(advice.estimate),
    )


def _price(estimate: RetrierEstimate, *, retried: bool) -> Message:
    """What it costs: the waits, who waits longer than today, and attempts in all.

    Where the errors are `retried` today, more successes may have retried than were read.
    """
    cost = estimate.cost
    long = cost.hold_seconds > _MOSTLY_DELAYS * estimate.retrier.longest_wait
    waits = Message(
        (_LONG_RETRIES if long else _WAITS) if round(estimate.recovered.likely) else _IN_VAIN,
        wait=about(cost.wait_seconds),
        hold=at_most(cost.hold_seconds),
    )
    slower = round(cost.slower)
    slowed = ngettext(
        "At least {n} execution that succeeds today becomes slower by {by}.",
        "At least {n} executions that succeed today become slower by {by} (median).",
        slower,
        by=about(cost.slower_by_seconds),
    )
    nobody = _NONE_READ_SLOWER if retried else _NOBODY_SLOWER
    return sentences(waits, slowed if slower else nobody, attempts_made(cost.attempts))


def attempts_made(further: float) -> Message:
    """How many more attempts than today there are, or fewer."""
    attempts = round(abs(further))
    if not attempts:
        return Message("About as many attempts as today.")
    if further > 0:
        return ngettext("{n} more attempt in all.", "{n} more attempts in all.", attempts)
    return ngettext("{n} fewer attempt in all.", "{n} fewer attempts in all.", attempts)


_IN_VAIN = Msgid("An execution waits for at most {hold}.")
"""Where not one is likely to recover: how long it would wait is a guess then."""
_WAITS = Msgid("An execution that recovers waits {wait} (median), and never more than {hold}.")
_LONG_RETRIES = Msgid(
    "An execution that recovers waits {wait} (median), and never more than {hold}, failed retries "
    "included."
)
_MOSTLY_DELAYS = 1.2
"""How much longer than its delays a retrier may hold an execution before it is said why."""
_NOBODY_SLOWER = Message("No execution that succeeds today becomes slower.")
_NONE_READ_SLOWER = Message("None of the successful executions that were read becomes slower.")


def _beyond(advice: Advice) -> Iterator[Message]:
    """What no retry within the deadline answers, and what does; how much that is nobody knows where
    data cannot decide.
    """
    cost = advice.estimate.cost
    outlasted = round(cost.outlasted)
    if advice.endless:
        yield Message(
            "Nothing has succeeded since, so it is unknown how long this lasts: redrive the "
            "executions once it works again."
        )
    elif outlasted and advice.decided:
        yield ngettext(
            "About {n} failure outlasts {hold}: redrive that execution once it works again.",
            "About {n} failures outlast {hold}: redrive those executions once it works again.",
            outlasted,
            hold=at_most(cost.hold_seconds),
        )


def _now(own: Retrier | None) -> Message:
    if own is None:
        return Message("Currently: no retries.")
    if own.attempts == 0:
        return Message("Currently: MaxAttempts 0.")
    return Message(
        "Currently: MaxAttempts {attempts:d}, IntervalSeconds {interval:g}, BackoffRate {rate:g}.",
        attempts=own.attempts,
        interval=own.interval,
        rate=own.rate,
    )


def settings(estimate: RetrierEstimate) -> str:
    """A retrier's settings in a sentence: Amazon States Language in every language."""
    retrier = estimate.retrier
    cap = f", MaxDelaySeconds {retrier.max_delay:g}" if retrier.rate > 1 else ""
    jitter = ", JitterStrategy FULL" if retrier.full_jitter else ""
    return (
        f"MaxAttempts {retrier.attempts}, IntervalSeconds {retrier.interval:g}, "
        f"BackoffRate {retrier.rate:g}{cap}{jitter}"
    )
