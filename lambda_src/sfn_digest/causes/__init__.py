"""Names the root cause of a failure, to the leaf. Pure: no I/O, no clock, never raises.

>>> symptom = Symptom("States.Timeout", None, "TaskTimedOut", "ecs:runTask.sync")
>>> diagnose(symptom).cause
'timeout_task'
"""

from sfn_digest.causes.clues import Symptom
from sfn_digest.causes.containers import fargate_task
from sfn_digest.causes.diagnose import diagnose
from sfn_digest.causes.expectations import Expectation
from sfn_digest.causes.phrases import file_phrases
from sfn_digest.causes.redaction import holds_secret, redact
from sfn_digest.causes.rules import Rule, UserRules, load_rules
from sfn_digest.causes.shown_error import show_error
from sfn_digest.causes.states_errors import child_executions
from sfn_digest.causes.table import Cause, Guide, messages, noun, table

__all__ = [
    "Cause",
    "Expectation",
    "Guide",
    "Rule",
    "Symptom",
    "UserRules",
    "child_executions",
    "diagnose",
    "fargate_task",
    "file_phrases",
    "holds_secret",
    "load_rules",
    "messages",
    "noun",
    "redact",
    "show_error",
    "table",
]
