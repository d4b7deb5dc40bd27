"""Reports with hints and notes as the product makes them, and the words to tell them with."""

from dataclasses import replace

from sfn_digest.aws.usage import ApiUsage, UsageTally
from sfn_digest.errors import AccountError
from sfn_digest.i18n.message import Message
from sfn_digest.model.report import Hint, Report
from sfn_digest.pipeline.texts import texts_in
from tests.report import made, made_past
from tests.retry.made import failures, hints, passes, retry, task

JAPANESE = texts_in("ja")


def real_hints() -> tuple[Hint, ...]:
    """Give hints on one state that stops in vain, and that waits without a timeout."""
    definition = task(
        "arn:aws:states:::ecs:runTask.waitForTaskToken", Retry=retry("States.ALL", attempts=3)
    )
    failed = failures("code_error", "KeyError", number=5, made=4)
    found = hints(definition, failed, passes())
    return tuple(replace(each, machine_arn=made.BATCH.arn) for each in found)


def real_usage() -> ApiUsage:
    """Give notes on what could not be read, and on what is only worth knowing."""
    tally = UsageTally()
    denied = Message(
        "AWS denied {action}: allow it in the IAM policy of the digest's role or user.",
        action="states:ListExecutions",
    )
    tally.skip(made.BATCH, AccountError(denied).sentence)
    tally.vanished(made.IMPORTS.name, 1204)
    return tally.usage()


def compared_week() -> Report:
    """Give the week with all that came before it."""
    return replace(made_past.compared_week(), hints=real_hints())


def partial_week() -> Report:
    """Give the week of which something could not be read."""
    usage = real_usage()
    return made.week(complete=False, notes=usage.notes, left_out=usage.left_out)


REPORTS = {
    "compared_week": compared_week(),
    "partial_week": partial_week(),
    "quiet_after_a_bad_week": made_past.quiet_after_a_bad_week(),
}
