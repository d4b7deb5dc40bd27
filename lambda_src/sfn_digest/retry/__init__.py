"""Pure: weighs every Retry on what really happened, and writes down what to change."""

from sfn_digest.retry.asl import Definition, read_definition
from sfn_digest.retry.weigh import certain, weigh, weighing_notes

__all__ = ["Definition", "certain", "read_definition", "weigh", "weighing_notes"]
