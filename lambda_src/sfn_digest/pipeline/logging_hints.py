"""Pure: what an Express machine should log, so that its failures can be told."""

from collections.abc import Iterator

from sfn_digest.i18n.message import Message, ngettext
from sfn_digest.model.logs import MachineLogs
from sfn_digest.model.report import Hint
from sfn_digest.retry.hints.machine import NOTHING, shown

OFF, LEVEL, SILENT = "logging_off", "logging_level", "logging_silent"


def logging_hints(logs: MachineLogs) -> Iterator[Hint]:
    """At most one hint on a machine, where more, or anything at all, should be logged."""
    failures, logging = max(logs.expected or 0, logs.found), logs.logging
    if not failures or logging is None or logs.refused:
        return
    name = shown(logs.machine.name)
    times = ngettext("{n} time", "{n} times", failures)
    if not logging.is_on:
        text = Message(
            "{machine} failed {times} and logs nothing, so nobody can tell why: give it a "
            "loggingConfiguration with a log group and the level ALL.",
            machine=name,
            times=times,
        )
        yield _hint(logs, OFF, failures, Message("Turn on logging"), text)
    elif not logs.found and logs.unread < failures:
        text = Message(
            "{machine} failed {times}, but nothing of that is in its log group: check that the "
            "group is there, and that its role may deliver logs (logs:CreateLogDelivery and the "
            "other actions of Step Functions' logging policy).",
            machine=name,
            times=times,
        )
        yield _hint(logs, SILENT, failures, Message("Let its role write the logs"), text)
    elif logging.level != "ALL" and logs.found:
        text = Message(
            "{machine} failed {times} and logs at level {level}, which leaves out the states that "
            "were entered and the attempts: level ALL tells both, for more bytes.",
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
