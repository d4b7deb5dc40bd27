"""Times that were counted, kept as windows apart from each other."""

from collections.abc import Iterable

from sfn_digest.model.executions import Window

MOST_WINDOWS = 40
"""Windows that are remembered; beyond them the gaps between the oldest count as counted."""


def joined(windows: Iterable[Window]) -> tuple[Window, ...]:
    """The same times in windows that neither overlap nor touch, oldest first."""
    apart: list[Window] = []
    for each in sorted(windows, key=lambda window: window.start):
        if apart and each.start <= apart[-1].end:
            apart[-1] = Window(apart[-1].start, max(apart[-1].end, each.end))
        else:
            apart.append(each)
    surplus = len(apart) - MOST_WINDOWS
    if surplus > 0:
        apart[: surplus + 1] = [Window(apart[0].start, apart[surplus].end)]
    return tuple(apart)
