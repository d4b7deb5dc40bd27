"""Whose successes are worth reading: a call each, so only where a hint may come of it."""

from collections import Counter
from collections.abc import Iterable, Mapping

from sfn_digest.asl.definition import Definition
from sfn_digest.asl.matching import TIMEOUT
from sfn_digest.model.executions import Failure
from sfn_digest.retry.hints.stop_retrying import LEAST_ATTEMPTS
from sfn_digest.retry.observations.visits import Visit, visits_of_failure


def worth_reading(
    definitions: Mapping[str, Definition], failures: Iterable[Failure]
) -> tuple[str, ...]:
    """The machines by ARN whose successes may bear out a hint, the most promising first.

    Those are machines with attempts that failed by what may pass, by a timeout, or in vain often
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
    promising = [arn for arn in retries if may_heal[arn] or retries[arn] >= LEAST_ATTEMPTS]
    return tuple(sorted(promising, key=lambda arn: (-may_heal[arn], -retries[arn], arn)))


def _may_heal(visit: Visit) -> bool:
    return any(each.nature == "transient" or each.error == TIMEOUT for each in visit.attempts)
