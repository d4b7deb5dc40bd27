"""Which retrier takes which error, by Step Functions' rules.

Names are case-sensitive. `States.ALL` takes neither States.Runtime nor
States.DataLimitExceeded; `States.TaskFailed` takes everything but States.Timeout and those.
The documentation says that States.ALL leaves out States.DataLimitExceeded; recordings show
that a Catch takes it as a task's result all the same.
"""

from collections.abc import Iterable, Sequence

from sfn_digest.asl.definition import Retrier

ALL = "States.ALL"
TASK_FAILED = "States.TaskFailed"
TIMEOUT = "States.Timeout"
HEARTBEAT = "States.HeartbeatTimeout"
DATA_LIMIT = "States.DataLimitExceeded"
RUNTIME = "States.Runtime"
EXCEEDED = "States.ExceedToleratedFailureThreshold"

UNCATCHABLE = frozenset({RUNTIME})
"""What no retrier and no catcher takes, not even by name."""
BEYOND_ALL = frozenset({RUNTIME, DATA_LIMIT})
_BEYOND = {ALL: BEYOND_ALL, TASK_FAILED: BEYOND_ALL | {TIMEOUT}}


def name_takes(name: str, error: str, *, heartbeat: bool = False) -> bool:
    """Whether a name in a retrier's ErrorEquals takes an error.

    `heartbeat`: the state has a HeartbeatSeconds, whose error history shows as States.Timeout.
    """
    if error in UNCATCHABLE:
        return False
    if name in _BEYOND:
        return error not in _BEYOND[name]
    return name == error or (heartbeat and name == HEARTBEAT and error == TIMEOUT)


def takes(names: Iterable[str], error: str, *, heartbeat: bool = False) -> bool:
    """Whether any of the names takes the error."""
    return any(name_takes(name, error, heartbeat=heartbeat) for name in names)


def retrier_for(
    retriers: Sequence[Retrier], error: str, *, heartbeat: bool = False
) -> Retrier | None:
    """The first retrier that takes the error: the others never see it."""
    return next((r for r in retriers if takes(r.errors, error, heartbeat=heartbeat)), None)


def covers(earlier: str, later: str) -> bool:
    """Whether nothing that `later` takes can come past `earlier`."""
    if earlier in (later, ALL):
        return True
    return earlier == TASK_FAILED and later not in (ALL, TIMEOUT, HEARTBEAT, DATA_LIMIT, RUNTIME)
