"""Pure: weighs every Retry on what really happened, and writes down what to change."""

from sfn_digest.retry.asl import Definition, read_definition
from sfn_digest.retry.ranking import one_timeout_each
from sfn_digest.retry.weigh import weigh, weighing_notes
from sfn_digest.retry.worth import worth_reading

__all__ = [
    "Definition",
    "one_timeout_each",
    "read_definition",
    "weigh",
    "weighing_notes",
    "worth_reading",
]
