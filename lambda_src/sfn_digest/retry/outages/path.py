"""One possible weather: known at some moments, drawn in between only where it is asked for."""

from bisect import bisect_left
from collections.abc import Sequence
from math import exp


class Path:
    """Up or down at any moment; what was answered once stays so, whatever is asked next."""

    def __init__(
        self, times: Sequence[float], down: Sequence[bool], mean_up: float, mean_down: float
    ) -> None:
        """`times` in order, with what is known at them; means in seconds."""
        self._times, self._down = list(times), list(down)
        self._share = mean_down / (mean_up + mean_down)
        self._rate = 1 / mean_up + 1 / mean_down

    def is_down(self, moment: float, luck: float) -> bool:
        """Whether it is down at `moment`; `luck` in [0, 1) decides where that is open."""
        times, down = self._times, self._down
        place = bisect_left(times, moment)
        if place < len(times) and times[place] == moment:
            return down[place]
        answer = luck < self._chance(place, moment)
        times.insert(place, moment)
        down.insert(place, answer)
        return answer

    def _chance(self, place: int, moment: float) -> float:
        """The chance of down between the two neighbours (the Markov bridge)."""
        share, chance = self._share, self._share
        if place:
            kept = exp((self._times[place - 1] - moment) * self._rate)
            chance = share + ((1 - share) * kept if self._down[place - 1] else -share * kept)
        if place == len(self._times):
            return chance
        kept = exp((moment - self._times[place]) * self._rate)
        from_up, from_down = share * (1 - kept), share + (1 - share) * kept
        if not self._down[place]:
            from_up, from_down = 1 - from_up, 1 - from_down
        bad = chance * from_down
        total = bad + (1 - chance) * from_up
        return bad / total if total > 0 else chance
