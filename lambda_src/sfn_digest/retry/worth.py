"""Whose successes are worth reading: a call each, so only where a hint may come of it."""

from collections import Counter
from collections.abc import Iterable, Mapping

from sfn_digest.records import Failure
from sfn_digest.retry.asl import Definition
from sfn_digest.retry.matching import TIMEOUT
from sfn_digest.retry.visits import Visit, visits_of_failure
from sfn_digest.retry.waste import LEAST_TRIES


def worth_reading(
    definitions: Mapping[str, Definition], failures: Iterable[Failure]
) -> tuple[str, ...]:
    """The machines by ARN whose successes may bear out a hint, the most promising first.

    Those are machines with tries that failed by what may pass, by a time-out, or in vain often
    enough to stop them. A state that starts a known child machine does not count: the child
    is the one to change.
    """
    may_heal: Counter[str] = Counter()
    retries: Counter[str] = Counter()
    for failure in failures:
        definition = definitions.get(failure.execution.machine_arn)
        for visit in visits_of_failure(failure, definition):
            state = definition.states.get(visit.state) if definition else None
            if state is not None and state.child not in definitions:
                may_heal[visit.machine] += _may_heal(visit)
                retries[visit.machine] += visit.retries
    promising = [arn for arn in retries if may_heal[arn] or retries[arn] >= LEAST_TRIES]
    return tuple(sorted(promising, key=lambda arn: (-may_heal[arn], -retries[arn], arn)))


def _may_heal(visit: Visit) -> bool:
    return any(each.nature == "transient" or each.error == TIMEOUT for each in visit.tries)
