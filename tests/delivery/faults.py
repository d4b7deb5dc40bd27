"""What can go wrong at a call, drawn for each call of a run."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Literal, TypeVar

from sfn_digest.delivery.ledger import Entry, Ledger
from sfn_digest.errors import AccountError
from sfn_digest.model.stored import Stored
from tests.delivery.stage import Actor, KilledError

T = TypeVar("T")

Where = Literal[
    "read", "write", "store", "load", "edition", "post", "update", "find", "attach", "remove"
]

Kind = Literal[
    "killed before",
    "killed after",
    "refused",
    "answer lost",
    "taken late",
    "slow",
    "connects late",
    "answered late",
]


@dataclass(frozen=True, slots=True)
class Fault:
    """What strikes a call: `code` is Slack's error, `seconds` how long it takes or holds."""

    kind: Kind
    code: str = ""
    seconds: float = 0.0
    retry_after: float | None = None

    def __str__(self) -> str:
        more = f" {self.code}" if self.code else ""
        return f"{self.kind}{more}"


Faults = Callable[[Where], Fault | None]
"""Draws what strikes the next call, if anything."""


def no_faults(where: Where) -> Fault | None:  # noqa: ARG001
    """Everything goes well."""
    return None


def scripted(**faults: list[Fault | None]) -> Faults:
    """These faults strike the calls of these names in turn; then everything goes well."""
    queues: dict[str, Iterator[Fault | None]] = {name: iter(f) for name, f in faults.items()}
    return lambda where: next(queues.get(where, iter(())), None)


class FlakyLedger:
    """A ledger behind a network: slow, refusing, losing answers, outliving its caller."""

    def __init__(self, inner: Ledger, actor: Actor, faults: Faults) -> None:
        self._inner = inner
        self._actor = actor
        self._faults = faults

    def read(self, key: str) -> Entry | None:
        """See Ledger."""
        return self._through("read", lambda: self._inner.read(key))

    def write(self, key: str, entry: Entry, *, replacing: str | None) -> bool:
        """See Ledger."""
        return self._through("write", lambda: self._inner.write(key, entry, replacing=replacing))

    def store(self, key: str, content: bytes, *, replacing: str | None) -> str | None:
        """See Ledger."""
        return self._through("store", lambda: self._inner.store(key, content, replacing=replacing))

    def load(self, key: str) -> Stored | None:
        """See Ledger."""
        return self._through("load", lambda: self._inner.load(key))

    def edition(self, key: str) -> str | None:
        """See Ledger."""
        return self._through("edition", lambda: self._inner.edition(key))

    def _through(self, where: Where, call: Callable[[], T]) -> T:
        fault = self._faults(where)
        self._actor.pass_time(self._actor.stage.random.uniform(0.0, 0.2))
        if fault is None:
            return call()
        if fault.kind == "slow":
            self._actor.pass_time(fault.seconds)
            return call()
        if fault.kind == "killed before":
            raise KilledError
        if fault.kind == "refused":
            raise AccountError("The DynamoDB table refused a call.")
        answer = call()
        self._actor.pass_time(fault.seconds or 0.1)
        if fault.kind == "answered late":
            return answer
        if fault.kind == "killed after":
            raise KilledError
        raise AccountError("The DynamoDB table cannot be reached.")
