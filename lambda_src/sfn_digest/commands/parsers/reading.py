"""The words of the commands that tell what happened: `report` and `explain`."""

import argparse

from sfn_digest.commands.arguments import (
    BY_EXECUTION,
    BY_FILE,
    add_account,
    add_all_machines,
    add_child_role,
    add_deadline,
    add_language,
    add_machines,
    add_map_results,
    add_profile,
    add_quota_share,
    add_rules,
    add_scan_gb,
    add_successes,
    add_time_zone,
    add_window,
    complete,
)
from sfn_digest.commands.parsers.command import Commands, add_command, later
from sfn_digest.config.window import DEFAULT_SINCE
from sfn_digest.terminal import NO_MEMORY

EXPLAIN_DESCRIPTION = """\
One execution's story: its attempts, the waits in between, why each attempt failed, the state and
cause that ended it, and what would have helped.

Takes any Standard execution of the last 90 days, tagged or not: failed, succeeded or still running.
It also takes an Express execution, as far as its state machine logs; the log group is searched
backward from now, unless the URL of the console page says when it ran. The Region is the one in the
ARN. It only reads, and does not request the execution's input and output.
"""
EXPLAIN_EXAMPLES = """\
examples:
  sfn-digest explain arn:aws:states:eu-west-1:123456789012:execution:daily-batch:run-7
  sfn-digest explain 'https://eu-west-1.console.aws.amazon.com/states/home?region=…#/v2/…'
  sfn-digest explain --since 2d arn:aws:states:eu-west-1:123456789012:express:web:run-7:0a1b…
  sfn-digest report --format json | jq -r '.failures[].execution_arn'     the ARNs of a report

exit status:
  0    the story was shown
  1    AWS refused or cannot be reached, there is no such execution, or it is not in the logs
  2    the command line cannot be understood
  130  interrupted
"""


def add_explain(commands: "Commands[argparse.ArgumentParser]") -> None:
    """Add the command; its parsed words carry `run`."""
    explain = add_command(
        commands,
        "explain",
        later("sfn_digest.commands.explain"),
        help="one execution's story: attempts, waits, causes, and what would have helped",
        description=EXPLAIN_DESCRIPTION,
        examples=EXPLAIN_EXAMPLES,
    )
    execution = explain.add_argument(
        "execution",
        metavar="EXECUTION",
        help="the execution's ARN, or the URL of its console page",
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


REPORT_FORMATS = ("terminal", "json", "csv", "slack", "html", "markdown")

REPORT_DESCRIPTION = """\
Why executions failed in a window, and what to change.

At a terminal, unless a machine is named, it first lists the state machines with their failures:
arrow keys move, typing filters, space selects, enter confirms. In a pipe or a script, or with
--all, it reports on every machine with the tag and asks nothing.

The report goes to standard output, messages and progress to standard error.
"""
REPORT_EXAMPLES = """\
examples:
  sfn-digest report                                   pick state machines; the last seven days
  sfn-digest report --all --since 24h                 all with the tag, since yesterday
  sfn-digest report --machine 'daily-*' --open        some of them, as a page in the browser
  sfn-digest report --since 2026-11-16T09:00:00+09:00 --until 2026-11-17 --format json
  sfn-digest report --all --post C0123456789          to Slack, as the Lambda would
  sfn-digest report week.json --open                  a report that --format json wrote
  sfn-digest report --accounts accounts.toml          many accounts and Regions in one

exit status:
  0    the report was made (its coverage says what could not be read)
  1    AWS or Slack refused or cannot be reached, or no state machine has the tag
  2    the command line cannot be understood, or a package is missing
  130  interrupted, or nothing was picked
"""


def _one_or_many(words: argparse.Namespace) -> int:
    """The report on one account, or on the many of a file."""
    command = "report" if words.accounts is None else "accounts"
    return later(f"sfn_digest.commands.{command}")(words)


def add_report(commands: "Commands[argparse.ArgumentParser]") -> None:
    """Add the command; its parsed words carry `run`."""
    report = add_command(
        commands,
        "report",
        _one_or_many,
        help="why executions failed in a window, and what to change",
        description=REPORT_DESCRIPTION,
        examples=REPORT_EXAMPLES,
    )
    file = report.add_argument(
        "file",
        metavar="FILE.json",
        nargs="?",
        help="show, open or post this report (written by --format json) without reading AWS",
    )
    complete(file, BY_FILE)
    add_window(report)
    add_machines(report)
    report.add_argument(
        "--all", action="store_true", help=("report on every machine with the tag without asking")
    )
    add_all_machines(report)
    add_account(report)
    _add_accounts(report)
    add_quota_share(report)
    add_successes(report)
    add_deadline(report)
    add_scan_gb(report)
    add_map_results(report)
    add_child_role(report)
    add_rules(report)
    _add_faces(report)
    _add_memory(report)
    add_language(report)
    add_time_zone(report)


def _add_memory(report: argparse.ArgumentParser) -> None:
    report.add_argument(
        NO_MEMORY,
        dest="no_memory",
        action="store_true",
        help="do not read or store hints between reports (in $XDG_STATE_HOME/sfn-digest or "
        "~/.local/state/sfn-digest)",
    )
    report.add_argument(
        "--resume",
        action="store_true",
        help="continue an interrupted report with the same options; what it had read is "
        "stored in $XDG_STATE_HOME/sfn-digest or ~/.local/state/sfn-digest until the "
        "report is complete",
    )


def _add_accounts(report: argparse.ArgumentParser) -> None:
    accounts = report.add_argument(
        "--accounts",
        metavar="FILE",
        help="one report on many accounts and Regions: a TOML or JSON file with the ID, "
        "role, Regions and name of each (docs/accounts.md)",
    )
    complete(accounts, BY_FILE)


def _add_faces(report: argparse.ArgumentParser) -> None:
    report.add_argument(
        "--format",
        choices=REPORT_FORMATS,
        help="terminal (for people), json (docs/report.schema.json), csv (a line for each "
        "failure), slack (the message's JSON), html (a page) or markdown (for an "
        "issue); default terminal, or none with --open or --post",
    )
    depth = report.add_mutually_exclusive_group()
    depth.add_argument(
        "--brief",
        dest="depth",
        action="store_const",
        const="brief",
        default="usual",
        help="at a terminal, only what needs attention: the first screen",
    )
    depth.add_argument(
        "--full",
        dest="depth",
        action="store_const",
        const="full",
        help="at a terminal, everything: every hint, each execution's attempts, what changed, what "
        "can be redriven, what to do",
    )
    report.add_argument(
        "--open", action="store_true", help="write the page to a file and open it in the browser"
    )
    report.add_argument(
        "--post",
        metavar="CHANNEL",
        help="post it to the Slack channel with this ID, using the token in SLACK_BOT_TOKEN, "
        "or the one in AWS that SLACK_TOKEN_PARAMETER or SLACK_TOKEN_SECRET names",
    )
