"""The log groups of a world: their records in the order of time, and the bytes they hold."""

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import accumulate
from typing import Any

from simulator.records import LogTraffic, SimMachine, World
from simulator.server.logs.records import arrived, message_of
from simulator.server.metric_series import Stat, period_start

PROBE = "Step Functions checks whether it may deliver logs to this group."
"""The first event of a group is a line of plain text."""


@dataclass(frozen=True, slots=True)
class Line:
    """One log event; `record` is what its JSON says, empty where it is none. `at` is in ms."""

    at: int
    stream: str
    message: str
    record: Mapping[str, Any]


@dataclass
class LogGroup:
    """One group; `traffic` are bytes of lines that nobody has to read."""

    name: str
    lines: list[Line]
    traffic: Sequence[LogTraffic] = ()
    _times: list[int] = field(init=False)
    _sizes: list[int] = field(init=False)

    def __post_init__(self) -> None:
        """Sort the lines by time."""
        self.lines.sort(key=lambda line: line.at)
        self._times = [line.at for line in self.lines]
        self._sizes = list(accumulate((len(line.message) for line in self.lines), initial=0))

    def between(self, start: int, end: int) -> Sequence[Line]:
        """The lines from `start` to `end` in ms, both included."""
        low, high = bisect_left(self._times, start), bisect_right(self._times, end)
        return self.lines[low:high]

    def size(self, start: int, end: int) -> int:
        """The bytes of that time."""
        low, high = bisect_left(self._times, start), bisect_right(self._times, end)
        others = sum(_overlap(each, start / 1000, end / 1000) for each in self.traffic)
        return self._sizes[high] - self._sizes[low] + round(others)


def _overlap(traffic: LogTraffic, start: float, end: float) -> float:
    shared = max(0.0, min(end, traffic.end) - max(start, traffic.start))
    return traffic.bytes * shared / (traffic.end - traffic.start)


class LogGroups:
    """All groups by name, made when the first is asked for."""

    def __init__(self, world: World) -> None:
        self._world = world

    @cached_property
    def all(self) -> Mapping[str, LogGroup]:
        """Every group that a machine logs to, or that takes in something else."""
        lines: defaultdict[str, list[Line]] = defaultdict(list)
        for group, line in _lines(self._world):
            lines[group].append(line)
        for machine in self._world.machines:
            if machine.logging is not None and machine.logging.level != "OFF":
                lines.setdefault(machine.logging.group, [])
        traffic: defaultdict[str, list[LogTraffic]] = defaultdict(list)
        for each in self._world.log_traffic:
            traffic[each.group].append(each)
        for name in traffic:
            lines.setdefault(name, [])
        probe = Line(round(self._world.start * 1000), "log_stream_created", PROBE, {})
        return {
            name: LogGroup(name, [probe, *found], traffic.get(name, ()))
            for name, found in lines.items()
        }

    def bytes_taken_in(self, name: str, start: float, end: float, period: int) -> dict[int, Stat]:
        """CloudWatch's IncomingBytes of a group by the epoch second each period begins at."""
        group = self.all.get(name)
        if group is None:
            return {}
        begins = range(period_start(start, period), period_start(end, period), period)
        sizes = {at: group.size(at * 1000, (at + period) * 1000 - 1) for at in begins}
        return {at: Stat(size, 1, size, size) for at, size in sizes.items() if size}


def _lines(world: World) -> Iterator[tuple[str, Line]]:
    logging: Mapping[str, SimMachine] = {
        machine.arn: machine for machine in world.machines if machine.logging is not None
    }
    for run in world.executions:
        machine = logging.get(run.machine_arn.partition("/")[0])
        if machine is None or machine.logging is None or not machine.logging.allowed:
            continue
        stream = f"states/{machine.name}/{run.arn.rpartition(':')[2][:8]}"
        for moment, record in arrived(run, machine.logging, world.end):
            line = Line(round(moment * 1000), stream, message_of(record), record)
            yield machine.logging.group, line
