"""`sfn-digest report`: why executions failed in a window, and what to change."""

import argparse
import os
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from importlib.util import find_spec

from sfn_digest.account import open_account
from sfn_digest.adoption import FORGETFUL
from sfn_digest.commands.arguments import (
    add_language,
    add_machines,
    add_quota_share,
    add_rules,
    add_successes,
    add_window,
)
from sfn_digest.commands.extras import need
from sfn_digest.commands.sending import open_page, posted, prepare_post, say
from sfn_digest.digest import make_report
from sfn_digest.records import StateMachine
from sfn_digest.report.faces import FORMATS, show
from sfn_digest.request import Request, parse_language, parse_share, parse_successes, parse_tag
from sfn_digest.rules_file import read_rules
from sfn_digest.scope import Pick, Scope
from sfn_digest.terminal.memory import OFF, open_memory
from sfn_digest.terminal.progress import TerminalProgress, terminal_progress
from sfn_digest.texts import texts_in
from sfn_digest.when import parse_window

DESCRIPTION = """\
Why executions failed in a window, and what to change.

At a terminal, with no machine named, it first shows the state machines with their failures to
pick from: arrow keys move, typing filters, space picks several, enter ends. In a pipe or a
script, or with --all, it reports on all that carry the tag and asks nothing.

The report goes to standard output, talk and progress to standard error.
"""
EXAMPLES = """\
examples:
  sfn-digest report                                   pick state machines; the last seven days
  sfn-digest report --all --since 24h                 all that carry the tag, since yesterday
  sfn-digest report --machine 'daily-*' --open        some of them, as a page in the browser
  sfn-digest report --since 2026-11-16T09:00:00+09:00 --until 2026-11-17 --format json
  sfn-digest report --all --post C0123456789          to Slack, as the Lambda would

exit status:
  0    the report was made (what it could not read stands under its coverage)
  1    AWS or Slack refused or cannot be reached, or no state machine carries the tag
  2    what was asked for cannot be understood, or a package is missing
  130  interrupted, or nothing was picked
"""


def add_parser(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command; its parsed words carry `run`."""
    report = commands.add_parser(
        "report",
        help="why executions failed in a window, and what to change",
        description=DESCRIPTION,
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    report.set_defaults(run=run)
    add_window(report)
    add_machines(report)
    report.add_argument("--all", action="store_true", help="report on all of them, and ask nothing")
    report.add_argument(
        "--all-machines",
        action="store_true",
        help="take in the state machines without the tag too (states:ListStateMachines)",
    )
    add_quota_share(report)
    add_successes(report)
    add_rules(report)
    _add_ways_out(report)
    report.add_argument(
        OFF,
        dest="no_memory",
        action="store_true",
        help="neither read nor keep the hints of earlier reports, in files of your own under "
        "$XDG_STATE_HOME/sfn-digest or ~/.local/state/sfn-digest",
    )
    add_language(report)


def _add_ways_out(report: argparse.ArgumentParser) -> None:
    report.add_argument(
        "--format",
        choices=FORMATS,
        help="terminal (for people), json (docs/report.schema.json), slack (the message's "
        "JSON) or html (a page); default terminal, and nothing with --open or --post",
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


def run(words: argparse.Namespace) -> int:
    """Make the report, show it and send it; gives the exit status.

    What sending needs is looked at first, so that a report nobody can get costs no calls.
    """
    if (face := _face(words)) == "terminal":
        need("rich", "--format terminal")
    request, rules = _request(words), read_rules(words.rules)
    texts = texts_in(request.language, rules)
    post = None if words.post is None else prepare_post(words.post, os.environ)
    notes: list[str] = []
    memory = FORGETFUL if words.no_memory else open_memory(os.environ, notes.append)
    with terminal_progress() as progress:
        account = open_account(request.quota_share, progress)
        pick = _picker(request, account.region, progress) if _may_ask(words) else None
        report = make_report(request, account, rules, pick=pick, memory=memory)
    for note in notes:
        say(f"sfn-digest: {note}")
    if face is not None:
        show(report, face, texts, sys.stdout)
    if words.open:
        open_page(report, texts)
    if post is not None:
        with terminal_progress() as progress:
            progress.stage("posting to Slack")
            where = post.send(report, texts)
        say(posted(where))
    return 0


def _face(words: argparse.Namespace) -> str | None:
    """What goes to standard output, if anything: what was asked for, save a page that is opened."""
    if words.open and words.format == "html":
        return None
    unasked = None if words.open or words.post else "terminal"
    face: str | None = words.format or unasked
    return face


def _may_ask(words: argparse.Namespace) -> bool:
    """Whether somebody is there to be asked for state machines, and has not said which."""
    named = words.machine or words.all
    attended = all(stream.isatty() for stream in (sys.stdin, sys.stdout, sys.stderr))
    able = os.environ.get("TERM") != "dumb" and find_spec("questionary") is not None
    return not named and attended and able


def _picker(request: Request, region: str, progress: TerminalProgress) -> Pick:
    """Ask the person, while nothing else is shown."""

    def pick(scope: Scope) -> Sequence[StateMachine]:
        from sfn_digest.terminal.picker import pick_machines  # noqa: PLC0415 - only to ask

        words = texts_in(request.language).words
        with progress.paused():
            if scope.all_machines and not request.all_machines:
                say(words.none_tagged(str(request.tag), region))
            return pick_machines(scope.machines, scope.counts, words)

    return pick


def _request(words: argparse.Namespace) -> Request:
    return Request(
        window=parse_window(words.since, words.until, now=datetime.now(UTC)),
        machines=tuple(words.machine),
        tag=parse_tag(words.tag),
        quota_share=parse_share(words.quota_share),
        successes=parse_successes(words.successes),
        language=parse_language(words.language),
        all_machines=words.all_machines,
    )
