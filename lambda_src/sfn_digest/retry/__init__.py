"""Pure: weighs every Retry on what really happened, and writes down what to change."""

from sfn_digest.asl.definition import Definition, read_definition
from sfn_digest.retry.hints.ranking import one_timeout_each
from sfn_digest.retry.hints.stop_retrying import worth_reading
from sfn_digest.retry.weigh import Terms, weigh, weighing_notes

__all__ = [
    "Definition",
    "Terms",
    "one_timeout_each",
    "read_definition",
    "weigh",
    "weighing_notes",
    "worth_reading",
]
