"""`sfn-digest doctor`: tries everything a digest needs, and says what to do about what is missing.

It only reads, posts nothing, and shows no secret. The checks go to stdout, as lines or JSON.
"""

import argparse
import json
import os
import re
import shutil
import sys
import textwrap
from collections import Counter
from collections.abc import Generator, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TextIO

from sfn_digest.aws.checks import Checks, open_checks
from sfn_digest.aws.deployed import Deployment
from sfn_digest.config.request import DEFAULT_QUOTA_SHARE, parse_tag
from sfn_digest.config.settings import parse_channel
from sfn_digest.doctor import permissions, workspace
from sfn_digest.doctor.deployed_function import (
    NAMES,
    NO_AWS,
    check_runs,
    find_setup,
    unread_machines,
)
from sfn_digest.doctor.result import Check, Status, exit_status, failing, ok, skipped
from sfn_digest.errors import AccountError, BadRequestError, NoCredentialsError
from sfn_digest.i18n.sanitize import quoted

__all__ = ["Check", "Status", "run"]

CREDENTIALS = "credentials"

NAME_WIDTH = 39
"""The longest name of a check is states:DescribeStateMachineForExecution."""

_MARKS: dict[Status, str] = {"ok": "✓ ok     ", "failing": "✗ failing", "skipped": "- skipped"}


def line(check: Check, width: int | None) -> str:
    """One check; folded under its own column where `width` columns are all there are."""
    head = f"{_MARKS[check.status]}  {check.name:<{NAME_WIDTH}}  "
    if width is None or width - len(head) < 20:
        return head + check.text
    return textwrap.fill(
        check.text,
        width,
        initial_indent=head,
        subsequent_indent=" " * len(head),
        break_long_words=False,
        break_on_hyphens=False,
    )


def summary(checks: Sequence[Check]) -> str:
    """How many checks came out in which way."""
    counts = Counter(check.status for check in checks)
    counted = [f"{counts[status]} {status}" for status in _MARKS if counts[status]]
    return ", ".join(counted) + "."


def to_json(checks: Iterable[Check]) -> str:
    """The checks as JSON text: `status` is failing where any check is, else ok."""
    found = list(checks)
    whole = {
        "status": "failing" if exit_status(found) else "ok",
        "checks": [
            {"name": check.name, "status": check.status, "text": check.text} for check in found
        ],
    }
    return json.dumps(whole, indent=2)


_FUNCTION = re.compile(r"[A-Za-z0-9:_-]{1,170}")
"""A name or an ARN, as GetFunctionConfiguration takes them."""


@dataclass(frozen=True, slots=True)
class DoctorRequest:
    """What the command's words ask for; None where the setup is to say."""

    tag: str | None = None
    channel: str | None = None
    function: str | None = None


def run(words: argparse.Namespace) -> int:
    """Check everything and show it; gives the exit status.

    Raises BadRequestError where a word cannot be understood; then nothing is checked.
    """
    found = examine(_wanted(words), os.environ, datetime.now(UTC))
    if words.format == "json":
        checks = list(found)
        sys.stdout.write(to_json(checks) + "\n")
    else:
        checks = list(_shown(found, sys.stdout))
        _write(sys.stdout, f"\n{summary(checks)}\n")
    return exit_status(checks)


def _wanted(words: argparse.Namespace) -> DoctorRequest:
    if words.tag is not None:
        parse_tag(words.tag)
    if words.channel is not None:
        parse_channel(words.channel)
    if words.function is not None and not _FUNCTION.fullmatch(words.function):
        raise BadRequestError(
            f"The function is {quoted(words.function)}, which is not a name: give the one in "
            "the stack's output FunctionName."
        )
    return DoctorRequest(words.tag, words.channel, words.function)


def _shown(checks: Iterator[Check], out: TextIO) -> Iterator[Check]:
    # A pipe gets one line a check, which can be searched.
    width = min(shutil.get_terminal_size().columns, 120) if out.isatty() else None
    for check in checks:
        _write(out, line(check, width) + "\n")
        yield check


def _write(out: TextIO, text: str) -> None:
    """Write now, whatever characters the terminal knows."""
    encoding = out.encoding or "utf-8"
    out.write(text.encode(encoding, "replace").decode(encoding))
    out.flush()


def examine(
    wanted: DoctorRequest, environment: Mapping[str, str], now: datetime
) -> Iterator[Check]:
    """Check everything; `environment` is where AWS's and the digest's own variables stand."""
    aws = yield from _credentials()
    deployment = None if aws is None else aws[1]
    setup = yield from find_setup(deployment, wanted.function, environment)
    routed: workspace.Routed = {}
    if aws is None:
        yield from _skipped(permissions.NAMES)
    else:
        tag = wanted.tag or setup.settings.defaults.tag
        unread = unread_machines(aws[1], setup)
        routed = yield from permissions.check_permissions(aws[0], tag, now, unread)
    yield from workspace.check_workspace(deployment, setup, wanted.channel, routed)
    if aws is None:
        yield from _skipped(NAMES)
    else:
        yield from check_runs(*aws, setup, now)


def _credentials() -> Generator[Check, None, tuple[Checks, Deployment] | None]:
    """The ways to ask AWS; None where no call would be taken."""
    try:
        checks = open_checks(DEFAULT_QUOTA_SHARE)
        deployment = Deployment(checks.region)
    except AccountError as error:
        yield failing(CREDENTIALS, error)
        return None
    try:
        account = deployment.account_id()
    except NoCredentialsError as error:
        yield failing(CREDENTIALS, error)
        return None
    except AccountError as error:
        # A network may have a way to Step Functions and none to STS.
        yield failing(CREDENTIALS, error)
    else:
        yield ok(CREDENTIALS, f"They are for account {account}, Region {checks.region}.")
    return checks, deployment


def _skipped(names: tuple[str, ...]) -> Iterator[Check]:
    yield from (skipped(name, NO_AWS) for name in names)
