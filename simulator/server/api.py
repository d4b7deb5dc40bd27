"""What every simulated API shares: its call's arguments, its answer, its refusal."""

from collections.abc import Callable, Mapping
from typing import Any, Literal

Params = Mapping[str, Any]
Result = Mapping[str, Any]
Operation = Callable[[Params], Result]
CallStatus = Literal["ok", "throttled", "denied", "error"]


class ApiError(Exception):
    """An AWS error answer: its code, its message, the HTTP status, and how the log counts it."""

    def __init__(
        self, code: str, message: str, *, http_status: int = 400, status: CallStatus = "error"
    ) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message
        self.http_status = http_status
        self.status = status


def only_known(params: Params, *known: str) -> None:
    """Refuse arguments the simulation would otherwise ignore without a word."""
    unknown = sorted(set(params) - set(known))
    if unknown:
        raise ApiError("ValidationException", f"The simulated account does not know {unknown}")


def required(params: Params, name: str) -> str:
    """The argument as text; ValidationException where it is missing."""
    value = params.get(name)
    if not isinstance(value, str) or not value:
        raise ApiError(
            "ValidationException",
            f"1 validation error detected: Value null at '{name}' failed to satisfy constraint: "
            "Member must not be null",
        )
    return value
