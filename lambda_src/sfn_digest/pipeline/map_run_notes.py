"""What was read of Map runs, and what was left out."""

from collections.abc import Iterator
from dataclasses import replace

from sfn_digest import guard
from sfn_digest.aws.notes import listed
from sfn_digest.i18n.message import Message, ngettext
from sfn_digest.pipeline.map_runs import MapRunsRead, read_map_runs, with_leaf_causes
from sfn_digest.pipeline.run import Run
from sfn_digest.pipeline.scope import Scanned


def with_map_runs(run: Run, found: Scanned) -> Scanned:
    """What was found, with the causes of Distributed Maps' children as far as they can be told."""
    try:
        read = read_map_runs(run, found)
        tell(run, read)
        failures = with_leaf_causes(found.failures, read)
    except Exception as error:  # noqa: BLE001 - told by the guard; the report lacks by it
        why = run.guard.caught(guard.MAP_RUNS, error)
        run.account.note(Message(guard.MAP_RUNS.missing, error=why), left_out=True)
        return found
    return replace(found, failures=failures, map_runs=tuple(read.runs))


def tell(run: Run, read: MapRunsRead) -> None:
    """Tell all of it under the report's coverage."""
    for sentence in gaps(read):
        run.account.note(sentence, left_out=True)
    for sentence in remarks(read):
        run.account.note(sentence, left_out=False)


def gaps(read: MapRunsRead) -> Iterator[Message]:
    """What the report lacks, in whole sentences."""
    if read.left_out:
        yield ngettext(
            "{n} failed Map run was not looked into, so its cause is not known.",
            "{n} failed Map runs were not looked into, so their causes are not known.",
            read.left_out,
        )
    for reason in dict.fromkeys(reason for name, reason in read.refused if name):
        names = sorted(name for name, each in read.refused if name and each == reason)
        yield Message(
            "Map runs of {machines} could not be read: {reason}",
            machines=listed(names),
            reason=reason,
        )
    looked = sum(e.run.executions.failures for e in read.runs if e.run.status != "FAILED")
    if read.tolerated > looked:
        yield ngettext(
            "CloudWatch counted {n} more failed child of Distributed Maps, in Map runs that were "
            "not looked into.",
            "CloudWatch counted {n} more failed children of Distributed Maps, in Map runs that "
            "were not looked into.",
            read.tolerated - looked,
        )


def remarks(read: MapRunsRead) -> Iterator[Message]:
    """How the report was made, in whole sentences."""
    for name, reason in read.refused:
        if not name:
            yield Message(
                "Whether Map runs that succeeded had failed children is not known: {reason}",
                reason=reason,
            )
    if read.runs:
        yield Message(
            "Of {runs} with failed children, {children} were read to tell the causes of all.",
            runs=ngettext("{n} Map run", "{n} Map runs", len(read.runs)),
            children=ngettext(
                "{n} child", "{n} children", sum(len(each.children) for each in read.runs)
            ),
        )
