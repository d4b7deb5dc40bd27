"""Random definitions: Maps in Parallels in Maps, with Retry, Catch, Choice and Fail at will."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from random import Random
from typing import Any

from simulator.engine.states import RECOVERED
from simulator.worlds.systems import function_arn

States = dict[str, dict[str, Any]]

RESOURCES = (
    function_arn("work"),
    "arn:aws:states:::lambda:invoke",
    "arn:aws:states:::ecs:runTask.sync",
    "arn:aws:states:::sqs:sendMessage.waitForTaskToken",
    "arn:aws:states:::aws-sdk:dynamodb:putItem",
    "arn:aws:states:::dynamodb:getItem",
    "arn:aws:states:us-east-1:123456789012:activity:review",
)
ERRORS = ("States.TaskFailed", "States.Timeout", "Lambda.TooManyRequestsException", "KeyError")


@dataclass(slots=True)
class Tangle:
    """A definition under construction; names are unique, and tell nothing of their place."""

    luck: Random
    names: int = 0
    tasks: list[str] = field(default_factory=list)

    def name(self, kind: str) -> str:
        """A new state's name."""
        self.names += 1
        return f"{kind} {self.names}"

    def definition(self) -> dict[str, Any]:
        """A whole state machine, at most four levels deep."""
        return self._scope(3)

    def _scope(self, depth: int) -> dict[str, Any]:
        """One list of states, in which every state leads to the next."""
        states: States = {}
        following: str | None = None
        for _ in range(self.luck.randint(1, 3)):
            following = self._chosen_kind(depth)(states, following, depth)
        return {"StartAt": following, "States": states}

    def _chosen_kind(self, depth: int) -> Callable[[States, str | None, int], str]:
        kinds: list[Callable[[States, str | None, int], str]] = [
            self._task,
            self._task,
            self._judged,
            self._plain,
        ]
        if depth > 0:
            kinds += [self._map, self._parallel, self._map]
        return self.luck.choice(kinds)

    def _put(
        self, states: States, kind: str, following: str | None, body: Mapping[str, Any]
    ) -> str:
        name = self.name(kind)
        way: dict[str, Any] = {"Next": following} if following else {"End": True}
        states[name] = {"Type": kind, **body, **way}
        return name

    def _task(self, states: States, following: str | None, _depth: int) -> str:
        body: dict[str, Any] = {"Resource": self.luck.choice(RESOURCES), "ResultPath": None}
        if self.luck.random() < 0.3:
            body["TimeoutSeconds"] = self.luck.randint(3, 9)
        name = self._put(states, "Task", following, body)
        self.tasks.append(name)
        self._guard(states, name, following)
        return name

    def _judged(self, states: States, following: str | None, _depth: int) -> str:
        """A task, and a Choice of its author's that may end in a Fail state."""
        fail = self._fail(states)
        after = following or self._put(states, "Succeed", None, {})
        states[after].pop("End" if following is None else "", None)
        choice = self.name("Choice")
        rule = {"Variable": "$.pick", "NumericEquals": self.luck.randint(0, 3), "Next": fail}
        states[choice] = {"Type": "Choice", "Choices": [rule], "Default": after}
        body = {"Resource": self.luck.choice(RESOURCES), "ResultPath": None}
        name = self._put(states, "Task", choice, body)
        self.tasks.append(name)
        return name

    def _plain(self, states: States, following: str | None, _depth: int) -> str:
        luck = self.luck.random()
        if luck < 0.45:
            return self._put(states, "Wait", following, {"Seconds": self.luck.randint(1, 6)})
        if luck < 0.5:
            query = {"price": "{% $states.input.price %}"}
            body = {"QueryLanguage": "JSONata", "Output": query}
            return self._put(states, "Pass", following, body)
        if luck < 0.55:
            return self._put(states, "Pass", following, {"Parameters": {"x.$": "$.price"}})
        return self._put(states, "Pass", following, {})

    def _map(self, states: States, following: str | None, depth: int) -> str:
        body: dict[str, Any] = {
            "ItemsPath": "$.items",
            "MaxConcurrency": self.luck.randint(0, 3),
            "ItemSelector": {"items.$": "$.items", "pick.$": "$$.Map.Item.Index"},
            "ItemProcessor": self._scope(depth - 1),
            "ResultPath": None,
        }
        name = self._put(states, "Map", following, body)
        self._guard(states, name, following)
        return name

    def _parallel(self, states: States, following: str | None, depth: int) -> str:
        branches = [self._scope(depth - 1) for _ in range(self.luck.randint(2, 3))]
        name = self._put(states, "Parallel", following, {"Branches": branches, "ResultPath": None})
        self._guard(states, name, following)
        return name

    def _guard(self, states: States, name: str, following: str | None) -> None:
        if self.luck.random() < 0.5:
            states[name]["Retry"] = self._retriers()
        if self.luck.random() < 0.4:
            errors = self.luck.choice((["States.ALL"], ["States.TaskFailed"], ["KeyError"]))
            catcher: dict[str, Any] = {"ErrorEquals": errors, "ResultPath": None}
            states[name]["Catch"] = [{**catcher, "Next": self._handler(states, following)}]

    def _retriers(self) -> list[dict[str, Any]]:
        errors = self.luck.sample(ERRORS, self.luck.randint(0, 2))
        retriers = [self._retrier([error]) for error in errors]
        if not retriers or self.luck.random() < 0.5:
            retriers.append(self._retrier(["States.ALL"]))
        return retriers

    def _retrier(self, errors: list[str]) -> dict[str, Any]:
        retrier: dict[str, Any] = {
            "ErrorEquals": errors,
            "IntervalSeconds": self.luck.randint(1, 4),
            "MaxAttempts": self.luck.randint(0, 2),
            "BackoffRate": self.luck.choice((1, 1.5, 2)),
        }
        if self.luck.random() < 0.3:
            retrier["JitterStrategy"] = "FULL"
        if self.luck.random() < 0.3:
            retrier["MaxDelaySeconds"] = 5
        return retrier

    def _handler(self, states: States, following: str | None) -> str:
        """Where a Catch leads: to a Fail state, straight or round about, or back to work."""
        luck = self.luck.random()
        if luck < 0.35:
            goal = following or self._put(states, "Succeed", None, {})
            states[goal].pop("End" if following is None else "", None)
            return self._put(states, "Pass", goal, {"Comment": RECOVERED})
        fail = self._fail(states)
        if luck < 0.6:
            return fail
        if luck < 0.8:
            return self._put(states, "Pass", fail, {})
        body = {"Resource": "arn:aws:states:::sns:publish", "ResultPath": None}
        return self._put(states, "Task", fail, body)

    def _fail(self, states: States) -> str:
        name = self.name("Fail")
        words = {"Error": "GaveUp", "Cause": f"Nothing more can be done about this ({name})."}
        states[name] = {"Type": "Fail", **(words if self.luck.random() < 0.7 else {})}
        return name
