"""What has happened since a cause: a record of the report."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class CauseSince:
    """How many executions of a machine have started and succeeded since a cause last ended one.

    Where there is none the cause may stand. Machines whose successes are not known are absent.
    """

    machine_arn: str
    state: str | None
    cause: str
    succeeded: int
