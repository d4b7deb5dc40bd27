"""Each question that needs a machine, asked of a few: what was refused, and for which."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from sfn_digest.aws.account_errors import GoneError
from sfn_digest.aws.api import Api
from sfn_digest.aws.checks import Checks
from sfn_digest.errors import AccountError, NoCredentialsError, NoEndpointError

T = TypeVar("T")


@dataclass(slots=True)
class Tried:
    """What trying one API on machines came to: how often allowed, and who refused with what."""

    allowed: int = 0
    refused: dict[str, list[str]] = field(default_factory=dict)
    """Names of machines, by the sentence they were refused with."""

    @property
    def machines(self) -> int:
        """How many machines it was tried on."""
        return self.allowed + sum(map(len, self.refused.values()))


def try_machines(checks: Checks, arns: Sequence[str]) -> dict[Api, Tried]:
    """Describe each machine, list one execution, read one event of it and describe what it ran.

    Ends early where no other machine could answer. Express workflows and machines that were
    deleted meanwhile are only described.
    """
    tried: defaultdict[Api, Tried] = defaultdict(Tried)
    try:
        for arn in arns:
            _try_machine(checks, arn, tried)
    except _HopelessError:
        pass
    return tried


class _HopelessError(Exception):
    """No other machine would answer; what was refused is in the tally already."""


def _try_machine(checks: Checks, arn: str, tried: dict[Api, Tried]) -> None:
    name = arn.rsplit(":", 1)[1]

    def attempt(api: Api, ask: Callable[[str], T], of: str) -> T | None:
        try:
            answer = ask(of)
        except GoneError:
            return None
        except AccountError as error:
            tried[api].refused.setdefault(str(error), []).append(name)
            if isinstance(error, NoCredentialsError | NoEndpointError):
                raise _HopelessError from error
            return None
        tried[api].allowed += 1
        return answer

    kind = attempt(Api.DESCRIBE_STATE_MACHINE, checks.describe, arn)
    if kind == "EXPRESS":
        return
    newest = attempt(Api.LIST_EXECUTIONS, checks.newest_execution, arn)
    if newest is not None:
        attempt(Api.GET_EXECUTION_HISTORY, checks.read_an_event, newest)
        attempt(Api.DESCRIBE_STATE_MACHINE_FOR_EXECUTION, checks.describe_for, newest)
