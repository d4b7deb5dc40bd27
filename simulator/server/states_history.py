"""An execution's events as GetExecutionHistory and DescribeExecution show them."""

from collections.abc import Mapping
from typing import Any

from simulator.records import RawEvent, SimExecution
from simulator.server.api import Params
from simulator.server.states_paging import Pager, page_size

PAGE_CHARACTERS = 1_000_000
"""Text of event details after which a page ends early, as AWS's do; the figure is our own."""

_LONGEST_ERROR = 256
_LONGEST_CAUSE = 32_768
_EXECUTION_DATA = frozenset({"input", "inputDetails", "output", "outputDetails"})


def events_page(
    run: SimExecution, params: Params, pager: Pager
) -> tuple[list[RawEvent], str | None]:
    """The page of events asked for, and the token of the next one."""
    offset, total = pager.offset(params), len(run.events)
    end = min(total, offset + page_size(params))
    if params.get("reverseOrder", False):
        events = run.events[total - end : total - offset][::-1]
    else:
        events = run.events[offset:end]
    shown = events if params.get("includeExecutionData", True) else map(_without_data, events)
    page: list[RawEvent] = []
    characters = 0
    for event in shown:
        characters += _characters(event)
        if page and characters > PAGE_CHARACTERS:
            break
        page.append(event)
    return page, pager.token(params, offset + len(page), total)


def payload(run: SimExecution) -> dict[str, Any]:
    """The input and output of an execution, as far as its events have them."""
    shown: dict[str, Any] = {}
    if run.events:
        started = run.events[0].get("executionStartedEventDetails", {})
        ended = run.events[-1].get("executionSucceededEventDetails", {})
        shown = {
            name: details[name]
            for details, name in ((started, "input"), (ended, "output"))
            if name in details
        }
    return shown


def closing_words(run: SimExecution) -> dict[str, str]:
    """The error and cause an execution closed with, cut as DescribeExecution cuts them."""
    if run.status == "RUNNING" or not run.events:
        return {}
    details = _details(run.events[-1])
    longest = {"error": _LONGEST_ERROR, "cause": _LONGEST_CAUSE}
    return {name: details[name][:cap] for name, cap in longest.items() if details.get(name)}


def _details(event: RawEvent) -> Mapping[str, Any]:
    for name, value in event.items():
        if name.endswith("EventDetails"):
            details: Mapping[str, Any] = value
            return details
    return {}


def _characters(event: RawEvent) -> int:
    return sum(len(value) for value in _details(event).values() if isinstance(value, str))


def _without_data(event: RawEvent) -> RawEvent:
    details = _details(event)
    if _EXECUTION_DATA.isdisjoint(details):
        return event
    kept = {name: value for name, value in details.items() if name not in _EXECUTION_DATA}
    return {name: kept if name.endswith("EventDetails") else value for name, value in event.items()}
