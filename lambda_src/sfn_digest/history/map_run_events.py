"""The Map runs of Distributed Maps that a history shows."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sfn_digest.history import kinds
from sfn_digest.history.newest_events import Pages
from sfn_digest.model.executions import HistoryEvent


@dataclass(frozen=True, slots=True)
class StartedMapRun:
    """A Map run that an execution started, and the Map state that it belongs to."""

    arn: str
    state: str | None


def started_map_runs(pages: Iterator[Sequence[HistoryEvent]]) -> tuple[StartedMapRun, ...]:
    """The Map runs on the newest page of a history, in the order they were started."""
    read = Pages(pages)
    started = sorted(
        (event for event in read.events.values() if event.type == kinds.MAP_RUN_STARTED),
        key=lambda event: event.id,
    )
    return tuple(
        StartedMapRun(arn, read.visits.state_of(event.id))
        for event in started
        if (arn := _arn(event)) is not None
    )


def failed_map_run(pages: Pages, event: HistoryEvent | None) -> str | None:
    """The ARN of the Map run that a MapRunFailed event ends, which its start tells."""
    if event is None or event.type != kinds.MAP_RUN_FAILED:
        return None
    while event is not None and event.type not in (kinds.MAP_RUN_STARTED, *kinds.ENTERED):
        event = pages.before(event)
    return _arn(event) if event is not None else None


def _arn(event: HistoryEvent) -> str | None:
    arn = event.details.get("mapRunArn")
    return str(arn) if arn else None
