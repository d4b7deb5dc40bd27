"""Faults drawn by chance: each call may be struck by what can strike a call of its name."""

from collections import Counter
from random import Random
from typing import get_args

from tests.delivery.faults import Fault, Faults, Where

KILLED = (Fault("killed before"), Fault("killed after"))
TABLE = (
    *KILLED,
    Fault("refused"),
    Fault("answer lost"),
    Fault("slow", seconds=20.0),
    Fault("answered late", seconds=20.0),
    Fault("answered late", seconds=70.0),
)
READING = (
    *KILLED,
    Fault("refused", "no_answer"),
    Fault("refused", "server_error"),
    Fault("refused", "ratelimited", retry_after=5.0),
    Fault("refused", "ratelimited", retry_after=2_000.0),
    Fault("refused", "service_unavailable"),
    Fault("refused", "fatal_error"),
    Fault("slow", seconds=9.0),
)
WRITING = (
    *READING,
    *(Fault("answer lost", c) for c in ("no_answer", "server_error", "fatal_error")),
    Fault("refused", "invalid_blocks"),
    Fault("refused", "msg_too_long"),
    Fault("refused", "ratelimited", retry_after=70.0),
    Fault("refused", "ratelimited"),
    Fault("refused", "unreachable"),
    Fault("refused", "invalid_auth"),
    Fault("refused", "restricted_action"),
)
LATE = tuple(Fault("connects late", seconds=seconds) for seconds in (12.0, 70.0, 200.0))
POSTING = (
    *WRITING,
    Fault("taken late", "no_answer", seconds=3.0),
    Fault("taken late", "no_answer", seconds=14.0),
    Fault("slow", seconds=40.0),
    *LATE,
)
BY_CALL: dict[Where, tuple[Fault, ...]] = {
    **dict.fromkeys(get_args(Where), TABLE),
    "find": READING,
    "update": (*WRITING, *LATE),
    "post": POSTING,
    "attach": POSTING,
}


def drawn(random: Random, likely: float, told: Counter[str] | None = None) -> Faults:
    """Slack's calls are struck with this probability, the table's, which are many, with a
    quarter of it; `told` counts what struck.
    """

    def draw(where: Where) -> Fault | None:
        odds = likely if where in ("post", "update", "find", "attach") else likely / 4
        if random.random() >= odds:
            return None
        fault = random.choice(BY_CALL[where])
        if told is not None:
            told[f"{where}: {fault}"] += 1
        return fault

    return draw
