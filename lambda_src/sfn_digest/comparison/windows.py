"""Which window the digest before this one had."""

from datetime import timedelta

from sfn_digest.model.executions import Window

_CLOCK_CHANGES = (timedelta(0), timedelta(hours=1), timedelta(hours=-1))


def windows_before(window: Window) -> tuple[Window, ...]:
    """The windows that the period before may have had, the likeliest first.

    A schedule in a zone with summer time fires an hour sooner or later in UTC once the clocks
    have changed; the window's length stays.
    """
    length = window.end - window.start
    return tuple(
        Window(window.start - length + change, window.end - length + change)
        for change in _CLOCK_CHANGES
    )
