"""The sentences that tell what was left out of what was asked, and what else is worth knowing."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from sfn_digest.i18n.message import Message, Msgid, ngettext, sentences
from sfn_digest.i18n.sanitize import listed

UNREAD = Msgid("{histories} of {machine} could not be read: {error}")
UNREAD_CHILD = Msgid(
    "{histories} of {machine}, nested in failed executions, could not be read: {error}"
)
UNWEIGHED = Msgid("Retries of {machine} could not be evaluated: {error}")
PARTLY_WEIGHED = Msgid("Retries of {machine} were evaluated on only some of its successes: {error}")


def elsewhere(child_arn: str, parent_arn: str, reason: str) -> str:
    """Why a child's history was refused, and where it lies if that is not where its parent is."""
    (region, account), here = child_arn.split(":")[3:5], parent_arn.split(":")[3:5]
    if [region, account] == here:
        return reason
    return Message(
        "{reason} It ran in account {account}, {region}: run explain with that account's "
        "credentials.",
        reason=reason,
        account=account,
        region=region,
    )


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
            "{machine} was not fully listed: {reason}"
            if len(names) == 1
            else "{machine} were not fully listed: {reason}",
            machine=listed(names),
            reason=reason,
        )
        for reason, names in _names_by_reason(machines)
    ]


def sampled(read: int, found: int, *, late: bool) -> Message:
    """Failures that were found and not all read, be it for want of time or of room."""
    return sentences(
        Message(
            "{read} of {failures} were read before time ran out, drawn from every state "
            "machine, status and day: numbers by cause are estimates, and failed attempts "
            "are those of the executions read."
            if late
            else "{read} of {failures} were read, drawn from every state machine, status and "
            "day, because more were found than can be kept: numbers by cause are "
            "estimates, and failed attempts are those of the executions read.",
            read=read,
            failures=ngettext(
                "{n} failed or aborted execution", "{n} failed or aborted executions", found
            ),
        ),
        Message(
            "Report on fewer state machines or a shorter window, or allow a larger share of the "
            "quotas."
        ),
    )


def untouched(names: Sequence[str]) -> Iterator[Message]:
    """Machines of which failures were found and none was read."""
    if names:
        yield Message(
            "No failures of {machines} were read: {names}.",
            machines=ngettext("{n} state machine", "{n} state machines", len(names)),
            names=listed(names),
        )


def unlisted(names: Sequence[str]) -> Iterator[Message]:
    """Machines whose failures were not listed to the end when the time ran out."""
    if names:
        yield Message(
            "Time ran out while listing {machines}. Failures are counted by CloudWatch, and "
            "not all causes are known: {names}.",
            machines=ngettext("{n} state machine", "{n} state machines", len(names)),
            names=listed(names),
        )


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


def uncounted(failures: Mapping[str, int]) -> Iterator[Message]:
    """Failures, by the machine's name, that were listed where CloudWatch counted none."""
    if failures:
        yield Message(
            "CloudWatch counted none of {failures} that Step Functions lists: {machines}. Each "
            "report looks at a few state machines without a failure, in turn.",
            failures=ngettext("{n} failure", "{n} failures", sum(failures.values())),
            machines=listed([f"{name} {count}" for name, count in sorted(failures.items())]),
        )


def late(failures: int) -> Iterator[Message]:
    """Failures of the time before the window."""
    if failures:
        yield ngettext(
            "{n} failure from the last minutes before this period is included here, because "
            "CloudWatch had not counted it when the previous report was made.",
            "{n} failures from the last minutes before this period are included here, "
            "because CloudWatch had not counted them when the previous report was made.",
            failures,
        )


def redrives_unsure(unsure: Mapping[str, int]) -> Iterator[Message]:
    """Failures of the period before, by machine ARN, that its redrives may not have undone."""
    if unsure:
        most_first = sorted(unsure.items(), key=lambda each: (-each[1], each[0]))
        yield Message(
            "CloudWatch does not say which executions were redriven, so up to {n} more may "
            "have failed in the previous period than shown here: {machines}.",
            n=sum(unsure.values()),
            machines=listed([f"{arn.rsplit(':', 1)[1]} {n}" for arn, n in most_first]),
        )


def redrives_unknown(reason: str) -> Message:
    """The redrives of earlier periods could not be counted."""
    return Message(
        "Redrives of earlier periods could not be counted, so an execution that failed again "
        "after a redrive counts there each time it failed: {error}",
        error=reason,
    )


def _names_by_reason(found: Iterable[tuple[str, str]]) -> Sequence[tuple[str, Sequence[str]]]:
    """The machines' names by what is said of them: once, however many they are."""
    names: dict[str, list[str]] = {}
    for name, reason in sorted(found):
        names.setdefault(reason, []).append(name)
    return tuple(names.items())
