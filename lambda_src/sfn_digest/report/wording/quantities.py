"""Numbers of things, and how many are not shown."""

from datetime import timedelta

from sfn_digest.i18n.message import Message, ngettext
from sfn_digest.model.sample import Estimate

_DAY, _HOUR = timedelta(days=1), timedelta(hours=1)


def failures(count: int) -> Message:
    """Give a number of failures."""
    return ngettext("{n} failure", "{n} failures", count)


def unsuccessful(count: int) -> Message:
    """Give a number of executions that failed, timed out or were aborted, which is more than the
    failures that the header counts.
    """
    return ngettext("{n} failed or aborted execution", "{n} failed or aborted executions", count)


def executions(count: int) -> Message:
    """Give a number of executions."""
    return ngettext("{n} execution", "{n} executions", count)


def about(count: int, estimated: Estimate | None) -> Message:
    """Give a number, or about how many it is where that was estimated."""
    if estimated is None or estimated.low == estimated.high:
        return Message("{number}", number=estimated.executions if estimated else count)
    return Message(
        "about {number} ({low}\N{EN DASH}{high})",
        number=estimated.executions,
        low=estimated.low,
        high=estimated.high,
    )


def about_executions(count: int, estimated: Estimate | None) -> Message:
    """Give a number of executions, or about how many where that was estimated."""
    if estimated is None or estimated.low == estimated.high:
        return executions(estimated.executions if estimated else count)
    return ngettext(
        "about {n} execution ({low}\N{EN DASH}{high})",
        "about {n} executions ({low}\N{EN DASH}{high})",
        estimated.executions,
        low=estimated.low,
        high=estimated.high,
    )


def machines(count: int) -> Message:
    """Give a number of state machines."""
    return ngettext("{n} state machine", "{n} state machines", count)


def failed_attempts(count: int) -> Message:
    """Give a number of failed attempts."""
    return ngettext("{n} failed attempt", "{n} failed attempts", count)


def percent(part: int, whole: int) -> str:
    """Give a share with two digits that tell: 12%, 1.9%, 0.15%; nothing of nothing."""
    if not whole:
        return "-"
    share = 100 * part / whole
    if not part:
        return "0%"
    if share < 0.01:
        return "<0.01%"
    return f"{share:.0f}%" if share >= 10 else f"{share:#.2g}%"


def continued(title: str, number: int) -> Message:
    """Head the second or a later message of the same kind."""
    return Message("{title} ({number})", title=title, number=number)


def elsewhere(machines_routed: int, channels: int) -> Message:
    """Say how many state machines are reported in channels of their own."""
    counted = ngettext("{n} other channel", "{n} other channels", channels)
    return Message(
        "{machines} reported in {channels}, by the tag sfn-digest:channel.",
        machines=machines(machines_routed),
        channels=counted,
    )


def per_bar(period: timedelta) -> Message:
    """Say how long a bar of a chart is."""
    if period >= _DAY:
        return ngettext("One bar is {n} day.", "One bar is {n} days.", period.days)
    return ngettext("One bar is {n} hour.", "One bar is {n} hours.", period // _HOUR)


def more_machines(machines: int, failed: int) -> Message:
    """Say what is not shown of the machines."""
    return Message("and {number} more with {failures}", number=machines, failures=failures(failed))


def more_hints(count: int) -> Message:
    """Say how many hints are not shown."""
    return ngettext("and {n} more hint", "and {n} more hints", count)


WITHOUT_TIMEOUT = Message(
    "Without a timeout, a call that never returns holds its execution for up to a year:"
)


def more_causes(count: int) -> Message:
    """Say how many causes are not shown."""
    return ngettext("and {n} more cause", "and {n} more causes", count)


def more_notes(count: int) -> Message:
    """Say how many notes on coverage are not shown."""
    return ngettext(
        "and {n} more note in the full report", "and {n} more notes in the full report", count
    )


def more_executions(count: int) -> Message:
    """Say how many executions are not shown."""
    return ngettext("and {n} more execution", "and {n} more executions", count)


def more_hints_in_json(count: int) -> Message:
    """Say how many hints are not shown, and where they are."""
    return ngettext(
        "and {n} more hint in the JSON report", "and {n} more hints in the JSON report", count
    )


def more_causes_in_json(count: int) -> Message:
    """Say how many causes are not shown, and where they are."""
    return ngettext(
        "and {n} more cause in the JSON report", "and {n} more causes in the JSON report", count
    )


def more_machines_in_json(count: int) -> Message:
    """Say how many state machines are not shown, and where they are."""
    return ngettext(
        "and {n} more state machine in the JSON report",
        "and {n} more state machines in the JSON report",
        count,
    )


def more_adopted_in_json(count: int) -> Message:
    """Say how many adopted hints are not shown, and where they are."""
    return ngettext(
        "and {n} more adopted hint in the JSON report",
        "and {n} more adopted hints in the JSON report",
        count,
    )


def more_executions_in_json(count: int) -> Message:
    """Say how many executions are not shown, and where they are."""
    return ngettext(
        "and {n} more execution in the JSON report",
        "and {n} more executions in the JSON report",
        count,
    )


def whole_change(command: str) -> Message:
    """Name the command that gives a change whole."""
    return Message("The whole change, as a diff: {command}", command=command)
