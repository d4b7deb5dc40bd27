"""Pure: weighs every Retry on what really happened, and writes down what to change."""

from sfn_digest.retry.asl import Definition, read_definition
from sfn_digest.retry.weigh import weigh, weighing_notes

__all__ = ["Definition", "read_definition", "weigh", "weighing_notes"]
