"""What a retrier that is hinted at would have cost, and how it stood in earlier reports."""

from dataclasses import dataclass, field

_FADES = 0.9
"""What earlier reports count by beside a new one, each time."""


@dataclass(frozen=True, slots=True)
class HintStanding:
    """How a hinted retrier has stood since it was first hinted, in recovered executions.

    `best` is what the best retrier of each report was worth, `missed` what this one was worth
    less; earlier reports count for less and less.
    """

    best: float = 0.0
    missed: float = 0.0

    def after(self, best: float, own: float) -> "HintStanding":
        """The same with one more report, in which the two were worth so much."""
        missed = max(0.0, best - own)
        return HintStanding(_FADES * self.best + best, _FADES * self.missed + missed)


@dataclass(frozen=True, slots=True)
class RetryCost:
    """What a hinted retrier would have cost.

    `attempts`: further ones in all. `wait_seconds`: from a failure that recovers to the retry
    that does it, the median; `hold_seconds`: the most that all retries can hold an execution.
    `slower`: executions that succeed today and would later, of those that were read, the median of
    them by `slower_by_seconds`. `outlasted`: failures that may pass, but not before the last retry.
    `standing`: how the retrier has stood since it was first hinted.
    """

    attempts: float
    wait_seconds: float
    hold_seconds: float
    slower: float
    slower_by_seconds: float
    outlasted: float
    standing: HintStanding = field(default_factory=HintStanding)
