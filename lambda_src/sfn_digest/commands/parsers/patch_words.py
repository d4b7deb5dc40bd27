"""The words of `sfn-digest patch`."""

import argparse

from sfn_digest.commands.arguments import (
    BY_MACHINE,
    add_account,
    add_all_machines,
    add_deadline,
    add_quota_share,
    add_rules,
    add_successes,
    add_tag,
    add_window,
    complete,
)
from sfn_digest.commands.parsers.later import later

FORMATS = ("asl", "diff", "cdk", "terraform")

DESCRIPTION = """\
One state machine's definition with its hints applied, on standard output.

Applies hints as a report gave them: name them by the ids that the report shows. They are taken
from the report in a file (--report), from the table of a deployed digest (--function), or from
the reports that sfn-digest made on this computer. Where none of these has them, the retries are
weighed anew, and standard error says so. Without --hint, the hints that are sure and the first
step of each plan are applied. Only what the hints are about changes. Nothing is written to AWS;
Step Functions is asked to validate the result where the caller may
(states:ValidateStateMachineDefinition). With --prove it is asked as well what it would do after
each attempt that fails by an error that was seen, as the state machine runs and as it is patched:
TestState with the errors mocked, which calls nothing and needs no role (states:TestState).
"""
EXAMPLES = """\
examples:
  sfn-digest patch --hint 5c2e9a71 --format diff              what a hint changes
  sfn-digest patch --hint 5c2e9a71 --report week.json         as a report in a file gave it
  sfn-digest patch --hint 5c2e9a71 --function NAME            as the digest in Slack gave it
  sfn-digest patch --machine daily-batch                      what is sure, and first steps
  sfn-digest patch --machine daily-batch --prove > new.json   what Step Functions says of it
  sfn-digest patch --machine daily-batch --anew --since 30d   weighed anew on 30 days

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
    _add_hints(patch)
    _add_ways_out(patch)
    add_window(patch)
    add_tag(patch)
    add_all_machines(patch)
    add_deadline(patch)
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


def _add_hints(patch: argparse.ArgumentParser) -> None:
    """Add what says which hints to apply, and where they are kept."""
    machine = patch.add_argument(
        "--machine",
        metavar="NAME",
        help="the state machine's name or ARN; needed where no hint is named, or none is kept",
    )
    complete(machine, BY_MACHINE)
    patch.add_argument(
        "--hint",
        metavar="ID",
        nargs="+",
        action="extend",
        default=[],
        help="apply these hints alone, by the ids that a report shows; default those that are "
        "sure, and the first step of each plan",
    )
    kept = patch.add_mutually_exclusive_group()
    kept.add_argument(
        "--report", metavar="FILE", help="take the hints from a report that --format json wrote"
    )
    kept.add_argument(
        "--function",
        metavar="NAME",
        help="take the hints from the table of the deployed function of this name",
    )
    kept.add_argument(
        "--anew", action="store_true", help="weigh the retries anew, whatever reports gave"
    )
