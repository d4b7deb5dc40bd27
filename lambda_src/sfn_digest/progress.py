"""How the rooms tell a person at a terminal what they are waiting for."""

from typing import Protocol


class Progress(Protocol):
    """What happens while an account is read. Called from several threads at once.

    `api` is an API's name as AWS writes it (`ListExecutions`); counts are increments.
    """

    def stage(self, text: str) -> None:
        """A new part of the work begins; `text` is a short phrase for people."""

    def found(self, failures: int) -> None:
        """So many more unsuccessful executions were listed."""

    def read(self, failures: int) -> None:
        """So many more of them had their history read."""

    def called(self, api: str) -> None:
        """A call goes out."""

    def waiting(self, api: str, seconds: float) -> None:
        """A call waits so long for its share of the quota."""

    def throttled(self, api: str) -> None:
        """AWS throttled a call; it is tried again more slowly."""


class SilentProgress:
    """Says nothing: for the Lambda and for tests."""

    def stage(self, text: str) -> None:
        """Ignored."""

    def found(self, failures: int) -> None:
        """Ignored."""

    def read(self, failures: int) -> None:
        """Ignored."""

    def called(self, api: str) -> None:
        """Ignored."""

    def waiting(self, api: str, seconds: float) -> None:
        """Ignored."""

    def throttled(self, api: str) -> None:
        """Ignored."""
