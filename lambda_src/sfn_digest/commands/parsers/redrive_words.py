"""The words of `sfn-digest redrive`."""

import argparse

from sfn_digest.commands.arguments import (
    BY_MACHINE,
    add_account,
    add_language,
    add_quota_share,
    add_rules,
    add_successes,
    add_tag,
    add_window,
    complete,
)
from sfn_digest.commands.parsers.later import later

DESCRIPTION = """\
Redrives the failed executions of one state machine whose cause has passed.

Those are executions that failed by a cause that time heals, where others have succeeded since; the
list is the report's. It asks first, and then redrives one after the other, two a second at most.
Executions go on at the state that failed, under the definition that they started with. This is the
one command that changes something in AWS, and takes a permission of its own
(states:RedriveExecution); the Lambda never does it.
"""
EXAMPLES = """\
examples:
  sfn-digest redrive --machine daily-batch --dry-run      what it would redrive, and nothing else
  sfn-digest redrive --machine daily-batch                asks, and redrives
  sfn-digest redrive --machine daily-batch --since 13d --yes      in a script

exit status:
  0    all of them were redriven, or there was none; --dry-run: listed
  1    AWS refused or cannot be reached, or refused some of them
  2    what was asked for cannot be understood
  130  interrupted, or the answer was no
"""


def add_parser(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command; its parsed words carry `run`."""
    redrive = commands.add_parser(
        "redrive",
        help="redrive the failed executions whose cause has passed",
        description=DESCRIPTION,
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    redrive.set_defaults(run=later("sfn_digest.commands.redrive"))
    machine = redrive.add_argument(
        "--machine", metavar="NAME", required=True, help="the state machine's name or ARN"
    )
    complete(machine, BY_MACHINE)
    redrive.add_argument("--dry-run", action="store_true", help="list them, and redrive none")
    redrive.add_argument("--yes", action="store_true", help="do not ask")
    add_window(redrive)
    add_tag(redrive)
    add_account(redrive)
    add_quota_share(redrive)
    add_successes(redrive)
    add_rules(redrive)
    add_language(redrive)
