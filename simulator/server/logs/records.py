"""What a state machine logs of its executions: a record for each event that its level lets pass.

Records are as recorded on AWS: every value is text but `details`, and `input` and `output` are
there only where execution data is logged. What rests on belief: the levels of MapRun* events, of
EvaluationFailed and of redrives, and that what is longer than 248 KB is cut.
"""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from simulator.engine.draws import draw
from simulator.records import LogLevel, RawEvent, SimExecution, SimLogging

FATAL = frozenset({"ExecutionFailed", "ExecutionTimedOut", "ExecutionAborted"})
LONGEST_PAYLOAD = 248 * 1024
_DATA = ("input", "output")
_BAD_ENDINGS = ("Failed", "TimedOut", "Aborted")


def is_logged(event_type: str, level: LogLevel) -> bool:
    """Whether a level lets an event of this type pass."""
    if level == "FATAL":
        return event_type in FATAL
    if level == "ERROR":
        return event_type.endswith(_BAD_ENDINGS) or event_type == "FailStateEntered"
    return level == "ALL"


def arrived(
    run: SimExecution, logging: SimLogging, now: float
) -> Iterator[tuple[float, Mapping[str, Any]]]:
    """The records of an execution that can be read at `now`, with the time of their events."""
    redrives = 0
    for event in run.events:
        redrives += event["type"] == "ExecutionRedriven"
        if not is_logged(event["type"], logging.level):
            continue
        lost = draw(0, run.arn, event["id"], "lost") < logging.lost
        late = logging.late * draw(0, run.arn, event["id"], "late")
        if not lost and event["timestamp"] + late <= now:
            yield event["timestamp"], record_of(run, event, redrives, data=logging.data)


def record_of(run: SimExecution, event: RawEvent, redrives: int, *, data: bool) -> dict[str, Any]:
    """One event as its log record."""
    return {
        "id": str(event["id"]),
        "type": event["type"],
        "details": _details(event, data=data),
        "previous_event_id": str(event["previousEventId"]),
        "event_timestamp": str(round(event["timestamp"] * 1000)),
        "execution_arn": run.arn,
        "redrive_count": str(redrives),
    }


def message_of(record: Mapping[str, Any]) -> str:
    """A record as the line that lies in the log."""
    return json.dumps(record, separators=(",", ":"), ensure_ascii=False)


def _details(event: RawEvent, *, data: bool) -> dict[str, Any]:
    found: Mapping[str, Any] = next(
        (value for name, value in event.items() if name.endswith("EventDetails")), {}
    )
    kept = {
        name: value for name, value in found.items() if name.removesuffix("Details") not in _DATA
    }
    if not data:
        return kept
    for name in _DATA:
        if name in found:
            text = str(found[name])
            kept[name] = text[:LONGEST_PAYLOAD]
            kept[f"{name}Details"] = {"truncated": len(text) > LONGEST_PAYLOAD}
    return kept
