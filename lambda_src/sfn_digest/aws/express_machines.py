"""The Express machines of one report: how each logs, and what was made of its logs."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from sfn_digest.aws.calls import Calls
from sfn_digest.aws.clients import Clients
from sfn_digest.aws.log_hours import Hours
from sfn_digest.aws.logging_config import read_logging
from sfn_digest.errors import AccountError
from sfn_digest.model.executions import ExecutionCounts, StateMachine
from sfn_digest.model.logs import Logging, MachineLogs


class ExpressMachines:
    """Those that failed, or may have, by ARN; and by the log groups that they log to."""

    def __init__(self, calls: Calls, clients: Clients) -> None:
        self._calls = calls
        self._clients = clients
        self._logs: dict[str, MachineLogs] = {}
        self.groups: dict[str, list[StateMachine]] = {}
        """The machines of each log group, by its ARN."""

    def look_at(
        self, machines: Sequence[StateMachine], counts: Mapping[str, ExecutionCounts]
    ) -> None:
        """Ask each Express machine that failed by `counts`, or is not in them, how it logs."""
        for machine in machines:
            counted = counts.get(machine.arn)
            expected = counted.unsuccessful if counted is not None else None
            if machine.type == "EXPRESS" and expected != 0:
                logs = self._logs[machine.arn] = self._asked(machine, expected)
                if logs.logging is not None and logs.logging.is_on:
                    self.groups.setdefault(logs.logging.group_arn or "", []).append(machine)

    @property
    def all(self) -> tuple[MachineLogs, ...]:
        """What was made of each machine's logs."""
        return tuple(self._logs.values())

    def logging(self, machine_arn: str) -> Logging | None:
        """How a machine logs, where that was asked."""
        logs = self._logs.get(machine_arn)
        return logs.logging if logs else None

    def refuse(self, group: str, error: AccountError) -> None:
        """The group could not be read, or not to the end."""
        for machine in self.groups[group]:
            self._logs[machine.arn] = replace(self._logs[machine.arn], refused=error.sentence)

    def is_refused(self, group: str) -> bool:
        """Whether that was so."""
        return any(self._logs[each.arn].refused for each in self.groups[group])

    def settle(
        self,
        found: Mapping[str, int],
        hours: Hours | None,
        scanned: set[tuple[str, datetime]],
    ) -> None:
        """Hold what was found, by machine, against what CloudWatch counted.

        `scanned` are the groups and hours that were read to the end.
        """
        for group, machines in self.groups.items():
            for machine in machines:
                logs, number = self._logs[machine.arn], found.get(machine.arn, 0)
                missing = max(0, (logs.expected or 0) - number)
                unread = missing
                if hours is not None:
                    unread = min(missing, round(_unread(machine.arn, group, hours, scanned)))
                self._logs[machine.arn] = replace(logs, found=number, unread=unread)

    def _asked(self, machine: StateMachine, expected: int | None) -> MachineLogs:
        try:
            logging = read_logging(self._calls, self._clients.states, machine.arn)
        except AccountError as error:
            return MachineLogs(machine, None, expected, refused=error.sentence)
        return MachineLogs(machine, logging, expected)


def _unread(arn: str, group: str, hours: Hours, scanned: set[tuple[str, datetime]]) -> float:
    return sum(
        hours.failures.get((arn, each.start), 0.0)
        for each in hours.all
        if each.group == group and (group, each.start) not in scanned
    )
