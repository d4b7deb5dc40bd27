"""Which digest goes out: the one that is stored, unless one made again read at least as much.

Two runs of one period may end up with different digests, such as where the second was denied
the histories. All runs deliver the edition that is stored, and only one that read no less
takes its place, so that a second firing never makes it worse.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sfn_digest.delivery.delivery_notes import Note, NoteLog
from sfn_digest.delivery.ledger import Ledger
from sfn_digest.delivery.stored_digest import MOST_BYTES, Digest, encode, readable
from sfn_digest.errors import AccountError, BadRequestError
from sfn_digest.model.stored import Stored


@dataclass(frozen=True, slots=True)
class Edition:
    """A digest and its place in the ledger; `stored` is None where it could not be stored."""

    digest: Digest
    stored: Stored | None

    @property
    def edition(self) -> str | None:
        """What the ledger calls it."""
        return self.stored.edition if self.stored else None


def stored_edition(delivery: str, ledger: Ledger) -> Edition | None:
    """The digest that is stored under this id; None where none is that can be read."""
    stored = ledger.load(delivery)
    digest = None if stored is None else readable(stored.content)
    return None if digest is None else Edition(digest, stored)


def read_kept(delivery: str, ledger: Ledger) -> Digest:
    """The digest that is kept under this id. Raises BadRequestError where none is."""
    edition = stored_edition(delivery, ledger)
    if edition is None:
        raise BadRequestError(
            "No report is stored under this ID: copy it from the log of the run that failed, "
            "or run the digest again."
        )
    return edition.digest


def chosen(
    delivery: str, made: Digest, standing: Edition | None, ledger: Ledger, log: NoteLog
) -> Edition:
    """The digest that this run delivers: the one it made, now stored, or the one that stands.

    `standing` is what stood before this run made its own. What another run stored meanwhile
    stays unless it read less. A ledger that refuses must not cost anybody the digest.
    """
    try:
        return _chosen(delivery, made, standing, ledger, log)
    except AccountError as error:
        log(Note("NotKept", f"The report could not be stored for a later attempt: {error}"))
        if standing is not None and reads_less(made.report, standing.digest.report):
            return standing
        return Edition(made, None)


def _chosen(
    delivery: str, made: Digest, standing: Edition | None, ledger: Ledger, log: NoteLog
) -> Edition:
    content = _content(made, log)
    while True:
        # Asked before the content, so that what is stored in between is not replaced unseen.
        replacing = ledger.edition(delivery)
        found = ledger.load(delivery)
        digest = None if found is None else readable(found.content)
        if found is not None and digest is not None:
            if less := reads_less(made.report, digest.report):
                log(Note("ReadLess", f"This run read less, so the digest stays as it was: {less}"))
                return Edition(digest, found)
            known = standing is not None and standing.edition == found.edition
            if not known and not reads_less(digest.report, made.report):
                return Edition(digest, found)
        # What has begun to expire has an edition and can no longer be read.
        if edition := ledger.store(
            delivery, content, replacing=found.edition if found else replacing
        ):
            return Edition(made, Stored(edition, content))


def _content(made: Digest, log: NoteLog) -> bytes:
    content = encode(made)
    if len(content) > MOST_BYTES:
        content = encode(made.without_failures())
        log(Note("ReportCut", "The stored report lacks its list of failures: too large."))
    return content


def reads_less(report: Mapping[str, Any], other: Mapping[str, Any]) -> str | None:
    """How a report knows less than another one on the same period; None where it does not.

    Executions that were redriven leave the period, so that fewer failures are not less where
    none was left unread.
    """
    ours, theirs = report["coverage"], other["coverage"]
    if ours.get("reported", 0) < theirs.get("reported", 0):
        return f"{ours['reported']} accounts, and {theirs['reported']} the run before."
    read, before = ours["failures_read"], theirs["failures_read"]
    if read < before and _unread(ours) > _unread(theirs):
        return f"{read} failed executions, and {before} the run before."
    if _skipped(report) > _skipped(other) and ours["machines_scanned"] < theirs["machines_scanned"]:
        return (
            f"{ours['machines_scanned']} state machines, and {theirs['machines_scanned']} the "
            "run before."
        )
    return _missing(report, other, no_more=read <= before)


def _missing(report: Mapping[str, Any], other: Mapping[str, Any], *, no_more: bool) -> str | None:
    """What a report lacks of the other one beside failures; `no_more`: it did not read more, by
    which hints may have turned out not to be worth it.
    """
    ours, theirs = report["coverage"], other["coverage"]
    if theirs.get("executions_counted") and not ours.get("executions_counted"):
        return "this time the number of successes is unknown."
    if other.get("before") and not report.get("before"):
        return "this time the previous period is unknown."
    lost = len((_hinted(other) & _machines(report)) - _hinted(report) - _adopting(report))
    if no_more and lost:
        machines = "state machine" if lost == 1 else "state machines"
        return f"the hints on {lost} {machines} are missing this time."
    return None


def _machines(report: Mapping[str, Any]) -> set[str]:
    return {machine.get("arn", "") for machine in report.get("machines", ())}


def _hinted(report: Mapping[str, Any]) -> set[str]:
    return {hint["machine_arn"] for hint in report.get("hints", ())}


def _adopting(report: Mapping[str, Any]) -> set[str]:
    """Machines whose definitions carry what was hinted by now."""
    adopted = (*report.get("adopted", ()), *report.get("adopted_changes", ()))
    return {hint["machine_arn"] for hint in adopted}


def _unread(coverage: Mapping[str, Any]) -> int:
    unread: int = coverage["failures_found"] - coverage["failures_read"]
    return unread


def _skipped(report: Mapping[str, Any]) -> int:
    skipped: int = len(report.get("machines", ())) - report["coverage"]["machines_scanned"]
    return skipped
