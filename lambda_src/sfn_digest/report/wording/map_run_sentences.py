"""Map runs of Distributed Maps in which children failed, and why."""

from sfn_digest.i18n.message import Message, ngettext
from sfn_digest.model.map_runs import MapRunCause, MapRunReport

TITLE = Message("Distributed Maps with failed children")


def outcome(run: MapRunReport) -> Message:
    """Say how many children failed, and what became of the Map run."""
    failed, total = run.executions.failures, run.executions.total
    if run.tolerated:
        return ngettext(
            "{failed} of {n} child failed, but the Map run succeeded",
            "{failed} of {n} children failed, but the Map run succeeded",
            total,
            failed=failed,
        )
    return ngettext(
        "{failed} of {n} child failed, and the Map run with it",
        "{failed} of {n} children failed, and the Map run with them",
        total,
        failed=failed,
    )


def cause(each: MapRunCause, title: str, run: MapRunReport) -> Message:
    """Say how many children failed by a cause: exactly where all were read, else within bounds."""
    if each.low == each.high:
        return ngettext("{n} child: {cause}", "{n} children: {cause}", each.low, cause=title)
    return Message(
        "{low}\N{EN DASH}{high} children ({found} of the {read} that were read): {cause}",
        low=each.low,
        high=each.high,
        found=each.children,
        read=run.read,
        cause=title,
    )


NOT_READ = Message("None of them could be read.")


def more(count: int) -> Message:
    """Say how many Map runs are not shown."""
    return ngettext("and {n} more Map run", "and {n} more Map runs", count)
