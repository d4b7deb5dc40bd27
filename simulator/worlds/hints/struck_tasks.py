"""Tasks that meet a kind of weather, with the Retry and the timeout of some author."""

from collections.abc import Mapping
from dataclasses import dataclass
from math import ceil, inf
from random import Random
from typing import Any

from simulator.engine.draws import draw
from simulator.engine.outcomes import Attempt, Fails, Outcome, Succeeds
from simulator.engine.simulation import Start
from simulator.worlds import failures
from simulator.worlds.hints.ground import (
    ECS,
    STATE,
    definition,
    exponential,
    regular,
    spells,
    weather,
)
from simulator.worlds.hints.kinds import LOADED, Kind
from simulator.worlds.systems import Setting, Surrounding, System
from simulator.worlds.texts import optimised_text, sdk_text

MOST_STARTS = 700
"""Executions of a machine in a week, where nothing depends on how many there are."""
ON_SPOT = ("spot_interruption", "capacity_unavailable")
GLUE = "arn:aws:states:::glue:startJobRun.sync"
DYNAMO = "arn:aws:states:::aws-sdk:dynamodb:putItem"


@dataclass(frozen=True)
class Struck:
    """A task that meets a kind of weather: its name and fields, what attempts come to, and when
    executions start that run it.
    """

    name: str
    asl: Mapping[str, Any]
    outcome: Surrounding
    starts: tuple[Start, ...]
    kind: str

    @property
    def outcomes(self) -> dict[str, Surrounding]:
        """What becomes of it, and of the same task on demand, which Spot does not end."""
        return {self.name: self.outcome, f"{self.name} on demand": self._on_demand}

    def _on_demand(self, attempt: Attempt) -> Outcome:
        found = self.outcome(attempt)
        spot = isinstance(found, Fails) and found.true_cause in ON_SPOT
        return Succeeds(600.0) if spot else found


def struck_task(setting: Setting, kinds: Mapping[str, Kind], luck: Random, name: str) -> Struck:
    """A task of this name that meets a random kind of weather."""
    kind = luck.choice([*kinds, "Glue", "DynamoDB"])
    made = {"Glue": glue, "DynamoDB": dynamo, **kinds}[kind](setting)[0]
    asl = {**made.definition["States"][STATE], "ResultPath": None}
    del asl["End"]
    outcome = made.outcomes[STATE]
    if asl["Resource"] == ECS and luck.random() < 0.7:
        asl["Parameters"] = _ON_SPOT
    if luck.random() < 0.2:
        outcome = _sometimes_wrong(outcome, setting, luck.choice((0.01, 0.03)))
    if luck.random() < 0.15:
        outcome = _sometimes_hung(outcome, setting, 0.02)
        asl["TimeoutSeconds"] = (
            1800 if asl["Resource"] in (ECS, GLUE) else luck.choice((25, 60, 300))
        )
    retry = _retriers(asl.get("Retry", []), luck)
    starts = made.starts if kind in LOADED else made.starts[:: ceil(len(made.starts) / MOST_STARTS)]
    return Struck(name, {**asl, **({"Retry": retry} if retry else {})}, outcome, starts, kind)


_ON_SPOT = {
    "CapacityProviderStrategy": [{"CapacityProvider": "FARGATE_SPOT", "Weight": 1}],
    "NetworkConfiguration": {"AwsvpcConfiguration": {"Subnets": ["subnet-1"]}},
}


def _sometimes_wrong(outcome: Surrounding, setting: Setting, share: float) -> Surrounding:
    """The same, but a share of executions meets a mistake in the code."""

    def found(attempt: Attempt) -> Outcome:
        if draw(setting.seed, attempt.execution, attempt.state, "wrong") >= share:
            return outcome(attempt)
        if attempt.resource == ECS:
            return failures.container_exited(attempt, 90.0)
        return failures.python_code_error(attempt, 2.0)

    return found


def _sometimes_hung(outcome: Surrounding, setting: Setting, share: float) -> Surrounding:
    """The same, but a share of attempts never ends."""

    def found(attempt: Attempt) -> Outcome:
        hangs = draw(setting.seed, attempt.key, "hangs") < share
        return Succeeds(inf) if hangs else outcome(attempt)

    return found


def _retriers(own: list[dict[str, Any]], luck: Random) -> list[dict[str, Any]]:
    """What an author has: the kind's own retrier, with more settings, and others beside it."""
    found = [dict(each) for each in own]
    for each in found:
        if luck.random() < 0.3:
            each |= {"BackoffRate": luck.choice((1, 1.5, 3)), "MaxDelaySeconds": 60}
        if luck.random() < 0.3:
            each["JitterStrategy"] = "FULL"
        if luck.random() < 0.1:
            each["ErrorEquals"] = [name.replace("s.", ".") for name in each["ErrorEquals"]]
    if luck.random() < 0.2:
        found.insert(0, {"ErrorEquals": ["States.Timeout"], "MaxAttempts": 2})
    if luck.random() < 0.35:
        every = {"ErrorEquals": ["States.ALL"], "IntervalSeconds": luck.choice((1, 10))}
        found.append({**every, "MaxAttempts": luck.choice((1, 2)), "BackoffRate": 2.0})
    return found


def glue(setting: Setting) -> list[System]:
    """A Glue job that cannot be started while the service has an outage."""
    found = spells(setting, "glue", 3 + int(5 * draw(setting.seed, "count")), exponential(1800))
    bad = weather(setting, "glue", found)
    words = "An internal service error occurred."

    def outcome(attempt: Attempt) -> Outcome:
        if not bad.strikes(attempt):
            return Succeeds(200 + 400 * draw(setting.seed, attempt.key, "work"))
        text = optimised_text(words, "AWSGlue", 500, "InternalServiceException", attempt.key)
        return Fails(1.0, "Glue.InternalServiceException", text, "service_error")

    return [_of_service(setting, GLUE, outcome, every=600)]


def dynamo(setting: Setting) -> list[System]:
    """A write that DynamoDB fails at times, for seconds and for minutes."""
    found = spells(setting, "dynamo", 30, exponential(240), 0.8)
    bad = weather(setting, "dynamo", found)

    def outcome(attempt: Attempt) -> Outcome:
        if not bad.strikes(attempt):
            return Succeeds(0.1)
        text = sdk_text("Internal server error", "DynamoDb", 500, attempt.key)
        error = "DynamoDb.InternalServerErrorException"
        return Fails(0.2, error, text, "service_error")

    return [_of_service(setting, DYNAMO, outcome, every=300)]


def _of_service(setting: Setting, resource: str, outcome: Surrounding, every: float) -> System:
    return System(
        "work", definition(resource, []), regular("work", setting, every), {STATE: outcome}
    )
