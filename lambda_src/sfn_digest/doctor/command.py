"""The words of `sfn-digest doctor`, and its output: data on stdout, as each check ends."""

import argparse
import os
import re
import shutil
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import TextIO

from sfn_digest.doctor.examine import Wanted, examine
from sfn_digest.doctor.faces import FORMATS, line, summary, to_json
from sfn_digest.doctor.result import Check, exit_status
from sfn_digest.doctor.workspace import CHANNEL_ID
from sfn_digest.errors import BadRequestError
from sfn_digest.request import parse_tag
from sfn_digest.visible import quoted

DESCRIPTION = """\
Checks everything that a digest needs: credentials, the tag, each IAM permission, the deployed
function, the Slack token, its scopes and channel, the message's blocks, and the last run.

It only reads, posts nothing and shows no secret. What it may do is what the credentials it runs
with may do; the function has a role of its own.
"""
EXAMPLES = """\
examples:
  sfn-digest doctor                                   what `sfn-digest report` needs
  sfn-digest doctor --function SfnDigest-Function-A1  a deployed digest: its channel and token
  SLACK_BOT_TOKEN=xoxb-… sfn-digest doctor --channel C0123456789

exit status:
  0  nothing fails (what could not be checked is skipped, and says why)
  1  something fails
  2  what was asked for cannot be understood
"""

_FUNCTION = re.compile(r"[A-Za-z0-9:_-]{1,170}")
"""A name or an ARN, as GetFunctionConfiguration takes them."""


def add_parser(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command; its parsed words carry `run`."""
    doctor = commands.add_parser(
        "doctor",
        help="what a digest needs, and what to do where it is missing",
        description=DESCRIPTION,
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    doctor.add_argument(
        "--tag",
        metavar="KEY=VALUE",
        help="the tag that marks the state machines; default the function's or SFN_DIGEST_TAG's, "
        "else sfn-digest=on",
    )
    doctor.add_argument(
        "--channel",
        metavar="ID",
        help="the Slack channel; default the function's or SFN_DIGEST_CHANNEL's",
    )
    doctor.add_argument("--function", metavar="NAME", help="the deployed function, by name or ARN")
    doctor.add_argument(
        "--format",
        choices=FORMATS,
        default="terminal",
        help="terminal (a line for each check) or json; default %(default)s",
    )
    doctor.set_defaults(run=run)


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


def _wanted(words: argparse.Namespace) -> Wanted:
    if words.tag is not None:
        parse_tag(words.tag)
    if words.channel is not None and not CHANNEL_ID.fullmatch(words.channel):
        raise BadRequestError(
            f"The channel is {quoted(words.channel)}, which is not a channel's ID: give one such "
            "as C0123456789, which stands at the bottom of the channel's details in Slack."
        )
    if words.function is not None and not _FUNCTION.fullmatch(words.function):
        raise BadRequestError(
            f"The function is {quoted(words.function)}, which is not a name: give the one that "
            "the stack's output FunctionName has."
        )
    return Wanted(words.tag, words.channel, words.function)


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
