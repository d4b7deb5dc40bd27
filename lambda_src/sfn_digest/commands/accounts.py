"""`sfn-digest report --accounts FILE`: one report on many accounts and Regions."""

import argparse
import json
import os
import sys
from pathlib import Path

from sfn_digest.accounts import AccountsReport, AccountSummary, MissingAccount
from sfn_digest.accounts.accounts_json import to_json
from sfn_digest.accounts.slack import messages
from sfn_digest.commands.extras import need
from sfn_digest.commands.parsed_request import request_of
from sfn_digest.commands.sending import posted, prepare_post, say
from sfn_digest.config.accounts_file import read_accounts as read_file
from sfn_digest.config.rules_file import read_rules
from sfn_digest.errors import AccountError, BadRequestError
from sfn_digest.guard import Guard
from sfn_digest.i18n.sanitize import quoted
from sfn_digest.pipeline.account_reports import AccountReading, read_accounts
from sfn_digest.pipeline.posting import accounts_digest
from sfn_digest.pipeline.texts import texts_in
from sfn_digest.progress import Progress
from sfn_digest.report.faces import as_posted
from sfn_digest.report.shown import Shown
from sfn_digest.terminal.progress_lines import terminal_progress

FORMATS = ("terminal", "json", "slack")


def run(words: argparse.Namespace) -> int:
    """Make the report, show it and post it; gives the exit status.

    The file and what posting needs are looked at first, so that a mistake costs no calls.
    """
    face = words.format or (None if words.post else "terminal")
    _refuse_what_does_not_go(words, face)
    request = request_of(words, words.machine)
    if face == "terminal":
        need("rich", "--format terminal")
    places, rules = read_file(Path(words.accounts)), read_rules(words.rules)
    texts = texts_in(request.language, rules, request.zone)
    post = None if words.post is None else prepare_post(words.post, os.environ)
    with terminal_progress() as progress:
        progress.stage(f"reading {len(places)} accounts and Regions")
        behind = Guard(lambda fault: say(f"sfn-digest: {fault.sentence}"))
        reading = AccountReading(request, rules, _Together(progress), behind, _tell)
        report = read_accounts(places, reading)
    if not report.accounts:
        raise AccountError(
            f"None of the {len(places)} accounts and Regions reported; the first: "
            f"{report.missing[0].why}"
        )
    _show(report, face, texts, full=words.depth == "full")
    if post is not None:
        say(posted(post.send_made(accounts_digest(report, texts, post.channel))))
    return 0


def _refuse_what_does_not_go(words: argparse.Namespace, face: str | None) -> None:
    if words.resume:
        raise BadRequestError(
            "--resume goes on with one account's interrupted report, which --accounts has none of: "
            "leave one of the two out."
        )
    given = {
        "FILE.json": words.file,
        "--region": words.region,
        "--open": words.open,
        f"--format {face}": face is not None and face not in FORMATS,
    }
    wrong = next((name for name, value in given.items() if value), None)
    if wrong is not None:
        raise BadRequestError(
            f"{quoted(wrong)} does not go with --accounts: the file names the accounts, and "
            f"the report on them is shown as {', '.join(FORMATS[:-1])} or {FORMATS[-1]}."
        )


def _show(report: AccountsReport, face: str | None, texts: Shown, *, full: bool) -> None:
    if face == "json":
        sys.stdout.write(to_json(report) + "\n")
    elif face == "slack":
        told = as_posted(messages(report, texts))
        sys.stdout.write(json.dumps(told, indent=2) + "\n")
    elif face == "terminal":
        from sfn_digest.accounts.accounts_terminal import write  # noqa: PLC0415 - needs rich

        write(report, texts, sys.stdout, full=full)


def _tell(answer: AccountSummary | MissingAccount, left: int) -> None:
    reported = isinstance(answer, AccountSummary)
    place = answer.row.place if isinstance(answer, AccountSummary) else answer.place
    done = "read" if reported else "did not report"
    say(f"{place.name or place.account_id}, {place.region}: {done}, {left} to go")


class _Together:
    """The progress of several accounts at once: counts add up, and stages would only alternate."""

    def __init__(self, progress: Progress) -> None:
        self.found = progress.found
        self.read = progress.read
        self.called = progress.called
        self.waiting = progress.waiting
        self.throttled = progress.throttled

    def stage(self, text: str) -> None:
        """Ignored."""
