"""Runs that go on at once, in virtual time: one moves at a time, chosen by a seeded draw.

Each call of the outside world is a point at which another run may go on, the time passes, a
fault strikes, or the run is killed, as Lambda kills one.
"""

import threading
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from random import Random
from typing import TypeVar

T = TypeVar("T")

START = datetime(2026, 11, 16, 9, 0, tzinfo=UTC)


class KilledError(BaseException):
    """The process is gone: nothing of it runs any more."""


class Stage:
    """The virtual time, and whose turn it is."""

    def __init__(self, seed: int) -> None:
        self.random = Random(seed)
        self.clock = 0.0
        self._actors: list[Actor] = []

    def utc(self) -> datetime:
        """The true time of day."""
        return START + timedelta(seconds=self.clock)

    def play(self, scripts: "Sequence[tuple[Actor, Callable[[], None]]]") -> None:
        """Let these runs go on until all have ended, one way or another."""
        self._actors = [actor for actor, _ in scripts]
        for actor, script in scripts:
            actor.begin(script)
        while waiting := [actor for actor in self._actors if not actor.ended]:
            soonest = min(actor.wake_at for actor in waiting)
            self.clock = max(self.clock, soonest)
            awake = [actor for actor in waiting if actor.wake_at <= self.clock]
            self.random.choice(awake).go_on()
        for actor in self._actors:
            actor.end()


class Actor:
    """One run: its time (which may be wrong), what it has left, and its faults to come.

    `faults` are drawn from at each call by its name; see Fault in faults.py.
    """

    def __init__(self, stage: Stage, *, lasts: float = 900.0, skew: float = 0.0) -> None:
        self.stage = stage
        self.ended = False
        self.wake_at = stage.clock
        self.crash: BaseException | None = None
        self._dies_at = stage.clock + lasts
        self._skew = timedelta(seconds=skew)
        self._mine = threading.Semaphore(0)
        self._back = threading.Semaphore(0)
        self._thread: threading.Thread | None = None

    def begin(self, script: Callable[[], None]) -> None:
        """Make the run ready; it waits for its turn."""

        def whole() -> None:
            self._mine.acquire()
            try:
                script()
            except KilledError:
                pass
            except BaseException as error:  # noqa: BLE001 - raised again where the play ends
                self.crash = error
            self.ended = True
            self._back.release()

        self._thread = threading.Thread(target=whole, daemon=True)
        self._thread.start()

    def go_on(self) -> None:
        """Let the run move to its next call."""
        self._mine.release()
        self._back.acquire()

    def end(self) -> None:
        """Wait for the thread, and raise what a run should never raise."""
        if self._thread:
            self._thread.join()
        if self.crash:
            raise self.crash

    def pass_time(self, seconds: float) -> None:
        """Let others go on while this run waits; it dies when its time is up."""
        self.wake_at = self.stage.clock + seconds
        self._back.release()
        self._mine.acquire()
        if self.stage.clock >= self._dies_at:
            raise KilledError

    def now(self) -> float:
        """Time.now: seconds of a clock of its own."""
        return self.stage.clock + 1_000.0

    def utc(self) -> datetime:
        """Time.utc, as wrong as this machine's clock."""
        return self.stage.utc() + self._skew

    def left(self) -> float:
        """Time.left."""
        return self._dies_at - self.stage.clock

    def sleep(self, seconds: float) -> None:
        """Time.sleep."""
        self.pass_time(seconds)
