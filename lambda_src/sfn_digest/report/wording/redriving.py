"""What can be redriven, until when, and what is to be started again."""

from datetime import datetime

from sfn_digest.i18n.message import Message, ngettext
from sfn_digest.report.wording import quantities

NOTHING = Message("A redrive would not fix any execution here.")


def redrivable(executions: int, machines: int, until: datetime) -> Message:
    """Say how much can be redriven, and until when the first of it."""
    return Message(
        "{executions} of {machines} failed due to temporary causes. They can be redriven "
        "within 14 days of their end, the earliest until {until} {zone}, and resume at the state"
        " that failed.",
        executions=quantities.executions(executions),
        machines=quantities.machines(machines),
        until=until,
    )


def caught_in_fail_state(executions: int) -> Message:
    """Say how many executions a redrive would only bring back to their Fail state."""
    return ngettext(
        "{n} more ended in a Fail state after a Catch: start a new execution instead of "
        "redriving it.",
        "{n} more ended in a Fail state after a Catch: start new executions instead of "
        "redriving them.",
        executions,
    )


def cause_stands(executions: int) -> Message:
    """Say how many executions are left out since nothing shows that their cause has passed."""
    return ngettext(
        "{n} more is left out: nothing has succeeded since it failed, so a redrive may fail again.",
        "{n} more are left out: nothing has succeeded since they failed, so a redrive may fail "
        "again.",
        executions,
    )


def redrivable_of_machine(executions: int, until: datetime, succeeded: int | None) -> Message:
    """Say after a machine's name how many of its executions can be redriven, and what has
    succeeded since.
    """
    if succeeded:
        return Message(
            "{executions}, the earliest until {until} UTC; {since} since",
            executions=quantities.executions(executions),
            until=until,
            since=ngettext(
                "{n} execution has succeeded", "{n} executions have succeeded", succeeded
            ),
        )
    return Message(
        "{executions}, the earliest until {until} {zone}",
        executions=quantities.executions(executions),
        until=until,
    )
