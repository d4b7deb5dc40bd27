"""The reports of many accounts on a period, read together from where each was sent.

What lies in the bucket was written by others, each under its own prefix: a report that cannot be
used costs its own account alone.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Protocol

from sfn_digest.accounts import (
    AccountsReport,
    AccountSummary,
    MissingAccount,
    Place,
    combine,
)
from sfn_digest.accounts.accounts_json import MOST_COMPRESSED, opened, summary_of
from sfn_digest.config import hub_reports
from sfn_digest.config.hub_reports import ExpectedPlace, ReportKey
from sfn_digest.errors import AccountError, BadReportError, NothingReportedError
from sfn_digest.guard import ACCOUNT, Guard
from sfn_digest.i18n.message import Message, Msgid, verbatim
from sfn_digest.model.executions import Window
from sfn_digest.model.stored import Listed

MOST_REGIONS = 40
"""Of an account: AWS has fewer."""
AT_ONCE = 8
"""Listings that are asked for at once."""

LAST = Msgid(
    "It has no report for this period; its last one covers the period up to {end} ({zone})."
)
NEVER = Msgid("It has not sent a report yet.")
LATE = Msgid("Time ran out before its report was read.")
BAD = Msgid("Its report was not used: {why}")

Which = tuple[str, str, str]
"""An account, a Region and the name of a stack."""


class Reports(Protocol):
    """Where reports lie; calls raise AccountError where it cannot be reached."""

    def folders(self, under: str) -> list[str]:
        """The names directly under a prefix, each with the prefix and a slash."""

    def objects(self, under: str, after: str) -> list[Listed]:
        """The objects under a prefix whose keys come after one, in the order of their keys."""

    def get(self, key: str, most: int) -> bytes:
        """The first bytes of an object."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """The reports on periods that ended after `since` and not after `until`.

    `expected` are those that must report; where it names none, all that ever did. `left` gives the
    seconds that reading may still take.
    """

    since: datetime
    until: datetime
    expected: tuple[ExpectedPlace, ...]
    left: Callable[[], float]


@dataclass(frozen=True, slots=True)
class _Found:
    """A report of the period, or the last one before it."""

    key: ReportKey
    size: int
    due: bool


def read_reports(bucket: Reports, wanted: Wanted, behind: Guard) -> AccountsReport:
    """The report on all places of a period; who did not report, or reported badly, is named in it.

    Raises NothingReportedError where nobody did and nobody is expected, and AccountError where the
    bucket cannot be listed at all.
    """
    accounts = [_account_in(each) for each in bucket.folders(hub_reports.PREFIX)]
    found: dict[Which, _Found] = {}
    missing: list[MissingAccount] = []
    with ThreadPoolExecutor(AT_ONCE, "account") as pool:
        for answer in pool.map(
            lambda account: _listed(account, bucket, wanted, behind), filter(None, accounts)
        ):
            if isinstance(answer, MissingAccount):
                missing.append(answer)
            else:
                found.update(answer)
    names = {(each.account_id, each.region): each.name for each in wanted.expected}
    answers = list(_answers(found, bucket, wanted, names, behind))
    summaries = [each for each in answers if isinstance(each, AccountSummary)]
    missing += [each for each in answers if isinstance(each, MissingAccount)]
    missing += _never_reported(wanted.expected, found, missing)
    if not summaries and not missing:
        raise NothingReportedError(
            "No account has sent a report yet: deploy the accounts with hub-bucket, or list "
            "the ones you expect in hub-accounts."
        )
    return combine(summaries, missing, _window(summaries, wanted))


def _never_reported(
    expected: Sequence[ExpectedPlace],
    found: Mapping[Which, _Found],
    missing: Sequence[MissingAccount],
) -> Iterator[MissingAccount]:
    known = {(account, region) for account, region, _ in found}
    unknown = {each.account_id for each in missing if not each.region}
    for each in expected:
        if (each.account_id, each.region) not in known and each.account_id not in unknown:
            yield _missing(Place(each.account_id, each.region, each.name), NEVER)


def _missing(place: Place, said: Msgid, /, **values: object) -> MissingAccount:
    return MissingAccount(place.account_id, place.region, place.name, Message(said, **values))


def _window(summaries: Sequence[AccountSummary], wanted: Wanted) -> Window:
    """The period that most reports are on; where there is none, the time that was looked at."""
    windows = Counter(each.row.window for each in summaries)
    if not windows:
        return Window(wanted.since, wanted.until)
    return max(windows, key=lambda each: (windows[each], each.end, each.start))


def _account_in(folder: str) -> str | None:
    account = folder.removeprefix(hub_reports.PREFIX).removesuffix("/")
    return account if hub_reports.ACCOUNT.fullmatch(account) else None


def _listed(
    account: str, bucket: Reports, wanted: Wanted, behind: Guard
) -> dict[Which, _Found] | MissingAccount:
    """What an account has under its prefix; where that cannot be listed, why."""
    try:
        folders = bucket.folders(f"{hub_reports.PREFIX}{account}/")
        regions = [each.split("/")[2] for each in folders]
        known = [each for each in regions if hub_reports.REGION.fullmatch(each)]
        return {
            which: found
            for region in known[:MOST_REGIONS]
            for which, found in _of_place(account, region, bucket, wanted).items()
        }
    except Exception as error:  # noqa: BLE001 - one account never costs the others their report
        why = behind.caught(ACCOUNT, error)
        reason = why if isinstance(why, Message) else verbatim(why)
        return MissingAccount(account, "", "", reason)


def _of_place(account: str, region: str, bucket: Reports, wanted: Wanted) -> Mapping[Which, _Found]:
    """The latest report of each stack in a place: of the period, or else before it."""
    under = hub_reports.folder(account, region)
    after = f"{under}{hub_reports.moment(wanted.since)}~"
    lately = bucket.objects(under, after)
    earlier = bucket.objects(under, f"{under}{hub_reports.moment(wanted.since - _LOOK_BACK)}")
    found: dict[Which, _Found] = {}
    for each in (*earlier, *lately):
        key = hub_reports.read_key(each.key)
        if key is not None and key.end <= wanted.until:
            due = key.end > wanted.since
            found[account, region, key.team] = _Found(key, each.size, due)
    return found


_LOOK_BACK = timedelta(days=100)
"""How long before a period an account may have reported last to be missed in it."""


def _answers(
    found: Mapping[Which, _Found],
    bucket: Reports,
    wanted: Wanted,
    names: Mapping[tuple[str, str], str],
    behind: Guard,
) -> Iterator[AccountSummary | MissingAccount]:
    """What each place reported, the smallest first: a large one costs the others no time."""
    for (account, region, _), each in sorted(found.items(), key=lambda one: (one[1].size, one[0])):
        name = names.get((account, region), "")
        place = Place(account, region, name)
        if each.due:
            yield _read(each, place, bucket, wanted, behind)
        elif not names or (account, region) in names:
            yield _missing(_of_team(place, each.key), LAST, end=each.key.end)


def _of_team(place: Place, key: ReportKey) -> Place:
    return replace(place, name=", ".join(filter(None, (place.name, key.team))))


def _read(
    found: _Found, place: Place, bucket: Reports, wanted: Wanted, behind: Guard
) -> AccountSummary | MissingAccount:
    if wanted.left() <= 0:
        return _missing(_of_team(place, found.key), LATE)
    try:
        content = bucket.get(found.key.text, MOST_COMPRESSED)
        return summary_of(found.key, place, opened(content))
    except (AccountError, BadReportError) as error:
        why = error.sentence
    except Exception as error:  # noqa: BLE001 - one report never costs the others theirs
        why = behind.caught(ACCOUNT, error)
    return _missing(_of_team(place, found.key), BAD, why=why)
