"""What a backtest says, in sentences and in the cells of its table."""

from collections.abc import Iterator
from datetime import timedelta

from sfn_digest.i18n.message import Message, Msgid, ngettext
from sfn_digest.model.change import Bounds, ChangeBacktest, ChangedOutcome, ChangedState
from sfn_digest.report.shown import Shown
from sfn_digest.retry.hints.machine import shown

HEADS = (
    Message("State"),
    Message("Failed"),
    Message("Recovered"),
    Message("Caught"),
    Message("Lost"),
    Message("Attempts"),
    Message("Time"),
)


def would_lose(found: ChangeBacktest) -> bool:
    """Whether more executions would likely have been lost than recovered."""
    return round(found.outcome.net.likely) < 0


def headline(found: ChangeBacktest) -> Message:
    """The one sentence that a reviewer needs."""
    outcome, start = found.outcome, found.window.start
    lost, good = round(outcome.lost.likely), round(outcome.recovered.likely)
    if would_lose(found):
        return Message(
            "This change would have lost {executions} of {machine} since {start:day}.",
            executions=ngettext("{n} execution", "{n} executions", lost),
            machine=shown(found.machine),
            start=start,
        )
    if good:
        return Message(
            "This change would have recovered {good} of {failed} of {machine} since {start:day}.",
            good=good,
            failed=ngettext("{n} failed execution", "{n} failed executions", found.failures),
            machine=shown(found.machine),
            start=start,
        )
    if caught := round(outcome.caught.likely):
        return Message(
            "This change would have caught errors of {caught} of {failed} of {machine} since "
            "{start:day}; how they end then is not replayed.",
            caught=caught,
            failed=ngettext("{n} failed execution", "{n} failed executions", found.failures),
            machine=shown(found.machine),
            start=start,
        )
    return Message(
        _UNCHANGED_AS_FAR if found.notes else _UNCHANGED, machine=shown(found.machine), start=start
    )


_UNCHANGED = Msgid(
    "This change would not have changed how any execution of {machine} ended since {start:day}."
)
_UNCHANGED_AS_FAR = Msgid(
    "As far as it is replayed, this change would not have changed how any execution of {machine} "
    "ended since {start:day}."
)


def figures(found: ChangeBacktest) -> Iterator[Message]:
    """The figures in sentences, the bounds with them."""
    outcome = found.outcome
    if outcome.recovered.high:
        yield Message(
            "Recovered: {n:.0f} of {failed} (95% interval: {low}\N{EN DASH}{high}).",
            n=outcome.recovered.likely,
            failed=ngettext("{n} failed execution", "{n} failed executions", found.failures),
            low=outcome.recovered.low,
            high=outcome.recovered.high,
        )
    if outcome.caught.high:
        yield Message(
            "Caught, so that the execution goes on: {n:.0f} (95% interval: "
            "{low}\N{EN DASH}{high}).",
            n=outcome.caught.likely,
            low=outcome.caught.low,
            high=outcome.caught.high,
        )
    if outcome.lost.high:
        yield Message(
            "Lost: {n:.0f} of {succeeded} (95% interval: {low}\N{EN DASH}{high}).",
            n=outcome.lost.likely,
            succeeded=ngettext(
                "{n} successful execution", "{n} successful executions", found.successes
            ),
            low=outcome.lost.low,
            high=outcome.lost.high,
        )
    if found.states:
        yield _costs(outcome)


def _costs(outcome: ChangedOutcome) -> Message:
    attempts, seconds = round(outcome.attempts), round(outcome.wait_seconds)
    return Message(
        "Attempts: {attempts}. Time that executions take: {time}. State transitions: {dollars}.",
        attempts=f"{attempts:+,}",
        time=signed_time(seconds),
        dollars=f"{'-' if outcome.dollars < 0 else '+'}${abs(outcome.dollars):.4f}",
    )


def signed_time(seconds: float) -> Message:
    """A length of time with its sign."""
    length = timedelta(seconds=abs(round(seconds)))
    if seconds < 0:
        return Message("-{length}", length=length)
    return Message("+{length}", length=length)


def cells(state: ChangedState, texts: Shown) -> tuple[str, ...]:
    """A state's row, translated already."""
    outcome = state.outcome
    return (
        shown(state.state),
        texts.number(state.failures),
        _cell(outcome.recovered, texts),
        _cell(outcome.caught, texts),
        _cell(outcome.lost, texts),
        f"{round(outcome.attempts):+,}",
        texts.translate(signed_time(outcome.wait_seconds)),
    )


def _cell(bounds: Bounds, texts: Shown) -> str:
    if not bounds.high:
        return "0"
    return texts.translate(
        Message(
            "{n:.0f} ({low}\N{EN DASH}{high})", n=bounds.likely, low=bounds.low, high=bounds.high
        )
    )
