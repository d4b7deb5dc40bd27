"""What a retrier that is hinted at would have cost."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class RetryCost:
    """What a hinted retrier would have cost.

    `attempts`: further ones in all. `wait_seconds`: from a failure that recovers to the retry
    that does it, the median; `hold_seconds`: the most that all retries can hold an execution.
    `slower`: executions that succeed today and would later, the median of them by
    `slower_by_seconds`. `outlasted`: failures that may pass, but not before the last retry.
    """

    attempts: float
    wait_seconds: float
    hold_seconds: float
    slower: float
    slower_by_seconds: float
    outlasted: float
