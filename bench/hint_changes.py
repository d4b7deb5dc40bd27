"""How often a hint changes over similar weeks."""

from collections import defaultdict
from collections.abc import Mapping

from bench.hint_worlds import Kinds, failures_of, live_week, successes_of
from sfn_digest.asl.definition import read_definition
from sfn_digest.retry.backtest.advise import advise
from sfn_digest.retry.backtest.retrier_choice import LastHint
from sfn_digest.retry.observations.observed_states import gather
from sfn_digest.retry.observations.shared_outages import Company
from sfn_digest.retry.outages.sampler import Effort
from simulator.worlds.hints.kinds import LOADED

WEEKS = 12


def most_changes(seed: int, kinds: Kinds) -> Mapping[str, int]:
    """By kind, how often a hint differs from the one given last, in so many weeks."""
    return {name: changes(name, seed + 1, kinds) for name in kinds if name not in LOADED}


def changes(kind: str, seed: int, kinds: Kinds) -> int:
    """The same in one world, in which nobody follows the hints."""
    given: dict[str, dict[str, LastHint]] = defaultdict(dict)
    changed = 0
    for week in range(WEEKS):
        lived = live_week(kind, seed, week, kinds)
        failures = failures_of(lived)
        machines = lived.world.machines
        definitions = {each.arn: read_definition(each.definition) for each in machines}
        successes = {each.arn: successes_of(lived, each.name) for each in machines}
        found = gather(definitions, failures, successes)
        company = Company(found)
        for evidence in found:
            last = given[evidence.machine]
            for advice in advise(evidence, Effort(), hinted=last, company=company):
                retrier = advice.estimate.retrier
                before = last.get(advice.cause)
                changed += before is not None and before.retrier != retrier
                last[advice.cause] = LastHint(retrier, advice.standing)
    return changed
