"""How accounts and the hub find each other: the keys of reports, and who is expected.

reports/<account>/<Region>/<end of the period>[.<name of the stack>].json.gz
"""

import re
from dataclasses import dataclass
from datetime import UTC, datetime

from sfn_digest.errors import BadRequestError
from sfn_digest.i18n.sanitize import quoted

PREFIX = "reports/"
MOST_BYTES = 16_000_000
"""Of a report as JSON: some 20,000 failures. An account leaves the list of its failures out of a
larger one, and the hub reads none that is larger."""

BUCKET = re.compile(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]")
ACCOUNT = re.compile(r"[0-9]{12}")
REGION = re.compile(r"[a-z]{2,4}(-[a-z]+)+-\d{1,2}")
_END = "%Y%m%dT%H%M%SZ"
_FILE = re.compile(r"(?P<end>\d{8}T\d{6}Z)(?:\.(?P<team>[A-Za-z][A-Za-z0-9-]{0,30}))?\.json\.gz")
_EXPECTED = re.compile(
    rf"(?P<account>{ACCOUNT.pattern})(?:/(?P<region>{REGION.pattern}))?(?:=(?P<name>[^,=/]{{1,64}}))?"
)


@dataclass(frozen=True, slots=True)
class ReportKey:
    """The report of a place on a period, by its end; `team` is the stack's name, if it has one."""

    account_id: str
    region: str
    end: datetime
    team: str = ""

    @property
    def text(self) -> str:
        """The object's key."""
        team = f".{self.team}" if self.team else ""
        return f"{folder(self.account_id, self.region)}{moment(self.end)}{team}.json.gz"


@dataclass(frozen=True, slots=True)
class ExpectedPlace:
    """An account in a Region of which the hub expects a report."""

    account_id: str
    region: str
    name: str = ""


def folder(account_id: str, region: str) -> str:
    """What the keys of a place begin with."""
    return f"{PREFIX}{account_id}/{region}/"


def moment(at: datetime) -> str:
    """A time as keys have it: they sort by it."""
    return at.astimezone(UTC).strftime(_END)


def read_key(text: str) -> ReportKey | None:
    """What a key says; None where it is none of ours."""
    parts = text.removeprefix(PREFIX).split("/")
    if not text.startswith(PREFIX) or len(parts) != 3:
        return None
    file = _FILE.fullmatch(parts[2])
    if file is None or not ACCOUNT.fullmatch(parts[0]) or not REGION.fullmatch(parts[1]):
        return None
    try:
        end = datetime.strptime(file["end"], _END).replace(tzinfo=UTC)
    except ValueError:
        return None
    return ReportKey(parts[0], parts[1], end, file["team"] or "")


def parse_expected(text: str, region: str) -> tuple[ExpectedPlace, ...]:
    """The accounts in `ID[/REGION][=NAME]`, comma-separated; without a Region the hub's own.

    Raises BadRequestError for the first that is none.
    """
    found: dict[tuple[str, str], ExpectedPlace] = {}
    for part in filter(None, (each.strip() for each in text.split(","))):
        match = _EXPECTED.fullmatch(part)
        if match is None:
            raise BadRequestError(
                f"hub-accounts has {quoted(part)}, which is not an account: give twelve "
                "digits, optionally with a Region and a name, such as "
                "111122223333/eu-west-1=orders."
            )
        place = ExpectedPlace(match["account"], match["region"] or region, match["name"] or "")
        found[place.account_id, place.region] = place
    return tuple(found.values())


def parse_bucket(text: str) -> str:
    """A bucket's name. Raises BadRequestError where it is none."""
    if BUCKET.fullmatch(text):
        return text
    raise BadRequestError(
        f"hub-bucket is {quoted(text)}, which is not a bucket name: give the one in the "
        "outputs of the hub's stack."
    )
