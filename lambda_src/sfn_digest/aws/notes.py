"""The sentences that tell what was left out of what was asked, and what else is worth knowing."""

from collections.abc import Iterable, Mapping, Sequence

from sfn_digest.i18n.message import Said, Template, counted
from sfn_digest.i18n.sanitize import visible

UNREAD = Template("{histories} of {machine} could not be read: {error}")
UNREAD_CHILD = Template(
    "{histories} of {machine}, nested in failed executions, could not be read: {error}"
)
UNWEIGHED = Template("The retries of {machine} could not be weighed: {error}")
PARTLY_WEIGHED = Template(
    "The retries of {machine} were weighed on fewer successes than there are: {error}"
)

NAMED = 10
"""How many machines a note names before it only counts the others."""


def by_reason(what: Template, found: Mapping[tuple[str, str], int]) -> Sequence[Said]:
    """A sentence for each reason that was given, with the machines it holds for.

    `found` tells how often by the machine's name and the reason.
    """
    return [
        Said(
            what,
            histories=counted(
                sum(found[name, reason] for name in names), "{number} history", "{number} histories"
            ),
            machine=listed(names),
            error=reason,
        )
        for reason, names in _names_by_reason(found)
    ]


def skipped(machines: Iterable[tuple[str, str]]) -> Sequence[Said]:
    """Machines of which nothing was listed, each with the reason."""
    return [
        Said(
            "{machine} was skipped: {reason}"
            if len(names) == 1
            else "{machine} were skipped: {reason}",
            machine=listed(names),
            reason=reason,
        )
        for reason, names in _names_by_reason(machines)
    ]


def partly_listed(machines: Iterable[tuple[str, str]]) -> Sequence[Said]:
    """Machines of which a part was listed, each with the reason."""
    return [
        Said(
            "{machine} was not listed to the end: {reason}"
            if len(names) == 1
            else "{machine} were not listed to the end: {reason}",
            machine=listed(names),
            reason=reason,
        )
        for reason, names in _names_by_reason(machines)
    ]


def out_of_time(unread: int, unlisted: Sequence[str]) -> Sequence[Said]:
    """Failures that were found and not read when the time ran out, and machines not listed."""
    if not unread and not unlisted:
        return ()
    note = Said(
        "The time ran out with {failures} found but not read and {machines} not listed to the "
        "end: {names}. Report on fewer state machines or a shorter window, or allow a larger "
        "share of the quotas."
        if unlisted
        else "The time ran out with {failures} found but not read. Report on fewer state "
        "machines or a shorter window, or allow a larger share of the quotas.",
        failures=counted(unread, "{number} failure", "{number} failures"),
        machines=counted(len(unlisted), "{number} state machine", "{number} state machines"),
        names=listed(unlisted),
    )
    return (note,)


def express(names: Sequence[str]) -> Sequence[Said]:
    """Express machines."""
    if not names:
        return ()
    note = Said(
        "The causes of Express workflows lie in CloudWatch Logs and are not read: {names}.",
        names=listed(names),
    )
    return (note,)


def vanished(failures: Mapping[str, int]) -> Sequence[Said]:
    """Failures, by the machine's name, that CloudWatch counted beyond those that were listed."""
    if not failures:
        return ()
    most_first = sorted(failures.items(), key=lambda each: -each[1])
    note = Said(
        "CloudWatch counted {failures} that Step Functions no longer lists, as happens after "
        "a redrive: {machines}.",
        failures=counted(sum(failures.values()), "{number} failure", "{number} failures"),
        machines=listed([f"{name} {count}" for name, count in most_first]),
    )
    return (note,)


def _names_by_reason(found: Iterable[tuple[str, str]]) -> Sequence[tuple[str, Sequence[str]]]:
    """The machines' names by what is said of them: once, however many they are."""
    names: dict[str, list[str]] = {}
    for name, reason in sorted(found):
        names.setdefault(reason, []).append(name)
    return tuple(names.items())


def listed(names: Sequence[str]) -> Said:
    """Names in a sentence: the first ten, and how many more there are."""
    shown, rest = tuple(visible(name) for name in names[:NAMED]), len(names) - NAMED
    return Said("{names} and {rest} more" if rest > 0 else "{names}", names=shown, rest=rest)
