"""One machine as the hints look at it, and a hint's plain parts."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import ceil

from sfn_digest.asl.definition import Definition
from sfn_digest.causes import redact
from sfn_digest.i18n.message import Message
from sfn_digest.i18n.sanitize import clean
from sfn_digest.model.executions import Failure
from sfn_digest.model.report import Recovered
from sfn_digest.retry.observations.observed_states import StateEvidence
from sfn_digest.retry.observations.visits import Visit

NOTHING = Recovered(surely=0, likely=0.0, possibly=0, low=0, high=0)
"""What a hint that is not about recovering brings back."""

DOLLARS_PER_TRANSITION = 0.000025
"""A Standard workflow's state transition, retries included (AWS price list, us-east-1)."""

_NAME_LIMIT = 80
_READ = 300
"""Characters of a name before it is redacted, so that no secret is cut to pieces first."""


@dataclass(frozen=True, slots=True)
class MachineView:
    """A machine's definition, its failures, and what is known of each of its states.

    `incidents` numbers the incident of each visit by `id(visit)`, over all machines.
    `successes_known`: some of its successes were read, or it had none. Where they were not,
    retries that helped are unknown, and no sentence may rest on their absence. `took` are the
    seconds that its successful executions took, those that were redriven left out.
    """

    arn: str
    definition: Definition
    failures: Sequence[Failure]
    evidence: Mapping[str, StateEvidence]
    incidents: Mapping[int, int]
    successes_known: bool
    took: Sequence[float]

    def incidents_of(self, visits: Iterable[Visit]) -> int:
        """How many separate incidents the visits belong to."""
        return len({self.incidents[id(visit)] for visit in visits})

    def visits(self, state: str) -> tuple[Visit, ...]:
        """The visits of a state that failed at least once."""
        found = self.evidence.get(state)
        return found.visits if found else ()


def shown(name: str) -> str:
    """A name that came from an account, fit for a sentence: one line, redacted, cut."""
    return clean(redact(clean(name, _READ)), _NAME_LIMIT)


def listed(names: Iterable[str], most: int = 5) -> Message:
    """Names in a sentence, the first few of them."""
    every = tuple(shown(name) for name in names)
    rest = len(every) - most
    return Message(
        "{names} and {rest} more" if rest > 0 else "{names}", names=every[:most], rest=rest
    )


def span(seconds: float) -> Message:
    """A length of time in the unit that suits it.

    >>> span(90), span(7200)
    ('90 s', '2 h')
    """
    if seconds >= 2 * 3600:
        return Message("{hours:.3g} h", hours=seconds / 3600)
    if seconds >= 2 * 60:
        return Message("{minutes:.3g} min", minutes=seconds / 60)
    return Message("{seconds:.3g} s", seconds=seconds)


def rounded_up(seconds: float) -> int:
    """A whole number of seconds at or above, of two leading digits.

    >>> rounded_up(1234.5), rounded_up(7.2)
    (1300, 8)
    """
    whole = max(1, ceil(seconds))
    size = int(10 ** max(0, len(str(whole)) - 2))
    return ceil(whole / size) * size
