"""What child executions left outside their machine: histories in other accounts, and files in S3.

Histories are read with a role that is taken in the child's account. Each account and Region is
opened once, with quotas and a governor of its own, when the first child there has to be read; the
role is assumed again before its credentials end.

The files are those of a Distributed Map's ResultWriter, with every failed child and its cause;
`manifest.json` names them. Of each FAILED file no more than a part is read, since it may be very
large, and no more of a row is kept than its end: its input is passed over.
"""

import json
import threading
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any

from sfn_digest.aws.answers import Answer
from sfn_digest.aws.api import Api, DeploymentApi
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
from sfn_digest.model.map_runs import ResultRow, ResultRows
from sfn_digest.progress import Progress

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_stepfunctions import SFNClient


MOST_BYTES = 8_000_000
"""Of one file."""

MOST_FILES = 4
MOST_ROWS = 5_000


def read_failed_rows(calls: Calls, s3: "S3Client", bucket: str, folder: str) -> ResultRows:
    """The failed children in a Map run's folder. Raises an AccountError where AWS refuses it."""
    manifest = _text(calls, s3, bucket, f"{folder}/manifest.json")
    keys = list(_failed_keys(manifest))
    rows: list[ResultRow] = []
    complete = len(keys) <= MOST_FILES
    for key in keys[:MOST_FILES]:
        text = _text(calls, s3, bucket, key)
        found, whole = _objects(text)
        rows += [_row(each) for each in found]
        complete = complete and whole
    return ResultRows(tuple(rows[:MOST_ROWS]), complete and len(rows) <= MOST_ROWS)


def _text(calls: Calls, s3: "S3Client", bucket: str, key: str) -> str:
    ask = partial(s3.get_object, Bucket=bucket, Key=key, Range=f"bytes=0-{MOST_BYTES - 1}")

    def read(answer: Answer) -> str:
        # What is cut within a character is mended, and the row it is in left out below.
        return answer.body("Body").decode(errors="replace")

    return calls.make(Api.GET_OBJECT, ask, read)


def _failed_keys(manifest: str) -> Iterator[str]:
    found, _ = _objects(f"[{manifest}]")
    files = found[0].get("ResultFiles") if found else None
    failed = files.get("FAILED") if isinstance(files, dict) else None
    for each in failed if isinstance(failed, list) else ():
        if isinstance(each, dict) and isinstance(each.get("Key"), str):
            yield each["Key"]


def _objects(text: str) -> tuple[list[dict[str, Any]], bool]:
    """The objects of a JSON array, or of its beginning, and whether it was whole."""
    decoder, at = json.JSONDecoder(), text.find("[") + 1
    found: list[dict[str, Any]] = []
    while True:
        while at < len(text) and text[at] in " \t\r\n,":
            at += 1
        if text[at : at + 1] == "]":
            return found, True
        try:
            value, at = decoder.raw_decode(text, at)
        except ValueError:
            return found, False
        if isinstance(value, dict):
            found.append(value)


def _row(answer: dict[str, Any]) -> ResultRow:
    def text(name: str) -> str | None:
        value = answer.get(name)
        return value if isinstance(value, str) else None

    return ResultRow(
        execution_arn=text("ExecutionArn") or "",
        status=text("Status") or "",
        error=text("Error"),
        cause=text("Cause"),
    )


HOLDS_SECONDS = 3_000.0
"""How long a role is used; its credentials hold for an hour."""

Place = tuple[str, str]
"""An account and a Region."""


@dataclass(frozen=True, slots=True)
class ChildRoles:
    """The roles that children in other accounts than their parent are read with.

    `listed` are ARNs by account, None for one that the caller's own credentials are of; `name` is
    the role, with its path, in every other account. The caller takes a role with its own
    credentials, whatever role the parent is read with.
    """

    name: str | None = None
    listed: Mapping[str, str | None] = field(default_factory=dict)

    def reach(self, execution_arn: str) -> bool:
        """Whether a child is read otherwise than its parent, which ran elsewhere."""
        return self.name is not None or execution_arn.split(":")[4] in self.listed

    def arn(self, partition: str, account: str) -> str | None:
        """The role for an account; None for the caller's own credentials."""
        if account in self.listed:
            return self.listed[account]
        return f"arn:{partition}:iam::{account}:role/{self.name}"


OWN_CREDENTIALS = ChildRoles()
"""Children are asked for as their parents are, wherever they ran."""


@dataclass(frozen=True, slots=True)
class _Opened:
    clients: Clients
    calls: Calls
    until: float


class ChildHistories:
    """Histories of children, with the parent's own client or with a role where they ran."""

    def __init__(
        self,
        states: "SFNClient",
        roles: ChildRoles,
        share: float,
        tally: UsageTally,
        progress: Progress,
    ) -> None:
        self._states = states
        self._roles = roles
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
            if not (_is_elsewhere(execution_arn, parent_arn) and self._roles.reach(execution_arn)):
                yield from history_pages(calls, self._states, execution_arn)
                return
            opened = self._open(calls.clock, execution_arn)
            there = opened.calls.until(calls.deadline)
            yield from history_pages(there, opened.clients.states, execution_arn)
        except AccountError as error:
            reason = elsewhere(execution_arn, parent_arn, error.sentence)
            self._tally.unread_child(execution_arn.split(":")[-2], reason)

    def _open(self, clock: Clock, execution_arn: str) -> _Opened:
        _, partition, _, region, account, *_ = execution_arn.split(":")
        with self._lock:
            known = self._opened.get((account, region))
            if isinstance(known, AccountError):
                raise known
            if known is None or clock.now() >= known.until:
                try:
                    known = self._take(self._roles.arn(partition, account), region, clock)
                except AccountError as error:
                    self._opened[account, region] = error
                    raise
                self._opened[account, region] = known
            return known

    def _take(self, role: str | None, region: str, clock: Clock) -> _Opened:
        taken = None
        if role is not None:
            taken = assume_role(role, region)
            self._tally.called(DeploymentApi.ASSUME_ROLE)
        clients = open_clients(region, taken)
        allowances = default_allowances(default_quotas(region), self._share)
        governor = Governor(allowances, clock, self._progress)
        calls = Calls(region, governor, clock, self._tally, self._progress)
        return _Opened(clients, calls, clock.now() + HOLDS_SECONDS)


def _is_elsewhere(execution_arn: str, parent_arn: str) -> bool:
    """Whether a child ran in another account than its parent."""
    places = execution_arn.split(":")[4:6], parent_arn.split(":")[4:6]
    return all(len(each) > 1 for each in places) and places[0][0] != places[1][0]
