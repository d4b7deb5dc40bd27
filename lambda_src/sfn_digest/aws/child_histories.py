"""Histories of nested executions that ran in other accounts, read with a role that is taken there.

Each account and Region is opened once, with quotas and a governor of its own, when the first child
there has to be read; the role is taken anew before its credentials end.
"""

import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sfn_digest.aws.api import DeploymentApi
from sfn_digest.aws.calls import Calls
from sfn_digest.aws.clients import Clients, open_clients
from sfn_digest.aws.coverage_notes import elsewhere
from sfn_digest.aws.governor import Clock, Governor
from sfn_digest.aws.histories import history_pages
from sfn_digest.aws.quotas import default_allowances, default_quotas
from sfn_digest.aws.sessions import assume_role
from sfn_digest.aws.usage import UsageTally
from sfn_digest.errors import AccountError
from sfn_digest.model.executions import HistoryEvent
from sfn_digest.progress import Progress

if TYPE_CHECKING:
    from mypy_boto3_stepfunctions import SFNClient

HOLDS_SECONDS = 3_000.0
"""How long a role is used; its credentials hold for an hour."""

Place = tuple[str, str]
"""An account and a Region."""


@dataclass(frozen=True, slots=True)
class _Opened:
    clients: Clients
    calls: Calls
    until: float


class ChildHistories:
    """Histories of children, with the parent's own client or with a role where they ran.

    `role` is the name, with its path, of the role in each other account; None asks as the parent.
    """

    def __init__(
        self,
        states: "SFNClient",
        role: str | None,
        share: float,
        tally: UsageTally,
        progress: Progress,
    ) -> None:
        self._states = states
        self._role = role
        self._share = share
        self._tally = tally
        self._progress = progress
        self._opened: dict[Place, _Opened | AccountError] = {}
        self._lock = threading.Lock()

    def pages(
        self, calls: Calls, execution_arn: str, parent_arn: str
    ) -> Iterator[Sequence[HistoryEvent]]:
        """The child's history, within the deadline of the parent's `calls`.

        It ends early where AWS refuses it, or the role, which is asked for once; the tally tells.
        """
        try:
            if self._role is None or not _is_elsewhere(execution_arn, parent_arn):
                yield from history_pages(calls, self._states, execution_arn)
                return
            opened = self._open(self._role, calls.clock, execution_arn)
            there = opened.calls.until(calls.deadline)
            yield from history_pages(there, opened.clients.states, execution_arn)
        except AccountError as error:
            reason = elsewhere(execution_arn, parent_arn, error.sentence)
            self._tally.unread_child(execution_arn.split(":")[-2], reason)

    def _open(self, name: str, clock: Clock, execution_arn: str) -> _Opened:
        _, partition, _, region, account, *_ = execution_arn.split(":")
        with self._lock:
            known = self._opened.get((account, region))
            if isinstance(known, AccountError):
                raise known
            if known is None or clock.now() >= known.until:
                role = f"arn:{partition}:iam::{account}:role/{name}"
                try:
                    known = self._take(role, region, clock)
                except AccountError as error:
                    self._opened[account, region] = error
                    raise
                self._opened[account, region] = known
            return known

    def _take(self, role: str, region: str, clock: Clock) -> _Opened:
        clients = open_clients(region, assume_role(role, region))
        self._tally.called(DeploymentApi.ASSUME_ROLE)
        allowances = default_allowances(default_quotas(region), self._share)
        governor = Governor(allowances, clock, self._progress)
        calls = Calls(region, governor, clock, self._tally, self._progress)
        return _Opened(clients, calls, clock.now() + HOLDS_SECONDS)


def _is_elsewhere(execution_arn: str, parent_arn: str) -> bool:
    """Whether a child ran in another account than its parent."""
    return execution_arn.split(":")[4:5] != parent_arn.split(":")[4:5]
