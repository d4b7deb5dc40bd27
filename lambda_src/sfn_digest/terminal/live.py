"""Progress at a terminal: two lines that change. Needs the optional package rich.

The first has the stage, a bar where it is known how much there is to read, and the time left;
the second counts, and says what holds the work up.
"""

from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import TextIO

from rich.console import Console, RenderableType
from rich.progress import (
    BarColumn,
    SpinnerColumn,
    Task,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)
from rich.progress import Progress as Bars
from rich.text import Text

from sfn_digest.terminal.tally import ProgressTally, capitalized


class _TwoLines(Bars):
    """Rich's own line, and one of counts under it, cut at the terminal's width."""

    def get_renderables(self) -> Iterable[RenderableType]:
        """Give both lines."""
        yield from super().get_renderables()
        for task in self.tasks:
            if counts := task.fields["counts"]:
                yield Text(f"  {counts}", "dim", no_wrap=True, overflow="ellipsis")


class _TimeLeft(TimeRemainingColumn):
    """Nothing where it is not known, in place of dashes."""

    def render(self, task: Task) -> Text:
        """Say it in words: 0:01:10 left."""
        if task.total is None or task.finished or task.time_remaining is None:
            return Text()
        return Text.assemble(super().render(task), (" left", "progress.remaining"))


class LiveProgress:
    """See Progress: shown by `shown`, and not by `paused`."""

    def __init__(self, out: TextIO) -> None:
        self._live = _TwoLines(
            SpinnerColumn(),
            TextColumn("{task.description}", markup=False),
            BarColumn(bar_width=20),
            TimeElapsedColumn(),
            _TimeLeft(compact=False),
            console=Console(file=out),
            transient=True,
        )
        self._tally = ProgressTally()
        self._stage = ""
        self._reading = False
        self._task = self._live.add_task("", total=None, counts="")

    def shown(self) -> AbstractContextManager[object]:
        """Show it while this lasts; its lines are gone at the end."""
        return self._live

    @contextmanager
    def paused(self) -> Iterator[None]:
        """Leave the terminal to somebody else while this lasts."""
        self._live.stop()
        try:
            yield
        finally:
            self._live.start()

    def stage(self, text: str) -> None:
        """Name the new part of the work; how long it takes is known once failures are found."""
        with self._tally.lock:
            if text == self._stage:
                return
            self._stage, self._reading = text, False
            # A new task, since one that has a total cannot be without it again.
            self._live.remove_task(self._task)
            self._task = self._live.add_task(
                capitalized(text), total=None, counts=self._tally.sentence()
            )

    def found(self, failures: int) -> None:
        """Lengthen the bar."""
        with self._tally.lock:
            self._tally.failures_found += failures
            self._reading = True
            self._show("")

    def read(self, failures: int) -> None:
        """Fill the bar."""
        with self._tally.lock:
            self._tally.failures_read += failures
            self._show("")

    def called(self, api: str) -> None:  # noqa: ARG002 - the sum is shown
        """Count."""
        with self._tally.lock:
            self._tally.calls += 1
            self._show("")

    def waiting(self, api: str, seconds: float) -> None:
        """Say that a call waits for its share of the quota, until something else happens."""
        with self._tally.lock:
            self._show(f"{api} waits {seconds:.1f} s for its share of the quota")

    def throttled(self, api: str) -> None:
        """Say which API AWS throttled."""
        with self._tally.lock:
            self._tally.calls_throttled += 1
            self._show(f"{api} slows down")

    def _show(self, held_up_by: str) -> None:
        tally = self._tally
        if self._reading:
            self._live.update(
                self._task, total=tally.failures_found or None, completed=tally.failures_read
            )
        said = "; ".join(filter(None, (tally.sentence(), held_up_by)))
        self._live.update(self._task, counts=said)
