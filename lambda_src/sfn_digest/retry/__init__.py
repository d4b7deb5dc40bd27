"""Pure: evaluates every Retry on what really happened, and writes down what to change."""

from sfn_digest.asl.definition import Definition, read_definition
from sfn_digest.retry.evaluate import evaluate, evaluation_notes
from sfn_digest.retry.hints.ranking import one_timeout_each
from sfn_digest.retry.hints.stop_retrying import worth_reading
from sfn_digest.retry.terms import Terms

__all__ = [
    "Definition",
    "Terms",
    "evaluate",
    "evaluation_notes",
    "one_timeout_each",
    "read_definition",
    "worth_reading",
]
