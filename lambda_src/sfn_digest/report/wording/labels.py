"""Headings, labels, and what stands between the parts of a line."""

from collections.abc import Mapping

from sfn_digest.i18n.message import Message
from sfn_digest.model.comparison import Change
from sfn_digest.model.described import ExecutionStatus
from sfn_digest.model.executions import Nature, UnsuccessfulStatus

STATUS: Mapping[UnsuccessfulStatus, Message] = {
    "FAILED": Message("failed"),
    "TIMED_OUT": Message("timed out"),
    "ABORTED": Message("aborted"),
}
ENDED: Mapping[ExecutionStatus, Message] = {
    "RUNNING": Message("Running"),
    "SUCCEEDED": Message("Succeeded"),
    "FAILED": Message("Failed"),
    "TIMED_OUT": Message("Timed out"),
    "ABORTED": Message("Aborted"),
    "PENDING_REDRIVE": Message("Pending redrive"),
}
NATURE: Mapping[Nature, Message] = {
    "transient": Message("usually temporary"),
    "permanent": Message("needs a change"),
    "depends": Message("depends on the case"),
}
CHANGE: Mapping[Change, Message] = {
    "new": Message("new"),
    "returned": Message("back"),
    "repeated": Message("recurring"),
    "resolved": Message("resolved"),
}

COMMA = Message(", ")
SEMICOLON = Message("; ")
STOP = Message(".")

PARTIAL = Message("Partial data:")
FAILED = Message("Failed")
TIMED_OUT = Message("Timed out")
ABORTED = Message("Aborted")
FAILED_ATTEMPTS = Message("Failed attempts")
FAILURES = Message("Failures")
OF = Message("Executions")
CHANGED = Message("Change")
EXPRESS = Message("Express")
NO_FAILED_ATTEMPT = Message("no failed attempt")
CAUSES_NOT_READ = Message("causes were not read")
NO_NAME = Message("(no name)")

WHAT_TO_DO = Message("What to do")
HINTS = Message("Hints")
MACHINES = Message("State machines with failures")
CHANGES = Message("Causes compared with the previous period")
COVERAGE = Message("Coverage")
CARRIED_OVER = Message("Failed in the previous period and again in this one")
ADOPTED = Message("Adopted hints")
REDRIVE = Message("Executions that can be redriven")
CAUSES_BY_STATE = Message("Causes by state machine and state")
CAUSES_CHART = Message("Executions by root cause")
ATTEMPTS_BY_EXECUTION = Message("Failed attempts by execution, from each state machine in turn")

PERIOD = Message("From ({zone})")
SHARE = Message("Share")
BAR = Message("Trend")
FOR_EXAMPLE = Message("for example")
READ_MORE = Message("AWS guide")
