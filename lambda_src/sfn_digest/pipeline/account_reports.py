"""Many accounts and Regions, each read by itself and within its own quotas, a few at once."""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass, replace
from functools import partial

from sfn_digest.accounts import (
    AccountsReport,
    AccountSummary,
    MissingAccount,
    Place,
    combine,
    summarize,
)
from sfn_digest.aws import ChildRoles, open_account
from sfn_digest.aws.sessions import assume_role
from sfn_digest.causes import UserRules
from sfn_digest.config.accounts_file import ListedPlace
from sfn_digest.config.request import Request
from sfn_digest.errors import SfnDigestError
from sfn_digest.guard import ACCOUNT, Guard
from sfn_digest.i18n.message import Message, verbatim
from sfn_digest.pipeline.digest import make_report
from sfn_digest.pipeline.run import Run
from sfn_digest.progress import Progress

AT_ONCE = 4
"""Accounts that are read at once: more would take memory and cores, and gain little."""


@dataclass(frozen=True, slots=True)
class AccountReading:
    """How each account is read: what is asked for, by whose rules, and who is told."""

    request: Request
    rules: UserRules | None
    progress: Progress
    guard: Guard
    tell: Callable[[AccountSummary | MissingAccount, int], None] = lambda *_: None
    """Given each answer as it comes, and how many are still to come."""


def read_accounts(places: Sequence[ListedPlace], reading: AccountReading) -> AccountsReport:
    """The report on all places; one that refuses or does not answer is named in it.

    Retries are not weighed, since hints belong to an account's own report: no success is read.
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
                reading.tell(answer := future.result(), len(places) - done)
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
    """What one place answers; whatever goes wrong there is told of it and costs no other."""
    place = _place(listed)
    try:
        return _summary(listed, reading, roles)
    except SfnDigestError as error:
        why = error.sentence
    except Exception as error:  # noqa: BLE001 - one account never costs the others their report
        why = reading.guard.caught(ACCOUNT, error)
    told = why if isinstance(why, Message) else verbatim(why)
    return MissingAccount(place.account_id, place.region, place.name, told)


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
