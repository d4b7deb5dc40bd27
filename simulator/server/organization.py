"""Several accounts behind one address, as STS and the credentials of a role tell them apart.

Each has quotas of its own. A world is of the simulator's one account: on the way in and out its
number is changed for the account's own, so that accounts may share a world.
"""

import re
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from simulator.records import World
from simulator.server.account import answering
from simulator.server.api import ApiError
from simulator.server.protocols import decode, encode, encode_error
from simulator.server.slack_sink import SlackSink
from simulator.server.slack_workspace import Workspace
from simulator.server.transport import LoopbackServer, Request, Response

_SLACK = "/slack/api/"
_KEY = re.compile(r"Credential=ASIA(?P<account>\d{12})/")
_ROLE = re.compile(r"arn:aws:iam::(?P<account>\d{12}):role/.+")
_HOUR = 3600.0


@dataclass(frozen=True, slots=True)
class Organization:
    """Where the accounts listen, and what was posted."""

    url: str
    region: str
    slack: SlackSink

    @property
    def environment(self) -> Mapping[str, str]:
        """The variables that send an unchanged boto3, and the digest's Slack client, here."""
        return {
            "AWS_ENDPOINT_URL": self.url,
            "AWS_REGION": self.region,
            "AWS_DEFAULT_REGION": self.region,
            "AWS_ACCESS_KEY_ID": "simulated",
            "AWS_SECRET_ACCESS_KEY": "simulated",
            "AWS_EC2_METADATA_DISABLED": "true",
            "SLACK_API_URL": self.slack.url,
        }


class _Accounts:
    """Answers for the account whose role the caller took, and gives roles to who took none."""

    def __init__(
        self, worlds: Mapping[str, World], silent: frozenset[str], home: World | None
    ) -> None:
        self._worlds = worlds
        self._silent = silent
        self._home = answering(home) if home is not None else None
        self._endpoints = {account: answering(world) for account, world in worlds.items()}

    def respond(self, request: Request) -> Response | None:
        key = _KEY.search(request.headers.get("authorization", ""))
        if key is None:
            asked_for_role = decode(request).api == "AssumeRole"
            if self._home is not None and not asked_for_role:
                return self._home.respond(request)
            return self._role(request)
        account = key["account"]
        if account in self._silent:
            return None
        own, theirs = self._worlds[account].account_id.encode(), account.encode()
        asked = replace(request, body=request.body.replace(theirs, own))
        answer = self._endpoints[account].respond(asked)
        return replace(answer, body=answer.body.replace(own, theirs))

    def _role(self, request: Request) -> Response:
        call = decode(request)
        role = _ROLE.fullmatch(str(call.params.get("RoleArn", "")))
        known = role is not None and role["account"] in self._worlds
        if call.api != "AssumeRole" or role is None or not known:
            said = f"The caller is not authorized to do {call.service}:{call.api}"
            return encode_error(call, ApiError("AccessDenied", said, http_status=403))
        expires = datetime.fromtimestamp(time.time() + _HOUR, UTC)
        credentials = {
            "AccessKeyId": f"ASIA{role['account']}",
            "SecretAccessKey": "simulated",
            "SessionToken": "simulated",
            "Expiration": expires.strftime("%Y-%m-%dT%H:%M:%SZ"),
        }
        return encode(call, {"Credentials": credentials})


@contextmanager
def serve_organization(
    worlds: Mapping[str, World],
    *,
    silent: frozenset[str] = frozenset(),
    home: World | None = None,
    workspace: Workspace | None = None,
    clock: Callable[[], float] = time.time,
) -> Iterator[Organization]:
    """Serve worlds by the account's number; a role of any other account is refused.

    silent: accounts that give their role and then hang up on every call.
    home: the account of the caller, who has taken no role.
    """
    accounts, sink = _Accounts(worlds, silent, home), SlackSink(workspace or Workspace(), clock)

    def respond(request: Request) -> Response | None:
        if request.path.startswith(_SLACK):
            return sink.respond(request, request.path.removeprefix(_SLACK))
        return accounts.respond(request)

    server = LoopbackServer(respond)
    sink.url = server.url + _SLACK
    try:
        yield Organization(server.url, next(iter(worlds.values())).region, sink)
    finally:
        sink.close()
        server.close()
