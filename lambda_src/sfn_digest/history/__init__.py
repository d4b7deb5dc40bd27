"""Pure: from the events of one execution to the state that failed and every failed attempt."""

from sfn_digest.history.reader import read_history

__all__ = ["read_history"]
