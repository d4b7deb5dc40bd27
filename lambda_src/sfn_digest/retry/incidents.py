"""Incidents: failures of one cause that overlap in time, in whatever machine they arose."""

from collections.abc import Iterable, Mapping

from sfn_digest.retry.visits import Visit

TOLERANCE = 300.0
"""Seconds between two failures of one cause that still count as one incident."""


def number_incidents(visits: Iterable[Visit]) -> Mapping[int, int]:
    """The incident of each visit, by `id(visit)`; numbers tell incidents apart, no more."""
    by_cause: dict[str, list[Visit]] = {}
    for visit in visits:
        by_cause.setdefault(visit.last.cause, []).append(visit)
    numbers: dict[int, int] = {}
    number = 0
    for alike in by_cause.values():
        end = float("-inf")
        for visit in sorted(alike, key=lambda visit: visit.first.at):
            number += visit.first.at > end + TOLERANCE
            end = max(end, visit.last.failed)
            numbers[id(visit)] = number
    return numbers
