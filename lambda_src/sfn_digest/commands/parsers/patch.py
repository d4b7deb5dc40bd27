"""The words of `sfn-digest patch`."""

import argparse

from sfn_digest.commands.arguments import (
    add_account,
    add_quota_share,
    add_rules,
    add_successes,
    add_tag,
    add_window,
)
from sfn_digest.commands.parsers.later import later

FORMATS = ("asl", "diff", "cdk", "terraform")

DESCRIPTION = """\
One state machine's definition with its hints applied, on standard output.

Reads the machine's failures, weighs its retries as a report does, and changes what the hints
are about and nothing else. Which hints it applied, and why not the others, goes to standard
error with their numbers. Hints from which one only learns are applied where --hint names them.
Nothing is written to AWS; Step Functions is asked to validate the result where the caller may
(states:ValidateStateMachineDefinition). With --prove it is asked as well what it would do after
each attempt that fails by an error that was seen, as the state machine runs and as it is patched:
TestState with the errors mocked, which calls nothing and needs no role (states:TestState).
"""
EXAMPLES = """\
examples:
  sfn-digest patch --machine daily-batch                      the patched definition, as ASL
  sfn-digest patch --machine daily-batch --format diff        what it changes
  sfn-digest patch --machine daily-batch --prove > new.json   what Step Functions says of it
  sfn-digest patch --machine daily-batch --hint 1 3 --format terraform

exit status:
  0  the patch was written
  1  there is nothing to patch, Step Functions would not take it, or AWS refused; with --prove,
     the patch was written but not proven
  2  what was asked for cannot be understood
"""


def add_parser(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command; its parsed words carry `run`."""
    patch = commands.add_parser(
        "patch",
        help="a state machine's definition with its hints applied",
        description=DESCRIPTION,
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    patch.set_defaults(run=later("sfn_digest.commands.patch"))
    patch.add_argument(
        "--machine", metavar="NAME", required=True, help="the state machine's name or ARN"
    )
    patch.add_argument(
        "--hint",
        metavar="N",
        type=int,
        nargs="+",
        action="extend",
        default=[],
        help="apply these hints alone, by their numbers; default all but those from which one "
        "only learns",
    )
    _add_ways_out(patch)
    add_window(patch)
    add_tag(patch)
    add_account(patch)
    add_quota_share(patch)
    add_successes(patch)
    add_rules(patch)


def _add_ways_out(patch: argparse.ArgumentParser) -> None:
    patch.add_argument(
        "--format",
        choices=FORMATS,
        default="asl",
        help="asl (the whole definition), diff (against the running one), cdk (Python) or "
        "terraform; default %(default)s",
    )
    patch.add_argument(
        "--prove",
        action="store_true",
        help="ask Step Functions what it would do after each failed attempt, before and after",
    )
