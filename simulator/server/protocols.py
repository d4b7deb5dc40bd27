"""The wire formats boto3 speaks: AWS JSON, for STS and IAM Query, and REST for S3 and Lambda.

The service models of CloudWatch and tagging name CBOR first, but boto3 takes JSON where
a service speaks it.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal
from urllib.parse import parse_qsl, unquote, urlsplit
from uuid import uuid4
from xml.sax.saxutils import escape

from simulator.server.api import ApiError, Params, Result
from simulator.server.transport import Request, Response

Wire = Literal["json", "query", "object"]

_SCOPE = re.compile(r"Credential=[^/]+/\d+/[^/]+/(?P<name>[^/]+)/aws4_request")
_IAM_PREFIX = {"tagging": "tag", "monitoring": "cloudwatch"}
_CONTENT_TYPE: Mapping[Wire, str] = {
    "json": "application/x-amz-json-1.0",
    "query": "text/xml",
    "object": "application/xml",
}
_FUNCTION = re.compile(r"/2015-03-31/functions/(?P<name>[^/]+)/configuration")
_XML = "https://sts.amazonaws.com/doc/2011-06-15/"


@dataclass(frozen=True, slots=True)
class AwsRequest:
    """A call as it came over the wire; `service` is the IAM prefix of the signing name."""

    service: str
    api: str
    params: Params
    wire: Wire


def decode(request: Request) -> AwsRequest:
    """Read a signed AWS request; anything else is an API named after its method and path."""
    scope = _SCOPE.search(request.headers.get("authorization", ""))
    service = scope["name"] if scope else "unsigned"
    service = _IAM_PREFIX.get(service, service)
    if service == "s3":
        bucket, _, key = unquote(urlsplit(request.path).path).lstrip("/").partition("/")
        api = "GetObject" if request.method == "GET" else request.method
        place = {"Bucket": bucket, "Key": key, "Range": request.headers.get("range", "")}
        return AwsRequest(service, api, place, "object")
    target = request.headers.get("x-amz-target")
    if target is not None:
        return AwsRequest(service, target.rpartition(".")[2], _json(request.body), "json")
    if request.headers.get("content-type", "").startswith("application/x-www-form-urlencoded"):
        form = dict(parse_qsl(request.body.decode()))
        return AwsRequest(service, form.get("Action", "?"), form, "query")
    function = _FUNCTION.fullmatch(request.path)
    if function is not None and request.method == "GET":
        name = {"FunctionName": unquote(function["name"])}
        return AwsRequest(service, "GetFunctionConfiguration", name, "json")
    return AwsRequest(service, f"{request.method} {request.path}", {}, "json")


def encode(call: AwsRequest, result: Result) -> Response:
    """An answer in the format of its call."""
    if call.wire == "json":
        body = json.dumps(result).encode()
    elif call.wire == "object":
        return Response(result["Status"], "application/octet-stream", result["Body"])
    else:
        body = _envelope(call.api, f"<{call.api}Result>{_xml(result)}</{call.api}Result>")
    return _response(200, call.wire, body)


def encode_error(call: AwsRequest, error: ApiError) -> Response:
    """A refusal in the format of its call."""
    fields = {"__type": error.code, "message": error.message}
    if call.wire == "json":
        body = json.dumps(fields).encode()
    elif call.wire == "object":
        words = f"<Code>{escape(error.code)}</Code><Message>{escape(error.message)}</Message>"
        body = f"<Error>{words}</Error>".encode()
    else:
        body = (
            f'<ErrorResponse xmlns="{_XML}"><Error><Type>Sender</Type>'
            f"<Code>{escape(error.code)}</Code><Message>{escape(error.message)}</Message>"
            "</Error></ErrorResponse>"
        ).encode()
    return _response(error.http_status, call.wire, body)


def _xml(value: object) -> str:
    if isinstance(value, Mapping):
        return "".join(f"<{name}>{_xml(each)}</{name}>" for name, each in value.items())
    if isinstance(value, list):
        return "".join(f"<member>{_xml(each)}</member>" for each in value)
    if isinstance(value, bool):
        return str(value).lower()
    return escape(str(value))


def _json(body: bytes) -> dict[str, Any]:
    found = json.loads(body or b"{}")
    return found if isinstance(found, dict) else {}


def _envelope(api: str, content: str) -> bytes:
    return f'<{api}Response xmlns="{_XML}">{content}</{api}Response>'.encode()


def _response(status: int, wire: Wire, body: bytes) -> Response:
    return Response(status, _CONTENT_TYPE[wire], body, {"x-amzn-RequestId": str(uuid4())})
