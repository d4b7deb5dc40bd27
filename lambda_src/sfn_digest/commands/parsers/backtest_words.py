"""The words of `sfn-digest backtest`."""

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

FORMATS = ("terminal", "json", "markdown")
SINCE = "30d"

DESCRIPTION = """\
What a changed definition would have done to the executions that ran.

Reads the failures of one state machine and the successes that tell most, and replays them under
the new definition: all its retriers, what its catchers reach, and its timeouts. It tells how many
executions it would have recovered and how many it would have lost, with bounds, and what that
takes in attempts, time and dollars. What it cannot replay it says.

The definition is Amazon States Language, a template that `cdk synth` or CloudFormation's tools
wrote as JSON, or what `terraform show -json` writes. Nothing is written to AWS.
"""
EXAMPLES = """\
examples:
  sfn-digest backtest --definition new.json --machine daily-batch
  sfn-digest backtest --definition cdk.out/Jobs.template.json --resource DailyBatch \\
      --machine daily-batch --fail-on-loss
  terraform show -json plan.out > plan.json
  sfn-digest backtest --definition plan.json --since 14d --format markdown

exit status:
  0    the backtest was made
  1    AWS refused or cannot be reached, or there is no history to replay
  2    what was asked for cannot be understood, or a package is missing
  3    with --fail-on-loss: more executions would have been lost than recovered
  130  interrupted
"""


def add_parser(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command; its parsed words carry `run`."""
    backtest = commands.add_parser(
        "backtest",
        help="what a changed definition would have recovered and lost",
        description=DESCRIPTION,
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    backtest.set_defaults(run=later("sfn_digest.commands.backtest"))
    _add_own(backtest)
    add_window(backtest, SINCE)
    add_tag(backtest)
    add_account(backtest)
    add_quota_share(backtest)
    add_successes(backtest)
    add_rules(backtest)
    add_language(backtest)


def _add_own(backtest: argparse.ArgumentParser) -> None:
    backtest.add_argument(
        "--definition", metavar="FILE", required=True, help="the file with the changed definition"
    )
    machine = backtest.add_argument(
        "--machine",
        metavar="NAME",
        help="the name or ARN of the state machine as it runs; default the name in the file",
    )
    complete(machine, BY_MACHINE)
    backtest.add_argument(
        "--resource",
        metavar="ID",
        help="where the file holds several state machines: the logical ID, Terraform's address, "
        "or the name of the one to replay",
    )
    backtest.add_argument(
        "--format",
        choices=FORMATS,
        default="terminal",
        help="terminal, json, or markdown (a comment on a pull request); default %(default)s",
    )
    backtest.add_argument(
        "--fail-on-loss",
        action="store_true",
        help="exit with status 3 where more executions would have been lost than recovered",
    )
