"""Draws of everything that is not known about the failures of one state."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from random import Random
from statistics import median

from sfn_digest.model.executions import Nature
from sfn_digest.retry.backtest.policies import CROWDED
from sfn_digest.retry.observations.evidence import StateEvidence
from sfn_digest.retry.observations.incidents import herd_sizes
from sfn_digest.retry.observations.thinning import Probe, thinned
from sfn_digest.retry.observations.visits import Attempt
from sfn_digest.retry.outages.path import Path
from sfn_digest.retry.outages.priors import Setting, priors_of
from sfn_digest.retry.outages.sampler import Draw, Sampler, Seen

_NEVER = Setting(up=1e9, down=1.0, calm=1e-7, storm=0.5, lost=0.5)
"""No further visit is struck by a cause that only strikes who it struck before."""


_FULL_EFFORT = 16
"""How many states are weighed with all draws; more of them share."""


@dataclass(frozen=True, slots=True)
class Effort:
    """How many draws to make: sweeps that are thrown away first, and draws that are kept.

    `visits` is how many failed visits of a state are weighed at most; of more, a sample is.
    """

    warm_up: int = 50
    draws: int = 80
    visits: int = 100

    @classmethod
    def shared_by(cls, states: int) -> "Effort":
        """Less for each where many states are weighed, so that all take about as long."""
        part = min(1.0, _FULL_EFFORT / max(1, states))
        return cls(
            warm_up=round(50 * max(part, 0.5)),
            draws=round(80 * max(part, 0.4)),
            visits=round(100 * max(part, 0.4)),
        )


@dataclass(frozen=True, slots=True)
class CauseSeen:
    """A cause as it was seen in a state: its nature, and the seconds an attempt took to fail."""

    cause: str
    nature: Nature
    seconds: float


def causes_seen(evidence: StateEvidence) -> Mapping[str, CauseSeen]:
    """The causes of all failed attempts of the state, the most frequent first."""
    attempts = [each for visit in evidence.visits for each in visit.attempts]
    names = sorted({each.cause for each in attempts})
    counted = sorted(names, key=lambda name: -sum(each.cause == name for each in attempts))
    return {name: _seen(name, [t for t in attempts if t.cause == name]) for name in counted}


def _seen(name: str, attempts: Sequence[Attempt]) -> CauseSeen:
    natures: list[Nature] = [each.nature for each in attempts]
    nature = max(sorted(set(natures)), key=natures.count)
    return CauseSeen(name, nature, median(each.failed - each.at for each in attempts))


def draws_of(
    seen: CauseSeen, evidence: StateEvidence, effort: Effort, random: Random
) -> list[Draw]:
    """Draws for one cause: of each belief that explains what was seen about as well as the best.

    Where two beliefs do, and mean opposite things, the draws differ as much as they should.
    """
    if seen.nature == "permanent":
        return [_of_permanent(seen.cause, evidence, random) for _ in range(effort.draws)]
    data = _data(seen.cause, evidence)
    struck = [visit for visit in evidence.visits if visit.last.cause == seen.cause]
    herds = seen.cause in CROWDED and bool(herd_sizes(struck))
    samplers = [Sampler(data, prior, random) for prior in priors_of(seen.cause, herds=herds)]
    share = -(-effort.draws // len(samplers))
    chains = [list(sampler.draws(effort.warm_up, share)) for sampler in samplers]
    best = max(_fit(chain) for chain in chains)
    worst = best - _ALMOST_AS_GOOD - _EACH * len(data.open_visits)
    kept = [
        (sampler, chain)
        for sampler, chain in zip(samplers, chains, strict=True)
        if _fit(chain) > worst
    ]
    more = -(-effort.draws // len(kept)) - share
    full = [[*chain, *sampler.draws(0, more)] for sampler, chain in kept]
    return [full[n % len(full)][n // len(full)] for n in range(effort.draws)]


def _of_permanent(cause: str, evidence: StateEvidence, random: Random) -> Draw:
    """A cause that never heals: it may also lie in wait behind another cause's failure."""
    struck = {n for n, v in enumerate(evidence.visits) if v.last.cause == cause}
    others = len(evidence.visits) + len(evidence.passes) - len(struck)
    share = random.betavariate(len(struck) + 0.5, others + 0.5)
    hidden = {
        number
        for number, visit in enumerate(evidence.visits)
        if visit.recovered_at is None and random.random() < share
    }
    return Draw(_NEVER, frozenset(struck | hidden), Path((), (), _NEVER.up, _NEVER.down))


def _fit(chain: Sequence[Draw]) -> float:
    return sum(draw.density for draw in chain) / len(chain)


_ALMOST_AS_GOOD, _EACH = 8.0, 0.5
"""Log units by which a belief may explain the failures worse, in all and for each of them."""


def _data(cause: str, evidence: StateEvidence) -> Seen:
    probes = [Probe(p.at, failed=False, within=(p.attempts, p.spread)) for p in evidence.passes]
    still_open = []
    for number, visit in enumerate(evidence.visits):
        probes += [
            Probe(each.at, failed=True, visit=number)
            for each in visit.attempts
            if each.cause == cause
        ]
        if visit.recovered_at is not None:
            probes.append(Probe(visit.recovered_at, failed=False))
        elif visit.redriven_at is not None:
            probes.append(Probe(visit.redriven_at, failed=False))
        elif visit.last.cause == cause and not visit.unclear:
            still_open.append(number)
    return Seen(thinned(probes), still_open, len(evidence.visits) + len(evidence.passes))
