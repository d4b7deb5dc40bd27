"""`sfn-digest report --accounts FILE`: one report on many accounts and Regions.

Each is read by itself and within its own quotas, a few at once.
"""

import argparse
import json
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from sfn_digest.accounts import (
    AccountsReport,
    AccountSummary,
    MissingAccount,
    Place,
    combine,
    summarize,
)
from sfn_digest.accounts.accounts_json import to_json
from sfn_digest.accounts.slack import messages
from sfn_digest.aws import ChildRoles, open_account
from sfn_digest.aws.sessions import assume_role
from sfn_digest.causes import UserRules
from sfn_digest.commands.extras import need
from sfn_digest.commands.parsed_request import request_of
from sfn_digest.commands.sending import posted, prepare_post, say
from sfn_digest.config.other_accounts import ListedPlace
from sfn_digest.config.other_accounts import read_accounts as read_file
from sfn_digest.config.request import Request
from sfn_digest.config.rules_file import read_rules
from sfn_digest.errors import AccountError, BadRequestError, SfnDigestError
from sfn_digest.guard import ACCOUNT, Guard
from sfn_digest.i18n.message import Message, verbatim
from sfn_digest.i18n.sanitize import quoted
from sfn_digest.pipeline.digest import make_report
from sfn_digest.pipeline.posting import accounts_digest
from sfn_digest.pipeline.run import Run
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
        reading = AccountReading(request, rules, _Together(progress), behind, _print_answer)
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
            "--resume continues an interrupted report on one account and cannot be used with "
            "--accounts: leave one of them out."
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
            f"{quoted(wrong)} cannot be used with --accounts: the file names the accounts, "
            f"and their report is available as {', '.join(FORMATS[:-1])} or {FORMATS[-1]}."
        )


def _show(report: AccountsReport, face: str | None, texts: Shown, *, full: bool) -> None:
    if face == "json":
        sys.stdout.write(to_json(report) + "\n")
    elif face == "slack":
        posted = as_posted(messages(report, texts))
        sys.stdout.write(json.dumps(posted, indent=2) + "\n")
    elif face == "terminal":
        from sfn_digest.accounts.accounts_terminal import write  # noqa: PLC0415 - needs rich

        write(report, texts, sys.stdout, full=full)


def _print_answer(answer: AccountSummary | MissingAccount, left: int) -> None:
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


AT_ONCE = 4
"""Accounts that are read at once: more would take memory and cores, and gain little."""


@dataclass(frozen=True, slots=True)
class AccountReading:
    """How each account is read: what is asked for, by whose rules, and who is notified."""

    request: Request
    rules: UserRules | None
    progress: Progress
    guard: Guard
    done_with: Callable[[AccountSummary | MissingAccount, int], None] = lambda *_: None
    """Given each answer as it comes, and how many are still to come."""


def read_accounts(places: Sequence[ListedPlace], reading: AccountReading) -> AccountsReport:
    """The report on all places; one that refuses or does not answer is named in it.

    Retries are not evaluated, since hints belong to an account's own report: no success is read.
    """
    answers = list(_answers(places, reading))
    return combine(
        (each for each in answers if isinstance(each, AccountSummary)),
        (each for each in answers if isinstance(each, MissingAccount)),
        reading.request.window,
    )


def _answers(
    places: Sequence[ListedPlace], reading: AccountReading
) -> Iterator[AccountSummary | MissingAccount]:
    read = partial(_read, reading=reading, roles=child_roles(places, reading.request.child_role))
    with ThreadPoolExecutor(AT_ONCE, "account") as pool:
        asked = [pool.submit(read, each) for each in places]
        try:
            for done, future in enumerate(as_completed(asked), 1):
                reading.done_with(answer := future.result(), len(places) - done)
                yield answer
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise


def child_roles(places: Sequence[ListedPlace], name: str | None) -> ChildRoles:
    """Children that ran in a listed account are read as that account is, others with the role of
    this name.
    """
    return ChildRoles(name, {each.account_id: each.role for each in reversed(places)})


def _place(listed: ListedPlace) -> Place:
    return Place(listed.account_id, listed.region, listed.name)


def _read(
    listed: ListedPlace, reading: AccountReading, roles: ChildRoles
) -> AccountSummary | MissingAccount:
    """What one place answers; whatever goes wrong there is reported and costs no other."""
    place = _place(listed)
    try:
        return _summary(listed, reading, roles)
    except SfnDigestError as error:
        why = error.sentence
    except Exception as error:  # noqa: BLE001 - one account never costs the others their report
        why = reading.guard.caught(ACCOUNT, error)
    reason = why if isinstance(why, Message) else verbatim(why)
    return MissingAccount(place.account_id, place.region, place.name, reason)


def _summary(
    listed: ListedPlace, reading: AccountReading, roles: ChildRoles
) -> AccountSummary | MissingAccount:
    role = assume_role(listed.role, listed.region) if listed.role else None
    behind = Guard()
    account = open_account(
        reading.request.quota_share,
        reading.progress,
        listed.region,
        behind=behind,
        role=role,
        child_roles=roles,
    )
    request = replace(reading.request, successes=0)
    report = make_report(Run(request, account, reading.rules, guard=behind))
    if report.account_id != listed.account_id:
        return MissingAccount(
            listed.account_id,
            listed.region,
            listed.name,
            Message(
                "The credentials are those of account {id}: name a role of this account in the "
                "accounts file.",
                id=report.account_id,
            ),
        )
    return summarize(_place(listed), report)
