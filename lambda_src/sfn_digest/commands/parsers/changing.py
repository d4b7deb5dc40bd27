"""The words of the commands that change something, or try it: `patch`, `backtest`, `redrive`."""

import argparse

from sfn_digest.commands.arguments import (
    BY_FILE,
    BY_MACHINE,
    add_account,
    add_all_machines,
    add_deadline,
    add_language,
    add_quota_share,
    add_rules,
    add_successes,
    add_tag,
    add_window,
    complete,
)
from sfn_digest.commands.parsers.command import Commands, add_command, later
from sfn_digest.config.window import DEFAULT_SINCE

REDRIVE_DESCRIPTION = """\
Redrives the failed executions of one state machine whose cause has passed.

It takes executions that failed due to a temporary cause and where others have succeeded since, as
listed in the report. It asks first, then redrives them one by one, at most two per second.
Executions resume at the state that failed, with the definition they started with. This is the only
command that changes anything in AWS; it needs its own permission (states:RedriveExecution), which
the Lambda does not have.
"""
REDRIVE_EXAMPLES = """\
examples:
  sfn-digest redrive --machine daily-batch --dry-run      what it would redrive, and nothing else
  sfn-digest redrive --machine daily-batch                asks, then redrives
  sfn-digest redrive --machine daily-batch --since 13d --yes      in a script

exit status:
  0    all of them were redriven, or there were none; --dry-run: listed
  1    AWS refused or cannot be reached, or refused some of them
  2    the command line cannot be understood
  130  interrupted, or the answer was no
"""


def add_redrive(commands: "Commands[argparse.ArgumentParser]") -> None:
    """Add the command; its parsed words carry `run`."""
    redrive = add_command(
        commands,
        "redrive",
        later("sfn_digest.commands.redrive"),
        help="redrive the failed executions whose cause has passed",
        description=REDRIVE_DESCRIPTION,
        examples=REDRIVE_EXAMPLES,
    )
    machine = redrive.add_argument(
        "--machine", metavar="NAME", required=True, help="the state machine's name or ARN"
    )
    complete(machine, BY_MACHINE)
    redrive.add_argument("--dry-run", action="store_true", help="list them without redriving any")
    redrive.add_argument("--yes", action="store_true", help="do not ask")
    _add_reading(redrive)
    add_language(redrive)


BACKTEST_FORMATS = ("terminal", "json", "markdown")
BACKTEST_SINCE = "30d"

BACKTEST_DESCRIPTION = """\
What a changed definition would have done to the executions that ran.

Reads the failures of one state machine and its most informative successes, and replays them under
the new definition: all its retriers, what its catchers reach, and its timeouts. It says how many
executions the change would have recovered and how many it would have lost, with bounds, and what
that costs in attempts, time and dollars. It also says what it could not replay.

The definition is Amazon States Language, a JSON template from `cdk synth` or CloudFormation's
tools, or the output of `terraform show -json`. Nothing is written to AWS.
"""
BACKTEST_EXAMPLES = """\
examples:
  sfn-digest backtest --definition new.json --machine daily-batch
  sfn-digest backtest --definition cdk.out/Jobs.template.json --resource DailyBatch \\
      --machine daily-batch --fail-on-loss
  terraform show -json plan.out > plan.json
  sfn-digest backtest --definition plan.json --since 14d --format markdown

exit status:
  0    the backtest was made
  1    AWS refused or cannot be reached, or there is no history to replay
  2    the command line cannot be understood, or a package is missing
  3    with --fail-on-loss: more executions would have been lost than recovered
  130  interrupted
"""


def add_backtest(commands: "Commands[argparse.ArgumentParser]") -> None:
    """Add the command; its parsed words carry `run`."""
    backtest = add_command(
        commands,
        "backtest",
        later("sfn_digest.commands.backtest"),
        help="what a changed definition would have recovered and lost",
        description=BACKTEST_DESCRIPTION,
        examples=BACKTEST_EXAMPLES,
    )
    _add_own(backtest)
    _add_reading(backtest, BACKTEST_SINCE)
    add_language(backtest)


def _add_reading(parser: argparse.ArgumentParser, since: str = DEFAULT_SINCE) -> None:
    """Add what says where, since when and how the state machine's executions are read."""
    add_window(parser, since)
    add_tag(parser)
    add_account(parser)
    add_quota_share(parser)
    add_successes(parser)
    add_rules(parser)


def _add_own(backtest: argparse.ArgumentParser) -> None:
    definition = backtest.add_argument(
        "--definition", metavar="FILE", required=True, help="the file with the changed definition"
    )
    complete(definition, BY_FILE)
    machine = backtest.add_argument(
        "--machine",
        metavar="NAME",
        help="the name or ARN of the state machine as it runs; default the name in the file",
    )
    complete(machine, BY_MACHINE)
    backtest.add_argument(
        "--resource",
        metavar="ID",
        help="if the file has several state machines: the logical ID, Terraform address or "
        "name of the one to replay",
    )
    backtest.add_argument(
        "--format",
        choices=BACKTEST_FORMATS,
        default="terminal",
        help="terminal, json, or markdown (a comment on a pull request); default %(default)s",
    )
    backtest.add_argument(
        "--fail-on-loss",
        action="store_true",
        help="exit with status 3 if more executions would have been lost than recovered",
    )


PATCH_FORMATS = ("asl", "diff", "cdk", "terraform")

PATCH_DESCRIPTION = """\
One state machine's definition with its hints applied, on standard output.

Applies hints exactly as a report gave them: name them by the IDs in the report. They come from a
report file (--report), from the table of a deployed digest (--function), or from the reports that
sfn-digest made on this computer. If none of these has them, the retries are evaluated again, and
standard error says so. Without --hint, the hints that are sure are applied, and those that would
have recovered failures: of a plan its first step. Nothing else in the definition changes, and
nothing is written to AWS. Step Functions validates the result if the caller has
states:ValidateStateMachineDefinition. With --prove, Step Functions also says what it would do after
each failed attempt, before and after the patch: it runs TestState with the observed errors mocked,
which calls nothing and needs no role (states:TestState).
"""
PATCH_EXAMPLES = """\
examples:
  sfn-digest patch --hint 5c2e9a71 --format diff              what a hint changes
  sfn-digest patch --hint 5c2e9a71 --report week.json         as a report file gave it
  sfn-digest patch --hint 5c2e9a71 --function NAME            as the digest in Slack gave it
  sfn-digest patch --machine daily-batch                      sure hints and first steps
  sfn-digest patch --machine daily-batch --prove > new.json   with Step Functions' proof
  sfn-digest patch --machine daily-batch --reevaluate         evaluated again, on what runs now

exit status:
  0  the patch was written
  1  there is nothing to patch, Step Functions rejects it, or AWS refused; with --prove,
     the patch was written but not proven
  2  the command line cannot be understood
"""


def add_patch(commands: "Commands[argparse.ArgumentParser]") -> None:
    """Add the command; its parsed words carry `run`."""
    patch = add_command(
        commands,
        "patch",
        later("sfn_digest.commands.patch"),
        help="a state machine's definition with its hints applied",
        description=PATCH_DESCRIPTION,
        examples=PATCH_EXAMPLES,
    )
    _add_hints(patch)
    _add_ways_out(patch)
    add_all_machines(patch)
    add_deadline(patch)
    _add_reading(patch)


def _add_ways_out(patch: argparse.ArgumentParser) -> None:
    patch.add_argument(
        "--format",
        choices=PATCH_FORMATS,
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
        help="the state machine's name or ARN; required unless --hint names a stored hint",
    )
    complete(machine, BY_MACHINE)
    patch.add_argument(
        "--hint",
        metavar="ID",
        nargs="+",
        action="extend",
        default=[],
        help="apply only these hints, by their IDs in a report; default the sure ones, "
        "and those that would have recovered failures: of a plan its first step",
    )
    kept = patch.add_mutually_exclusive_group()
    report = kept.add_argument(
        "--report", metavar="FILE", help="take the hints from a report that --format json wrote"
    )
    complete(report, BY_FILE)
    kept.add_argument(
        "--function",
        metavar="NAME",
        help="take the hints from the table of this deployed function",
    )
    kept.add_argument(
        "--reevaluate",
        action="store_true",
        help="evaluate the retries again, whatever earlier reports said",
    )
    # The name it had at first.
    kept.add_argument("--anew", action="store_true", dest="reevaluate", help=argparse.SUPPRESS)
