"""One execution of any status, as the account notes it when it is asked for by its ARN.

Apart from the other records, since only the story of an execution uses it.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

ExecutionStatus = Literal[
    "RUNNING", "SUCCEEDED", "FAILED", "TIMED_OUT", "ABORTED", "PENDING_REDRIVE"
]


@dataclass(frozen=True, slots=True)
class Described:
    """One execution as DescribeExecution shows it; `stopped_at` is None while it runs.

    `redrivable` is AWS's own word on it, None where it gives none.
    """

    arn: str
    machine_arn: str
    name: str
    status: ExecutionStatus
    started_at: datetime
    stopped_at: datetime | None
    redrive_count: int
    redrivable: bool | None
    machine_version_arn: str | None = None
