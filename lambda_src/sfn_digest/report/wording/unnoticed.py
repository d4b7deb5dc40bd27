"""What failed executions do not tell: what was recovered silently."""

from datetime import timedelta

from sfn_digest.i18n.message import Message, ngettext, sentences
from sfn_digest.model.recoveries import (
    CaughtCause,
    MachineRecoveries,
    Recoveries,
    RisingRetries,
)
from sfn_digest.model.sample import Estimate

TITLE = Message("Beyond the failures")

_A_CENT = 0.01


def saved(each: Recoveries | MachineRecoveries) -> Message:
    """Say how many executions retries saved, and what that cost."""
    return Message(
        "Retries saved {executions} and cost {cost}.",
        executions=_executions(each.saved),
        cost=_cost(each),
    )


def _cost(each: Recoveries | MachineRecoveries) -> Message:
    took = timedelta(hours=each.hours)
    if each.dollars < _A_CENT:
        return Message("{took}", took=took)
    return Message(
        "{took} and ${dollars:.2f} of state transitions", took=took, dollars=each.dollars
    )


def _executions(number: Estimate) -> Message:
    if number.low == number.high:
        return ngettext("{n} execution", "{n} executions", number.executions)
    return ngettext(
        "about {n} execution ({low} to {high})",
        "about {n} executions ({low} to {high})",
        number.executions,
        low=number.low,
        high=number.high,
    )


def caught(number: Estimate) -> Message:
    """Say in how many executions a Catch took an error, although they succeeded."""
    return Message(
        "A Catch took an error in {executions} that succeeded all the same.",
        executions=_executions(number),
    )


def caught_cause(each: CaughtCause, cause: str, detail: str) -> Message:
    """Say in how many of those that were read a Catch took one cause."""
    told = Message("{cause} ({detail})", cause=cause, detail=detail) if detail else cause
    return ngettext(
        "{n} read execution: {cause}", "{n} read executions: {cause}", each.executions, cause=told
    )


def by_hand(redriven: int, hours: float | None) -> Message:
    """Say how many executions somebody recovered, and how long that took."""
    said = ngettext(
        "{n} execution was recovered by hand: it had failed, and was redriven to success.",
        "{n} executions were recovered by hand: they had failed, and were redriven to success.",
        redriven,
    )
    if hours is None:
        return said
    after = Message("That took {span} (median).", span=timedelta(hours=hours))
    return sentences(said, after)


def rising(each: RisingRetries) -> Message:
    """Warn of retries that work ever harder."""
    return Message(
        "Warning: retries work ever harder here. Since {since} {later} of {later_of} successes "
        "took one, before that {earlier} of {earlier_of}.",
        since=each.since,
        later=_about(each.later),
        later_of=each.later_of,
        earlier=_about(each.earlier),
        earlier_of=each.earlier_of,
    )


def _about(number: Estimate) -> Message:
    if number.low == number.high:
        return Message("{number}", number=number.executions)
    return Message("about {number}", number=number.executions)


def more(count: int) -> Message:
    """Say how many lines are not shown."""
    return ngettext("and {n} more in the JSON report", "and {n} more in the JSON report", count)
