"""The sentences that tell what was left out of what was asked, and what else is worth knowing."""

from collections.abc import Iterable, Mapping, Sequence

from sfn_digest.i18n.message import Message, Msgid, ngettext
from sfn_digest.i18n.sanitize import visible

UNREAD = Msgid("{histories} of {machine} could not be read: {error}")
UNREAD_CHILD = Msgid(
    "{histories} of {machine}, nested in failed executions, could not be read: {error}"
)
UNWEIGHED = Msgid("The retries of {machine} could not be weighed: {error}")
PARTLY_WEIGHED = Msgid(
    "The retries of {machine} were weighed on fewer successes than there are: {error}"
)

NAMED = 10
"""How many machines a note names before it only counts the others."""


def by_reason(what: Msgid, found: Mapping[tuple[str, str], int]) -> Sequence[Message]:
    """A sentence for each reason that was given, with the machines it holds for.

    `found` tells how often by the machine's name and the reason.
    """
    return [
        Message(
            what,
            histories=ngettext(
                "{n} history", "{n} histories", sum(found[name, reason] for name in names)
            ),
            machine=listed(names),
            error=reason,
        )
        for reason, names in _names_by_reason(found)
    ]


def skipped(machines: Iterable[tuple[str, str]]) -> Sequence[Message]:
    """Machines of which nothing was listed, each with the reason."""
    return [
        Message(
            "{machine} was skipped: {reason}"
            if len(names) == 1
            else "{machine} were skipped: {reason}",
            machine=listed(names),
            reason=reason,
        )
        for reason, names in _names_by_reason(machines)
    ]


def partly_listed(machines: Iterable[tuple[str, str]]) -> Sequence[Message]:
    """Machines of which a part was listed, each with the reason."""
    return [
        Message(
            "{machine} was not listed to the end: {reason}"
            if len(names) == 1
            else "{machine} were not listed to the end: {reason}",
            machine=listed(names),
            reason=reason,
        )
        for reason, names in _names_by_reason(machines)
    ]


def out_of_time(unread: int, unlisted: Sequence[str]) -> Sequence[Message]:
    """Failures that were found and not read when the time ran out, and machines not listed."""
    if not unread and not unlisted:
        return ()
    note = Message(
        "The time ran out with {failures} found but not read and {machines} not listed to the "
        "end: {names}. Report on fewer state machines or a shorter window, or allow a larger "
        "share of the quotas."
        if unlisted
        else "The time ran out with {failures} found but not read. Report on fewer state "
        "machines or a shorter window, or allow a larger share of the quotas.",
        failures=ngettext("{n} failure", "{n} failures", unread),
        machines=ngettext("{n} state machine", "{n} state machines", len(unlisted)),
        names=listed(unlisted),
    )
    return (note,)


def vanished(failures: Mapping[str, int]) -> Sequence[Message]:
    """Failures, by the machine's name, that CloudWatch counted beyond those that were listed."""
    if not failures:
        return ()
    most_first = sorted(failures.items(), key=lambda each: -each[1])
    note = Message(
        "CloudWatch counted {failures} that Step Functions no longer lists, as happens after "
        "a redrive: {machines}.",
        failures=ngettext("{n} failure", "{n} failures", sum(failures.values())),
        machines=listed([f"{name} {count}" for name, count in most_first]),
    )
    return (note,)


def _names_by_reason(found: Iterable[tuple[str, str]]) -> Sequence[tuple[str, Sequence[str]]]:
    """The machines' names by what is said of them: once, however many they are."""
    names: dict[str, list[str]] = {}
    for name, reason in sorted(found):
        names.setdefault(reason, []).append(name)
    return tuple(names.items())


def listed(names: Sequence[str]) -> Message:
    """Names in a sentence: the first ten, and how many more there are."""
    shown, rest = tuple(visible(name) for name in names[:NAMED]), len(names) - NAMED
    return Message("{names} and {rest} more" if rest > 0 else "{names}", names=shown, rest=rest)
