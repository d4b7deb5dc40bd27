"""Headings and labels, in English."""

from collections.abc import Mapping

from sfn_digest.model.executions import Nature, UnsuccessfulStatus


class Labels:
    """Single words and phrases that stand alone."""

    STATUS: Mapping[UnsuccessfulStatus, str] = {
        "FAILED": "failed",
        "TIMED_OUT": "timed out",
        "ABORTED": "aborted",
    }

    NATURE: Mapping[Nature, str] = {
        "transient": "passes with time",
        "permanent": "needs a change",
        "depends": "depends on the case",
    }

    LANGUAGE = "en"
    COMMA = ", "
    SEMICOLON = "; "
    STOP = "."
    SPACE = " "
    PRODUCT = "Step Functions digest"
    PARTIAL = "Partial data:"
    FAILED = "Failed"
    TIMED_OUT = "Timed out"
    ABORTED = "Aborted"
    FAILED_ATTEMPTS = "Failed attempts"
    WHAT_TO_DO = "What to do"
    HINTS = "Hints"
    MACHINES = "State machines with failures"
    EXECUTIONS = "Failed executions, most failed attempts first"
    HARDEST = "Failed executions with most failed attempts, from each state machine in turn"
    FAILURES = "Failures"
    OF = "Of"
    ATTEMPTS = "Attempts"
    EXPRESS = "Express"
    NO_FAILED_ATTEMPT = "no failed attempt"
    CAUSES_NOT_READ = "causes were not read"
    NO_NAME = "(no name)"
    READ_MORE = "AWS guide"
