"""Where AWS calls arrive: each is throttled, answered or refused, and logged."""

import time
from collections.abc import Mapping

from simulator.server.api import ApiError, CallStatus, Operation, Params, Result
from simulator.server.buckets import Throttle
from simulator.server.calls import CallLog
from simulator.server.directory import Directory
from simulator.server.protocols import AwsRequest, decode, encode, encode_error
from simulator.server.transport import Request, Response

Operations = Mapping[str, Mapping[str, Operation]]
"""IAM prefix of a service, API name, operation."""

_SUBJECTS = ("stateMachineArn", "executionArn", "resourceArn", "mapRunArn", "logGroupIdentifier")
_THROTTLING_CODES = {"tag": "ThrottledException", "cloudwatch": "Throttling"}
_DENIAL_CODES = {"cloudwatch": "AccessDenied", "s3": "AccessDenied"}


class AwsEndpoint:
    """Answers every AWS service at one address, as AWS_ENDPOINT_URL has it.

    `denied` are the IAM actions that the caller may not do on anything. `latency` is how long
    each answer is held back, in seconds.
    """

    def __init__(
        self,
        operations: Operations,
        throttle: Throttle,
        log: CallLog,
        directory: Directory,
        denied: frozenset[str],
        latency: float,
    ) -> None:
        self._operations = operations
        self._throttle = throttle
        self._log = log
        self._directory = directory
        self._denied = denied
        self._latency = latency

    def respond(self, request: Request) -> Response:
        """Answer one request."""
        if self._latency:
            time.sleep(self._latency)
        call = decode(request)
        status: CallStatus = "ok"
        code: str | None = None
        try:
            response = encode(call, self._answer(call))
        except ApiError as error:
            status, code = error.status, error.code
            response = encode_error(call, error)
        self._log.record(call.service, call.api, self._subject(call.params), status, code)
        return response

    def _answer(self, call: AwsRequest) -> Result:
        operation = self._operations.get(call.service, {}).get(call.api)
        if operation is None:
            raise ApiError(
                "UnknownOperationException",
                f"The simulated account does not serve {call.service}:{call.api}",
            )
        if not self._throttle.admits(call.api):
            code = _THROTTLING_CODES.get(call.service, "ThrottlingException")
            raise ApiError(code, "Rate exceeded", status="throttled")
        action = f"{call.service}:{call.api}"
        if action in self._denied:
            code = _DENIAL_CODES.get(call.service, "AccessDeniedException")
            raise ApiError(code, f"The caller is not authorized to do {action}", status="denied")
        return operation(call.params)

    def _subject(self, params: Params) -> tuple[str | None, str | None]:
        if "Bucket" in params:
            return f"arn:aws:s3:::{params['Bucket']}/{params.get('Key', '')}", None
        groups = params.get("logGroupIdentifiers")
        if groups:
            return str(groups[0]), None
        resource = next((str(params[name]) for name in _SUBJECTS if name in params), None)
        return resource, None if resource is None else self._directory.machine_of(resource)
