"""The words of `sfn-digest doctor`."""

import argparse

from sfn_digest.commands.arguments import add_account
from sfn_digest.commands.parsers.later import later

FORMATS = ("terminal", "json")

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
    add_account(doctor)
    doctor.set_defaults(run=later("sfn_digest.doctor"))
