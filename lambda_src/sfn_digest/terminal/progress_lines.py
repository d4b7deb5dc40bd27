"""Progress on standard error: live lines at a terminal, plain lines anywhere else."""

import sys
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from importlib.util import find_spec
from typing import TYPE_CHECKING, Protocol, TextIO

from sfn_digest.progress import Progress
from sfn_digest.terminal.tally import ProgressTally, capitalized

if TYPE_CHECKING:
    from sfn_digest.terminal.live import LiveProgress

_LINE_EVERY = 500
"""Failures read between two plain lines: a log of a large account stays short."""


class TerminalProgress(Progress, Protocol):
    """A progress that can make room for a question on the same stream."""

    def paused(self) -> AbstractContextManager[None]:
        """While it lasts nothing is shown."""


@contextmanager
def terminal_progress(stream: TextIO | None = None) -> Iterator[TerminalProgress]:
    """Give a progress that shows itself on `stream`, standard error by default, while it lasts.

    Live lines need a terminal and the optional package rich; without either there are
    plain lines.
    """
    out = stream or sys.stderr
    if out.isatty() and find_spec("rich"):
        live = _live(out)
        with live.shown():
            yield live
    else:
        plain = PlainProgress(out)
        yield plain
        plain.summary()


def _live(out: TextIO) -> "LiveProgress":
    # The Lambda and a pipe never need rich, which takes a quarter of a second to import.
    from sfn_digest.terminal.live import LiveProgress  # noqa: PLC0415

    return LiveProgress(out)


class PlainProgress:
    """A line for each stage, one every 500 failures, and one at the end."""

    def __init__(self, out: TextIO) -> None:
        self._out = out
        self._tally = ProgressTally()
        self._stage = ""

    def paused(self) -> AbstractContextManager[None]:
        """Nothing to make room for: lines stay where they are."""
        return nullcontext()

    def stage(self, text: str) -> None:
        """Write the new part of the work on a line."""
        with self._tally.lock:
            if text != self._stage:
                self._line(capitalized(text))
            self._stage = text

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
                self._line(self._tally.sentence())

    def called(self, api: str) -> None:  # noqa: ARG002 - the log tells the sum
        """Count."""
        with self._tally.lock:
            self._tally.calls += 1

    def waiting(self, api: str, seconds: float) -> None:
        """Nothing: keeping to the quota's share is how it should be, and no news in a log."""

    def throttled(self, api: str) -> None:  # noqa: ARG002 - the log tells the sum
        """Count."""
        with self._tally.lock:
            self._tally.calls_throttled += 1

    def summary(self) -> None:
        """Write what was read in all, if there was anything."""
        with self._tally.lock:
            said = self._tally.sentence()
            if said:
                self._line(said)

    def _line(self, text: str) -> None:
        self._out.write(f"{text}\n")
        self._out.flush()
