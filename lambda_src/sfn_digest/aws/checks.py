"""What the doctor asks of AWS about the tagged machines: each permission's smallest call.

Every question raises an AccountError where AWS refuses it; its sentence names the IAM action.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING

from sfn_digest.aws.account_errors import GoneError
from sfn_digest.aws.answers import Answer, pairs
from sfn_digest.aws.api import Api
from sfn_digest.aws.calls import Calls
from sfn_digest.aws.clients import Clients, open_clients
from sfn_digest.aws.earlier_periods import read_updated_at
from sfn_digest.aws.governor import Governor, SystemClock
from sfn_digest.aws.metrics import Metric, MetricSpan, read_metrics
from sfn_digest.aws.pages import pages
from sfn_digest.aws.quotas import allowance, default_quotas
from sfn_digest.aws.refusals import error_code
from sfn_digest.aws.state_machines import (
    machine_type,
    tagged_machines,
)
from sfn_digest.aws.usage import UsageTally
from sfn_digest.config import names
from sfn_digest.errors import AccountError
from sfn_digest.model.executions import MachineType, Tag
from sfn_digest.progress import SilentProgress

if TYPE_CHECKING:
    from mypy_boto3_cloudwatch.type_defs import MetricDataQueryTypeDef

HOUR = 3600
RUNS_DAYS = 35
"""How far back the digest's own metrics are looked at: a month between two digests, and a few
days more."""


@dataclass(frozen=True, slots=True)
class Runs:
    """The hour in which each thing last happened, None where it did not in RUNS_DAYS.

    `posted` is a scheduled digest or a report by hand; `broke` is an error of the function
    that Lambda counted: a crash, a timeout, or a run that failed.
    """

    posted: datetime | None
    failed: datetime | None
    incomplete: datetime | None
    broke: datetime | None


class Checks:
    """The questions, asked through the governor of the account room."""

    def __init__(self, clients: Clients, calls: Calls) -> None:
        self.region = clients.region
        self._states = clients.states
        self._cloudwatch = clients.cloudwatch
        self._tagging = clients.tagging
        self._calls = calls

    def list_state_machines(self) -> None:
        """List one state machine, of any tag."""
        ask = partial(self._states.list_state_machines, maxResults=1)
        self._calls.make(Api.LIST_STATE_MACHINES, ask, _nothing)

    def tagged(self, tag: Tag) -> Mapping[str, Mapping[str, str]]:
        """All tags of the machines that carry this one, by their ARNs, sorted."""
        return tagged_machines(self._calls, self._tagging, tag)

    def read_a_metric(self, now: datetime) -> None:
        """Ask CloudWatch for one metric of Step Functions, over an hour."""
        metric = Metric("ConsumedCapacity", "APIName", Api.LIST_EXECUTIONS, "Sum")
        span = MetricSpan(now - timedelta(hours=1), now, HOUR)
        read_metrics(self._calls, self._cloudwatch, (metric,), span, tuple)

    def describe(self, machine_arn: str) -> MachineType:
        """The type of a machine, by the call that reads its definition.

        Raises GoneError where it was deleted since it was tagged.
        """
        ask = partial(self._states.describe_state_machine, stateMachineArn=machine_arn)
        return self._calls.make(Api.DESCRIBE_STATE_MACHINE, ask, machine_type)

    def newest_execution(self, machine_arn: str) -> str | None:
        """The ARN of the newest execution, of any status; None where there is none to list.

        An Express workflow has none: AWS says so only to callers who may list.
        """
        ask = partial(self._states.list_executions, stateMachineArn=machine_arn, maxResults=1)
        try:
            return self._calls.make(Api.LIST_EXECUTIONS, ask, _newest)
        except GoneError:
            return None
        except AccountError as error:
            if _code(error) == "StateMachineTypeNotSupported":
                return None
            raise

    def read_an_event(self, execution_arn: str) -> None:
        """Read the last event of an execution, without its data."""
        ask = partial(
            self._states.get_execution_history,
            executionArn=execution_arn,
            reverseOrder=True,
            maxResults=1,
            includeExecutionData=False,
        )
        self._calls.make(Api.GET_EXECUTION_HISTORY, ask, _nothing)

    def describe_for(self, execution_arn: str) -> None:
        """Ask when the definition that an execution ran was last changed."""
        read_updated_at(self._calls, self._states, execution_arn)

    def last_runs(self, function: str | None, team: str, now: datetime) -> Runs:
        """When the digest last ran, as its metrics show; see infra/alarms.py for the same ones.

        They belong to all digests of the `team`, the stack's own name, in the Region, except for
        the errors of the `function`, which is known by its name or ARN.
        """
        own = [_query(name, names.NAMESPACE, "service", names.service_of(team)) for name in _OWN]
        name = function.rsplit(":", 1)[-1] if function else ""
        lambdas = [_query("Errors", "AWS/Lambda", "FunctionName", name)] if name else []
        ask = partial(
            self._cloudwatch.get_metric_data,
            MetricDataQueries=[*own, *lambdas],
            StartTime=now - timedelta(days=RUNS_DAYS),
            EndTime=now,
            ScanBy="TimestampDescending",
        )

        def fetch(token: str) -> tuple[list[tuple[str, datetime]], str]:
            request = partial(ask, NextToken=token) if token else ask
            return self._calls.make(Api.GET_METRIC_DATA, request, _happened)

        newest: dict[str, datetime] = {}
        for page in pages(fetch):
            for name, moment in page:
                newest[name] = max(moment, newest.get(name, moment))
        posted = [newest[name] for name in ("digestPosted", "reportPosted") if name in newest]
        return Runs(
            posted=max(posted, default=None),
            failed=newest.get("digestFailed"),
            incomplete=newest.get("digestIncomplete"),
            broke=newest.get("errors"),
        )


def open_checks(quota_share: float) -> Checks:
    """The questions to the account and Region that AWS's own variables and profiles name.

    No call is made. Raises AccountError without a Region, and as `open_clients` does.
    """
    clients, clock, progress = open_clients(), SystemClock(), SilentProgress()
    quotas = default_quotas(clients.region)
    allowances = {api: allowance(quota, quota_share) for api, quota in quotas.items()}
    governor = Governor(allowances, clock, progress)
    return Checks(clients, Calls(clients.region, governor, clock, UsageTally(), progress))


_OWN = (
    names.DIGEST_POSTED,
    names.REPORT_POSTED,
    names.DIGEST_FAILED,
    names.DIGEST_INCOMPLETE,
)


def _query(name: str, namespace: str, dimension: str, value: str) -> "MetricDataQueryTypeDef":
    return {
        # CloudWatch wants an id to begin with a small letter.
        "Id": name[0].lower() + name[1:],
        "MetricStat": {
            "Metric": {
                "Namespace": namespace,
                "MetricName": name,
                "Dimensions": [{"Name": dimension, "Value": value}],
            },
            "Period": HOUR,
            "Stat": "Sum",
        },
        "ReturnData": True,
    }


def _nothing(answer: Answer) -> None:
    """Nothing is taken: that there is an answer says enough."""


def _newest(answer: Answer) -> str | None:
    found = answer.structures("executions")
    return found[0].text("executionArn") if found else None


def _happened(answer: Answer) -> tuple[list[tuple[str, datetime]], str]:
    happened = [
        (result.text("Id"), moment)
        for result in answer.structures("MetricDataResults")
        for moment, value in pairs(result, "Timestamps", "Values")
        if value > 0
    ]
    return happened, answer.token("NextToken")


def _code(error: AccountError) -> str:
    """AWS's code behind one of our errors, "" where there is none."""
    return error_code(error.__cause__) if isinstance(error.__cause__, Exception) else ""
