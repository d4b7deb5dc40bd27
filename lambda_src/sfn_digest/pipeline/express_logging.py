"""What the logs of Express machines gave a report, what it lacks by them, and what to log."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sfn_digest.i18n.message import Message, ngettext
from sfn_digest.i18n.sanitize import listed
from sfn_digest.model.executions import Failure
from sfn_digest.model.logs import LogLevel, MachineLogs
from sfn_digest.model.report import Hint
from sfn_digest.pipeline.run import Run
from sfn_digest.retry.hints.machine import NOTHING, shown


@dataclass(frozen=True, slots=True)
class ExpressRead:
    """What the logs hold. `whole` executions were read in full, and `alike` were taken after them;
    Logs Insights scanned so many `bytes` in so many `queries`, and FilterLogEvents was called so
    often, unless it was `refused`.
    """

    failures: tuple[Failure, ...] = ()
    logs: tuple[MachineLogs, ...] = ()
    whole: int = 0
    alike: int = 0
    queries: int = 0
    bytes: float = 0.0
    filtered: int = 0
    refused: str | None = None


DOLLARS_A_GIGABYTE = 0.005
"""What Logs Insights bills for scanning (us-east-1; Tokyo $0.0076). Second-hand, not AWS's list."""


_GIGABYTE = 1e9


def note_logs(run: Run, read: ExpressRead) -> None:
    """Note all of it under the report's coverage."""
    for sentence in gaps(read, run.request.express_scan_gb):
        run.account.note(sentence, left_out=True)
    for sentence in remarks(read):
        run.account.note(sentence, left_out=False)


def gaps(read: ExpressRead, allowed_gigabytes: float) -> Iterator[Message]:
    """What the report lacks, in whole sentences."""
    silent = [each for each in read.logs if each.logging is not None and not each.logging.is_on]
    if silent:
        yield ngettext(
            "{machines} logs nothing, so the causes of {failures} are unknown.",
            "{machines} log nothing, so the causes of {failures} are unknown.",
            len(silent),
            machines=_names(silent),
            failures=_failures(sum(each.expected or 0 for each in silent)),
        )
    refused = [each for each in read.logs if each.refused]
    for reason in dict.fromkeys(each.refused for each in refused):
        mine = [each for each in refused if each.refused == reason]
        yield Message(
            "The logs of {machines} were not read: {reason}", machines=_names(mine), reason=reason
        )
    unread = [each for each in read.logs if each.unread and not each.refused]
    if unread:
        yield Message(
            "To stay within {gigabytes:g} GB of logs and the time limit, the search left out "
            "{failures} of {machines}; express-scan-gb sets the gigabytes.",
            gigabytes=allowed_gigabytes,
            failures=_failures(sum(each.unread for each in unread)),
            machines=_names(unread),
        )
    lost = [each for each in read.logs if _has_lost(each)]
    if lost:
        yield Message(
            "CloudWatch counted {failures} that the logs do not hold (late, lost or not "
            "delivered): {machines}.",
            failures=_failures(sum(each.not_logged for each in lost)),
            machines=_names(lost),
        )


def remarks(read: ExpressRead) -> Iterator[Message]:
    """How the report was made, in whole sentences."""
    if read.queries:
        yield Message(
            "Logs Insights scanned {gigabytes:.2f} GB for Express workflows in {queries}, about "
            "${dollars:.2f}.",
            gigabytes=read.bytes / _GIGABYTE,
            queries=ngettext("{n} query", "{n} queries", read.queries),
            dollars=read.bytes / _GIGABYTE * DOLLARS_A_GIGABYTE,
        )
    if read.refused:
        yield Message(
            "Logs Insights searched short stretches of the logs too, which costs more: {reason}",
            reason=read.refused,
        )
    elif read.filtered:
        yield Message(
            "Short stretches of the logs of Express workflows were searched with FilterLogEvents, "
            "which is not billed by the byte: {calls}.",
            calls=ngettext("{n} call", "{n} calls", read.filtered),
        )
    yield from _taken_alike(read)
    for level in _LESS:
        mine = [each for each in read.logs if each.found and _level(each) == level]
        if mine:
            yield Message(
                "At log level {level}, the failed states and failed attempts of {machines} "
                "are not logged; level ALL would show them.",
                level=level,
                machines=_names(mine),
            )
    if implied := sum(each.state_implied for each in read.failures):
        yield ngettext(
            "The state of {n} failure is implied: the definition of its Express workflow, as it is "
            "now, leaves no other.",
            "The states of {n} failures are implied: the definitions of their Express workflows, "
            "as they are now, leave no others.",
            implied,
        )


def _taken_alike(read: ExpressRead) -> Iterator[Message]:
    """How many were read whole, and how many others are taken to be like them."""
    if not read.failures:
        return
    ends, whole = _failures(len(read.failures)), read.whole
    if read.alike:
        yield Message(
            "The last event of {ends} of Express workflows was read, and all events of "
            "{whole} of them; the state and cause of {alike} are taken from executions that "
            "ended the same way.",
            ends=ends,
            whole=whole,
            alike=read.alike,
        )
    else:
        yield Message(
            "The last event of {ends} of Express workflows was read, and all events of {whole} of "
            "them.",
            ends=ends,
            whole=whole,
        )


_LESS: tuple[LogLevel, ...] = ("ERROR", "FATAL")


def _level(logs: MachineLogs) -> LogLevel | None:
    return logs.logging.level if logs.logging else None


def _has_lost(logs: MachineLogs) -> bool:
    return bool(logs.logging and logs.logging.is_on and not logs.refused and logs.not_logged)


def _failures(number: int) -> Message:
    return ngettext("{n} failure", "{n} failures", number)


def _names(logs: Sequence[MachineLogs]) -> Message:
    return listed(sorted(each.machine.name for each in logs))


OFF, LEVEL, SILENT = "logging_off", "logging_level", "logging_silent"


def logging_hints(logs: MachineLogs) -> Iterator[Hint]:
    """At most one hint on a machine, where more, or anything at all, should be logged."""
    failures, logging = max(logs.expected or 0, logs.found), logs.logging
    if not failures or logging is None or logs.refused:
        return
    name = shown(logs.machine.name)
    times = ngettext("once", "{n} times", failures)
    if not logging.is_on:
        text = Message(
            "{machine} failed {times} and logs nothing, so the cause is unknown: add a "
            "loggingConfiguration with a log group and level ALL.",
            machine=name,
            times=times,
        )
        yield _hint(logs, OFF, failures, Message("Turn on logging"), text)
    elif not logs.found and logs.unread < failures:
        text = Message(
            "{machine} failed {times}, but its log group has no record of it: check that the "
            "group exists, and that the machine's role may deliver logs "
            "(logs:CreateLogDelivery and the other actions of Step Functions' logging "
            "policy).",
            machine=name,
            times=times,
        )
        yield _hint(logs, SILENT, failures, Message("Allow its role to write logs"), text)
    elif logging.level != "ALL" and logs.found:
        text = Message(
            "{machine} failed {times} and logs at level {level}, which leaves out the states "
            "entered and the attempts: level ALL logs both, in more bytes.",
            machine=name,
            times=times,
            level=logging.level,
        )
        yield _hint(logs, LEVEL, failures, Message("Log at level ALL"), text)


def _hint(logs: MachineLogs, kind: str, failures: int, title: Message, text: Message) -> Hint:
    return Hint(
        kind=kind,
        machine_arn=logs.machine.arn,
        state=None,
        cause="unknown",
        errors=(),
        retrier=None,
        failures=failures,
        incidents=0,
        recovered=NOTHING,
        added_wait_seconds=0.0,
        title=title,
        text=text,
    )
