"""How many examples a test draws: few at a desk, all where `CI` is set."""

import os

SHARE_AT_A_DESK = 8


def many(whole: int) -> int:
    """All of a test's examples where `CI` is set, else an eighth of them.

    >>> many(2) >= 1
    True
    """
    return whole if os.environ.get("CI") else max(1, whole // SHARE_AT_A_DESK)
