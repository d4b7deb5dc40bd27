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
One execution's story: what it tried, how long it waited in between, why each attempt failed, the
state and the cause that it ended by, and what would have helped.

Any Standard execution of the last 90 days will do, with or without a tag: failed, succeeded or
still running. So will an Express execution, as far as its state machine logs; its log group is
searched from now on back, unless the address of its page tells when it ran. The Region is the one
in the ARN. It only reads; what the execution took in and gave out is not asked for.
"""
EXPLAIN_EXAMPLES = """\
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


REPORT_FORMATS = ("terminal", "json", "csv", "slack", "html", "markdown")

REPORT_DESCRIPTION = """\
Why executions failed in a window, and what to change.

At a terminal, with no machine named, it first shows the state machines with their failures to
pick from: arrow keys move, typing filters, space picks several, enter ends. In a pipe or a
script, or with --all, it reports on all that carry the tag and asks nothing.

The report goes to standard output, talk and progress to standard error.
"""
REPORT_EXAMPLES = """\
examples:
  sfn-digest report                                   pick state machines; the last seven days
  sfn-digest report --all --since 24h                 all that carry the tag, since yesterday
  sfn-digest report --machine 'daily-*' --open        some of them, as a page in the browser
  sfn-digest report --since 2026-11-16T09:00:00+09:00 --until 2026-11-17 --format json
  sfn-digest report --all --post C0123456789          to Slack, as the Lambda would
  sfn-digest report week.json --open                  a report that --format json wrote
  sfn-digest report --accounts accounts.toml          many accounts and Regions in one

exit status:
  0    the report was made (what it could not read stands under its coverage)
  1    AWS or Slack refused or cannot be reached, or no state machine carries the tag
  2    what was asked for cannot be understood, or a package is missing
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
        help="show, open or post this report, which --format json wrote, and read nothing anew",
    )
    complete(file, BY_FILE)
    add_window(report)
    add_machines(report)
    report.add_argument("--all", action="store_true", help="report on all of them, and ask nothing")
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
        help="neither read nor keep the hints of earlier reports, in files of your own under "
        "$XDG_STATE_HOME/sfn-digest or ~/.local/state/sfn-digest",
    )
    report.add_argument(
        "--resume",
        action="store_true",
        help="go on where a report that was asked for in the same words was interrupted: what was "
        "read is kept under $XDG_STATE_HOME/sfn-digest or ~/.local/state/sfn-digest until the "
        "report is complete, and is not read again",
    )


def _add_accounts(report: argparse.ArgumentParser) -> None:
    accounts = report.add_argument(
        "--accounts",
        metavar="FILE",
        help="one report on many accounts and Regions: a TOML or JSON file with the id, the role, "
        "the Regions and the name of each (docs/accounts.md)",
    )
    complete(accounts, BY_FILE)


def _add_faces(report: argparse.ArgumentParser) -> None:
    report.add_argument(
        "--format",
        choices=REPORT_FORMATS,
        help="terminal (for people), json (docs/report.schema.json), csv (a line for each "
        "failure), slack (the message's JSON), html (a page) or markdown (for an issue); default "
        "terminal, and nothing with --open or --post",
    )
    depth = report.add_mutually_exclusive_group()
    depth.add_argument(
        "--brief",
        dest="depth",
        action="store_const",
        const="brief",
        default="usual",
        help="at a terminal, what needs attention alone: the first screen",
    )
    depth.add_argument(
        "--full",
        dest="depth",
        action="store_const",
        const="full",
        help="at a terminal, everything: each execution's attempts, what changed, what can be "
        "redriven, what to do",
    )
    report.add_argument(
        "--open", action="store_true", help="write the page to a file and open it in the browser"
    )
    report.add_argument(
        "--post",
        metavar="CHANNEL",
        help="post it to the Slack channel of this ID, with the token in SLACK_BOT_TOKEN, or the "
        "one that SLACK_TOKEN_PARAMETER or SLACK_TOKEN_SECRET names in AWS",
    )
