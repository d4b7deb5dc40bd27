"""`sfn-digest report`: why executions failed in a window, and what to change."""

import argparse
import sys
from datetime import UTC, datetime

from sfn_digest.account import open_account
from sfn_digest.commands.arguments import (
    add_language,
    add_machines,
    add_quota_share,
    add_rules,
    add_successes,
    add_window,
)
from sfn_digest.digest import make_report
from sfn_digest.report.faces import FORMATS, show
from sfn_digest.request import Request, parse_language, parse_share, parse_successes, parse_tag
from sfn_digest.rules_file import read_rules
from sfn_digest.terminal_progress import terminal_progress
from sfn_digest.texts import texts_in
from sfn_digest.when import parse_window

EXAMPLES = """\
examples:
  sfn-digest report                                   the last seven days, in the terminal
  sfn-digest report --since 36h --machine 'daily-*'   some machines, since the day before
  sfn-digest report --since 2026-11-16T09:00:00+09:00 --until 2026-11-17 --format json
  sfn-digest report --format html > digest.html       a page to open in a browser

exit status:
  0  the report was made (what it could not read stands under its coverage)
  1  AWS refused or cannot be reached, or no state machine carries the tag
  2  what was asked for cannot be understood
"""


def add_parser(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command; its parsed words carry `run`."""
    report = commands.add_parser(
        "report",
        help="why executions failed in a window, and what to change",
        description="Why executions failed in a window, and what to change.",
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    report.set_defaults(run=run)
    add_window(report)
    add_machines(report)
    add_quota_share(report)
    add_successes(report)
    add_rules(report)
    report.add_argument(
        "--format",
        choices=FORMATS,
        default="terminal",
        help="terminal (for people), json (docs/report.schema.json), slack (the message's "
        "JSON) or html (a page); default %(default)s",
    )
    add_language(report)


def run(words: argparse.Namespace) -> int:
    """Make the report and show it; gives the exit status."""
    request, rules = _request(words), read_rules(words.rules)
    with terminal_progress() as progress:
        report = make_report(request, open_account(request.quota_share, progress), rules)
    show(report, words.format, texts_in(request.language, rules), sys.stdout)
    return 0


def _request(words: argparse.Namespace) -> Request:
    return Request(
        window=parse_window(words.since, words.until, now=datetime.now(UTC)),
        machines=tuple(words.machine),
        tag=parse_tag(words.tag),
        quota_share=parse_share(words.quota_share),
        successes=parse_successes(words.successes),
        language=parse_language(words.language),
    )
