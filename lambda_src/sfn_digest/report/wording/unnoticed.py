"""What failed executions do not tell: what was recovered silently, what hangs, what got worse."""

from datetime import timedelta

from sfn_digest.i18n.message import Message, ngettext, sentences
from sfn_digest.model.recoveries import (
    CaughtCause,
    MachineRecoveries,
    Recoveries,
    RisingRetries,
)
from sfn_digest.model.releases import Alias, MachineVersions, VersionCount
from sfn_digest.model.sample import Estimate
from sfn_digest.model.stuck import StuckExecution, StuckMachine

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
        "about {n} execution ({low}\N{EN DASH}{high})",
        "about {n} executions ({low}\N{EN DASH}{high})",
        number.executions,
        low=number.low,
        high=number.high,
    )


def caught(number: Estimate) -> Message:
    """Say in how many executions a Catch took an error, although they succeeded."""
    return Message(
        "A Catch handled an error in {executions} that succeeded.",
        executions=_executions(number),
    )


def caught_cause(each: CaughtCause, cause: str, detail: str) -> Message:
    """Say in how many of those that were read a Catch took one cause."""
    named = Message("{cause} ({detail})", cause=cause, detail=detail) if detail else cause
    return ngettext(
        "{n} read execution: {cause}", "{n} read executions: {cause}", each.executions, cause=named
    )


def by_hand(redriven: int, hours: float | None) -> Message:
    """Say how many executions somebody recovered, and how long that took."""
    said = ngettext(
        "{n} execution was recovered by hand: it failed, and succeeded after a redrive.",
        "{n} executions were recovered by hand: they failed, and succeeded after a redrive.",
        redriven,
    )
    if hours is None:
        return said
    after = Message("That took {span} (median).", span=timedelta(hours=hours))
    return sentences(said, after)


def rising(each: RisingRetries) -> Message:
    """Warn of retries that work ever harder."""
    return Message(
        "Warning: more executions need a retry to succeed. Since {since}, {later} of "
        "{later_of} successes needed one; before that, {earlier} of {earlier_of}.",
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


def bad_release(bad: VersionCount, before: VersionCount, each: MachineVersions) -> Message:
    """Name the version that made things worse."""
    counted = Message(
        "{failures} of {executions} executions failed, compared with {failures_before} of "
        "{executions_before} before it",
        failures=bad.failures,
        executions=bad.executions,
        failures_before=before.failures,
        executions_before=before.executions,
    )
    if each.released_at is None:
        return Message(
            "Version {version} is worse: {counted}.", version=bad.version, counted=counted
        )
    return Message(
        "Version {version}, released {released_at}, is worse: {counted}.",
        version=bad.version,
        released_at=each.released_at,
        counted=counted,
    )


def routing(each: Alias) -> Message:
    """Say where an alias leads now."""
    routes = tuple(
        Message("{weight}% to version {version}", weight=route.weight, version=route.version)
        for route in each.routes
    )
    return Message("The alias {alias} sends {routes}.", alias=each.name, routes=routes)


def stuck(each: StuckMachine) -> Message:
    """Say how many executions hang, and how that is known."""
    if each.usual_seconds is None:
        return ngettext(
            "{n} execution has waited for an answer for over a day, with no timeout.",
            "{n} executions have waited for an answer for over a day, with no timeout.",
            each.executions,
        )
    return ngettext(
        "{n} execution is stuck: it has run far longer than any of the {successes} successes "
        "({usual} at most).",
        "{n} executions are stuck: they have run far longer than any of the {successes} successes "
        "({usual} at most).",
        each.executions,
        successes=each.successes,
        usual=timedelta(seconds=each.usual_seconds),
    )


def stuck_execution(each: StuckExecution, state: str) -> Message:
    """Say how long an execution has run, and where it waits."""
    running = timedelta(seconds=each.running_seconds)
    if each.state_seconds is None:
        return Message("running for {running}.", running=running)
    return Message(
        "running for {running}, in {state} for {waiting}, which waits for {what}.",
        running=running,
        state=state,
        waiting=timedelta(seconds=each.state_seconds),
        what=_what(each),
    )


def _what(each: StuckExecution) -> Message:
    called = each.integration or ""
    if called == "activity":
        return Message("its worker") if each.taken else Message("a worker to take its task")
    if called.endswith(".waitForTaskToken"):
        return Message("a callback")
    if called:
        return Message("{called}", called=called)
    return Message("its own end")


def limits(each: StuckExecution, timeout: int | None) -> Message:
    """Say what would have ended it, and when."""
    called = each.integration or ""
    answers = called == "activity" or called.endswith(".waitForTaskToken")
    advice = []
    if answers and each.heartbeat_seconds is None:
        advice.append(Message("It has no HeartbeatSeconds, so a lost response goes unnoticed."))
    if each.timeout_seconds is None and timeout is not None:
        advice.append(
            Message(
                "A TimeoutSeconds of {timeout} would have ended it {ago} ago.",
                timeout=timeout,
                ago=timedelta(seconds=each.running_seconds - timeout),
            )
        )
    return sentences(*advice)


def more(count: int) -> Message:
    """Say how many lines are not shown."""
    return ngettext("and {n} more in the JSON report", "and {n} more in the JSON report", count)
