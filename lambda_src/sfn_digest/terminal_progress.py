"""Progress on standard error: a live line at a terminal, plain lines anywhere else."""

import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from typing import TYPE_CHECKING, TextIO

from sfn_digest.progress import Progress

if TYPE_CHECKING:
    from rich.progress import Progress as RichProgress

_LINE_EVERY = 500
"""Failures read between two plain lines: a log of a large account stays short."""


@contextmanager
def terminal_progress(stream: TextIO | None = None) -> Iterator[Progress]:
    """Give a progress that shows itself on `stream`, standard error by default, while it lasts.

    A live line needs a terminal and the optional package rich; without either there are
    plain lines.
    """
    out = stream or sys.stderr
    if out.isatty() and find_spec("rich"):
        with _rich_progress(out) as live:
            yield LiveProgress(live)
    else:
        plain = PlainProgress(out)
        yield plain
        plain.summary()


def _rich_progress(out: TextIO) -> "RichProgress":
    # The Lambda and a pipe never need rich, which takes a quarter of a second to import.
    from rich.console import Console  # noqa: PLC0415
    from rich.progress import (  # noqa: PLC0415
        BarColumn,
        Progress,
        SpinnerColumn,
        TextColumn,
        TimeElapsedColumn,
    )

    return Progress(
        SpinnerColumn(),
        TextColumn("{task.description}", markup=False),
        BarColumn(bar_width=24),
        TextColumn("{task.fields[counts]}", markup=False),
        TimeElapsedColumn(),
        TextColumn("{task.fields[pace]}", markup=False, style="dim"),
        console=Console(file=out),
        transient=True,
    )


class _Tally:
    """What was counted so far; its methods hold `lock`, as they are called from threads."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.failures_found = 0
        self.failures_read = 0
        self.calls_throttled = 0

    def counts(self) -> str:
        """Say how much of what was found has been read."""
        if not self.failures_found:
            return ""
        return f"{self.failures_read:,} of {self.failures_found:,} failures read"

    def throttling(self) -> str:
        """Say how many calls AWS throttled."""
        if not self.calls_throttled:
            return ""
        return (
            f"{self.calls_throttled:,} {'call' if self.calls_throttled == 1 else 'calls'} throttled"
        )


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:]


class LiveProgress:
    """One line that changes: the stage, a bar, counts, time, and what holds it up."""

    def __init__(self, live: "RichProgress") -> None:
        self._live = live
        self._tally = _Tally()
        self._task = live.add_task("", total=None, counts="", pace="")

    def stage(self, text: str) -> None:
        """Name the new part of the work."""
        self._live.update(self._task, description=_sentence(text))

    def found(self, failures: int) -> None:
        """Lengthen the bar."""
        with self._tally.lock:
            self._tally.failures_found += failures
            self._show(self._tally.throttling())

    def read(self, failures: int) -> None:
        """Fill the bar."""
        with self._tally.lock:
            self._tally.failures_read += failures
            self._show(self._tally.throttling())

    def waiting(self, api: str, seconds: float) -> None:
        """Say that a call waits for its share of the quota, until something is read again."""
        with self._tally.lock:
            paced = f"{api} waits {seconds:.1f} s for its share of the quota"
            self._show("; ".join(filter(None, (paced, self._tally.throttling()))))

    def throttled(self, api: str) -> None:
        """Say which API AWS throttled, and how many calls in all."""
        with self._tally.lock:
            self._tally.calls_throttled += 1
            self._show(f"{self._tally.throttling()}, {api} the last")

    def _show(self, pace: str) -> None:
        tally = self._tally
        self._live.update(
            self._task,
            total=tally.failures_found or None,
            completed=tally.failures_read,
            counts=tally.counts(),
            pace=pace,
        )


class PlainProgress:
    """A line for each stage, one every 500 failures, and one at the end."""

    def __init__(self, out: TextIO) -> None:
        self._out = out
        self._tally = _Tally()

    def stage(self, text: str) -> None:
        """Write the new part of the work on a line."""
        with self._tally.lock:
            self._line(_sentence(text))

    def found(self, failures: int) -> None:
        """Count."""
        with self._tally.lock:
            self._tally.failures_found += failures

    def read(self, failures: int) -> None:
        """Count, and write a line now and then."""
        with self._tally.lock:
            before = self._tally.failures_read
            self._tally.failures_read += failures
            if before // _LINE_EVERY < self._tally.failures_read // _LINE_EVERY:
                self._line(self._tally.counts())

    def waiting(self, api: str, seconds: float) -> None:
        """Nothing: keeping to the quota's share is how it should be, and no news in a log."""

    def throttled(self, api: str) -> None:  # noqa: ARG002 - the log tells the sum
        """Count."""
        with self._tally.lock:
            self._tally.calls_throttled += 1

    def summary(self) -> None:
        """Write what was read in all, if there was anything."""
        with self._tally.lock:
            said = "; ".join(filter(None, (self._tally.counts(), self._tally.throttling())))
            if said:
                self._line(said)

    def _line(self, text: str) -> None:
        self._out.write(f"{text}\n")
        self._out.flush()
