"""The words of `sfn-digest explain`."""

import argparse

from sfn_digest.commands.arguments import (
    BY_EXECUTION,
    add_child_role,
    add_language,
    add_profile,
    add_quota_share,
    add_rules,
    add_scan_gb,
    add_time_zone,
    complete,
)
from sfn_digest.commands.parsers.later import later
from sfn_digest.config.window import DEFAULT_SINCE

DESCRIPTION = """\
One execution's story: what it tried, how long it waited in between, why each attempt failed, the
state and the cause that it ended by, and what would have helped.

Any Standard execution of the last 90 days will do, with or without a tag: failed, succeeded or
still running. So will an Express execution, as far as its state machine logs; its log group is
searched from now on back, unless the address of its page tells when it ran. The Region is the one
in the ARN. It only reads; what the execution took in and gave out is not asked for.
"""
EXAMPLES = """\
examples:
  sfn-digest explain arn:aws:states:eu-west-1:123456789012:execution:daily-batch:run-7
  sfn-digest explain 'https://eu-west-1.console.aws.amazon.com/states/home?region=…#/v2/…'
  sfn-digest explain --since 2d arn:aws:states:eu-west-1:123456789012:express:web:run-7:0a1b…
  sfn-digest report --format json | jq -r '.failures[].execution_arn'     the ARNs of a report

exit status:
  0    the story was told
  1    AWS refused or cannot be reached, there is no such execution, or no log tells of it
  2    what was asked for cannot be understood
  130  interrupted
"""


def add_parser(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command; its parsed words carry `run`."""
    explain = commands.add_parser(
        "explain",
        help="one execution's story: attempts, waits, causes, and what would have helped",
        description=DESCRIPTION,
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    explain.set_defaults(run=later("sfn_digest.commands.explain"))
    execution = explain.add_argument(
        "execution",
        metavar="EXECUTION",
        help="the execution's ARN, or the address of its page in the console",
    )
    complete(execution, BY_EXECUTION)
    explain.add_argument(
        "--format",
        choices=("terminal", "json"),
        default="terminal",
        help="a story to read, or its parts as JSON; default %(default)s",
    )
    explain.add_argument(
        "--since",
        metavar="WHEN",
        default=DEFAULT_SINCE,
        help="how far back to look for the records of an Express execution; default %(default)s",
    )
    add_scan_gb(explain)
    add_child_role(explain)
    add_profile(explain)
    add_quota_share(explain)
    add_rules(explain)
    add_language(explain)
    add_time_zone(explain)
