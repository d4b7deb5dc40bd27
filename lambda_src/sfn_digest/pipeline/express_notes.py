"""What the logs of Express machines leave unknown, and what reading them cost."""

from collections.abc import Iterator, Sequence

from sfn_digest.aws.notes import listed
from sfn_digest.i18n.message import Message, ngettext
from sfn_digest.model.logs import LogLevel, MachineLogs
from sfn_digest.pipeline.express import ExpressRead
from sfn_digest.pipeline.run import Run

DOLLARS_A_GIGABYTE = 0.005
"""What Logs Insights bills for scanning (us-east-1; Tokyo $0.0076). Second-hand, not AWS's list."""

_GIGABYTE = 1e9


def tell(run: Run, read: ExpressRead) -> None:
    """Tell all of it under the report's coverage."""
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
            "To stay within {gigabytes:g} GB of logs and the time, {failures} of {machines} were "
            "not looked for; express-scan-gb sets the bytes.",
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
    if read.failures:
        yield Message(
            "Of {ends} of Express workflows the end was read, and all events of {whole}; state "
            "and cause of {alike} are those of executions that ended alike.",
            ends=_failures(len(read.failures)),
            whole=read.whole,
            alike=read.alike,
        )
    for level in _LESS:
        mine = [each for each in read.logs if each.found and _level(each) == level]
        if mine:
            yield Message(
                "At the log level {level} the states that failed and the failed attempts of "
                "{machines} are not known; ALL would tell them.",
                level=level,
                machines=_names(mine),
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
