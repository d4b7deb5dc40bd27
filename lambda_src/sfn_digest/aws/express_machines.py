"""The Express machines of one report: how each logs, and what was made of its logs."""

from functools import partial
from typing import TYPE_CHECKING, cast, get_args

from sfn_digest.aws.answers import Answer, UnreadableAnswerError
from sfn_digest.aws.api import Api
from sfn_digest.aws.calls import Calls
from sfn_digest.model.logs import Logging, LogLevel

if TYPE_CHECKING:
    from mypy_boto3_stepfunctions import SFNClient
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from sfn_digest.aws.clients import Clients
from sfn_digest.aws.log_hours import Hours
from sfn_digest.errors import AccountError
from sfn_digest.model.executions import ExecutionCounts, StateMachine
from sfn_digest.model.logs import MachineLogs


def read_logging(calls: Calls, states: "SFNClient", machine_arn: str) -> Logging:
    """The logging configuration, in one call. Raises an AccountError where AWS refuses it."""
    # Without the definition, a machine under a key of its own needs no kms:Decrypt.
    ask = partial(
        states.describe_state_machine, stateMachineArn=machine_arn, includedData="METADATA_ONLY"
    )
    return calls.make(Api.DESCRIBE_STATE_MACHINE, ask, _logging)


def _logging(answer: Answer) -> Logging:
    logging = answer.structure("loggingConfiguration")
    level = logging.text_or_none("level") or "OFF"
    if level not in get_args(LogLevel):
        raise UnreadableAnswerError("level")
    groups = [
        each.structure("cloudWatchLogsLogGroup").text("logGroupArn")
        for each in logging.structures_or_none("destinations")
    ]
    # Step Functions writes the ARN with the streams' asterisk; a query takes it without.
    group = groups[0].removesuffix(":*") if groups else None
    return Logging(cast("LogLevel", level), group)


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

    def definition(self, machine_arn: str) -> str | None:
        """A machine's definition as it is now, in one call; None where AWS refuses it, and then
        what it would have implied stays unknown, which the report says.
        """
        ask = partial(self._clients.states.describe_state_machine, stateMachineArn=machine_arn)
        try:
            return self._calls.make(
                Api.DESCRIBE_STATE_MACHINE, ask, lambda answer: answer.text("definition")
            )
        except AccountError:
            return None

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
