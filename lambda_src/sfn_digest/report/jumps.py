"""Whether a failure rate jumped, or merely varies as chance has it."""

from math import sqrt

from sfn_digest.model.executions import ExecutionCounts

JUMP_RATIO = 2.0
"""The least that a failure rate must have grown by, as a ratio, to be called a jump."""

JUMP_DEVIATIONS = 3.0
"""Standard deviations between two rates, under one common rate, that chance hardly brings: once
in some 700 comparisons."""


def is_jump(now: ExecutionCounts, before: ExecutionCounts) -> bool:
    """Tell whether a machine's failure rate grew more than chance would have it.

    Two proportions are compared under their common rate (the two-proportion z-test).
    """
    if not now.executions or not before.executions or now.failures < JUMP_RATIO:
        return False
    rate, was = now.failures / now.executions, before.failures / before.executions
    common = (now.failures + before.failures) / (now.executions + before.executions)
    spread = sqrt(common * (1 - common) * (1 / now.executions + 1 / before.executions))
    return rate >= JUMP_RATIO * was and rate - was > JUMP_DEVIATIONS * spread
