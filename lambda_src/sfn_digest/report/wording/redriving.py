"""What can be redriven, until when, and what is to be started anew."""

from datetime import datetime

from sfn_digest.i18n.message import Message, ngettext
from sfn_digest.report.wording import counts


def redrivable(executions: int, machines: int, until: datetime) -> Message:
    """Say how much can be redriven, and until when the first of it."""
    return Message(
        "{executions} of {machines} failed due to temporary causes. They can be redriven "
        "within 14 days of their end, the earliest until {until} {zone}, and resume at the state"
        " that failed.",
        executions=counts.executions(executions),
        machines=counts.machines(machines),
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


def redrivable_of_machine(executions: int, until: datetime) -> Message:
    """Say after a machine's name how many of its executions can be redriven."""
    return Message(
        "{executions}, the earliest until {until} {zone}",
        executions=counts.executions(executions),
        until=until,
    )
