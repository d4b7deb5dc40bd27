"""Step Functions' RedriveExecution: each execution once, where AWS would allow it."""

from collections.abc import Mapping

from simulator.server.api import ApiError, Operation, Params, Result, only_known, required
from simulator.server.directory import Directory


class RedriveOperations:
    """Remembers what was redriven; what comes of it is not simulated."""

    def __init__(self, directory: Directory) -> None:
        self._directory = directory
        self._redriven: dict[str, str] = {}

    def table(self) -> Mapping[str, Operation]:
        """The operation by its API name."""
        return {"RedriveExecution": self._redrive}

    def _redrive(self, params: Params) -> Result:
        only_known(params, "executionArn", "clientToken")
        arn, token = required(params, "executionArn"), str(params.get("clientToken", ""))
        run = self._directory.execution(arn, "RedriveExecution")
        again = token and self._redriven.get(arn) == token
        if not again and (run.status in ("RUNNING", "SUCCEEDED") or arn in self._redriven):
            raise ApiError("ExecutionNotRedrivable", f"Execution is not redrivable: '{arn}'")
        self._redriven[arn] = token
        return {"redriveDate": self._directory.world.end}
