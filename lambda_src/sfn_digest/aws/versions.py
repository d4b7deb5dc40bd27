"""Versions of state machines and the aliases that lead to them."""

from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING

from sfn_digest.aws.answers import Answer
from sfn_digest.aws.api import Api
from sfn_digest.aws.calls import Calls
from sfn_digest.model.releases import Alias, Route

if TYPE_CHECKING:
    from mypy_boto3_stepfunctions import SFNClient


class Versions:
    """The questions: a call each. They raise an AccountError where AWS refuses."""

    def __init__(self, calls: Calls, states: "SFNClient") -> None:
        self._calls = calls
        self._states = states

    def released_at(self, version_arn: str) -> datetime:
        """When a version was published."""
        ask = partial(
            self._states.describe_state_machine,
            stateMachineArn=version_arn,
            includedData="METADATA_ONLY",
        )
        return self._calls.make(
            Api.DESCRIBE_STATE_MACHINE, ask, lambda answer: answer.moment("creationDate")
        )

    def alias(self, alias_arn: str) -> Alias:
        """Which versions an alias leads to, and how much of what is started through it."""
        ask = partial(self._states.describe_state_machine_alias, stateMachineAliasArn=alias_arn)
        return self._calls.make(Api.DESCRIBE_STATE_MACHINE_ALIAS, ask, _alias)


def _alias(answer: Answer) -> Alias:
    routes = answer.structures("routingConfiguration")
    return Alias(
        answer.text("name"),
        tuple(
            Route(e.text("stateMachineVersionArn").rpartition(":")[2], e.whole("weight", 0))
            for e in routes
        ),
    )
