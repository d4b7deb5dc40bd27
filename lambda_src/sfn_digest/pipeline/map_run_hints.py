"""Pure: what to change in a Distributed Map, read off its Map runs and their children."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from math import ceil

from sfn_digest.causes import noun
from sfn_digest.i18n.message import Message, ngettext
from sfn_digest.model.executions import Failure
from sfn_digest.model.map_runs import MapRunCause
from sfn_digest.model.report import Hint
from sfn_digest.pipeline.map_run_children import ReadMapRun, map_run_report
from sfn_digest.retry.hints.machine import NOTHING, shown
from sfn_digest.retry.observations.crowds import REFUSED

TOLERATED, REDRIVE, CONCURRENCY = "map_tolerated_failures", "map_redrive", "map_max_concurrency"
BATCHES, READER, WRITER = "map_item_batcher", "map_item_reader", "map_result_writer"

FEW = 0.05
"""The part of a Map run's children that may fail and still be few."""

MANY_CHILDREN = 10_000
"""Children that a Map run runs at once at most, and so many more would only wait."""

_READERS = {"States.ItemReaderFailed": READER, "States.ResultWriterFailed": WRITER}


def map_run_hints(runs: Sequence[ReadMapRun], failures: Sequence[Failure]) -> Iterator[Hint]:
    """The hints on every Distributed Map, at most one of each kind."""
    by_state: defaultdict[tuple[str, str], list[ReadMapRun]] = defaultdict(list)
    for each in runs:
        if each.state is not None:
            by_state[each.machine_arn, each.state].append(each)
    for mine in by_state.values():
        yield from _tolerated(mine)
        yield from _redrive(mine)
        yield from _crowded(mine)
        yield from _batches(mine)
    yield from _files(failures)


def _tolerated(runs: Sequence[ReadMapRun]) -> Iterator[Hint]:
    """Map runs that a few failed children ended."""
    few = [each for each in runs if each.run.status == "FAILED" and _part(each) <= FEW]
    if not few:
        return
    percentage = ceil(100 * max(map(_part, few)))
    text = ngettext(
        "{n} Map run of {state} failed, although at most {percentage}% of the children that "
        "ran did. With ToleratedFailurePercentage {percentage} it succeeds; find the failed "
        "children through its ResultWriter, or redrive them.",
        "{n} Map runs of {state} failed, although at most {percentage}% of the children that "
        "ran did. With ToleratedFailurePercentage {percentage} they succeed; find the failed "
        "children through their ResultWriter, or redrive them.",
        len(few),
        state=shown(few[0].state or ""),
        percentage=percentage,
    )
    yield _hint(few, TOLERATED, Message("Tolerate a few failed items"), text)


def _part(read: ReadMapRun) -> float:
    counts = read.run.executions
    return counts.failures / max(1, counts.failures + counts.succeeded)


def _redrive(runs: Sequence[ReadMapRun]) -> Iterator[Hint]:
    """Map runs that failed by what passes with time, and keep what they had done."""
    healed = [each for each in runs if each.run.status == "FAILED" and _heals(each)]
    counts = [each.run.executions for each in healed]
    again = sum(each.failures + each.aborted + each.pending for each in counts)
    done = sum(each.succeeded for each in counts)
    if not done:
        return
    causes = (each.main.diagnosis.cause for each in healed if each.main)
    text = Message(
        "{state} failed due to {causes}. Redriving its execution reruns {again} and leaves the "
        "{done} that succeeded as they are.",
        state=shown(healed[0].state or ""),
        causes=tuple(dict.fromkeys(noun(cause) or cause for cause in causes)),
        again=ngettext("{n} child", "{n} children", again),
        done=done,
    )
    yield _hint(healed, REDRIVE, Message("Redrive the Map run, not all of its items"), text)


def _heals(read: ReadMapRun) -> bool:
    main = read.main
    return main is not None and main.diagnosis.nature == "transient"


def _crowded(runs: Sequence[ReadMapRun]) -> Iterator[Hint]:
    """Children that took each other's quota."""
    crowded = [each for each in runs if (main := _main(each)) and main.cause in REFUSED]
    if not crowded:
        return
    unset = any(each.run.max_concurrency == 0 for each in crowded)
    limit = 0 if unset else min(each.run.max_concurrency for each in crowded)
    known = {"state": shown(crowded[0].state or ""), "cause": _cause_text(crowded[0])}
    text = (
        Message(
            "Most children of {state} failed with {cause}, and MaxConcurrency is not set, so "
            "up to 10,000 run at once: set it to what the services they call can handle.",
            **known,
        )
        if unset
        else Message(
            "Most children of {state} failed with {cause} at a MaxConcurrency of {limit}: "
            "lower it, or request a higher quota.",
            limit=limit,
            **known,
        )
    )
    yield _hint(crowded, CONCURRENCY, Message("Let fewer children run at once"), text)


def _batches(runs: Sequence[ReadMapRun]) -> Iterator[Hint]:
    """Very many children of one item each."""
    single = [
        each
        for each in runs
        if each.run.executions.total >= MANY_CHILDREN
        and each.run.items.total == each.run.executions.total
    ]
    if not single:
        return
    text = Message(
        "{state} ran {children} of one item each. An ItemBatcher with MaxItemsPerBatch gives "
        "each child several items, so fewer are started, billed and competing for capacity.",
        state=shown(single[0].state or ""),
        children=ngettext(
            "{n} child", "{n} children", max(each.run.executions.total for each in single)
        ),
    )
    yield _hint(single, BATCHES, Message("Give each child several items"), text)


def _files(failures: Sequence[Failure]) -> Iterator[Hint]:
    """Items that could not be read, and results that could not be written."""
    found: defaultdict[tuple[str, str | None, str], list[Failure]] = defaultdict(list)
    for each in failures:
        if each.diagnosis.error in _READERS:
            found[each.execution.machine_arn, each.state, each.diagnosis.error].append(each)
    for (machine, state, error), mine in found.items():
        kind = _READERS[error]
        title, text = _reader(state, mine) if kind == READER else _writer(state, mine)
        yield Hint(
            kind=kind,
            machine_arn=machine,
            state=state,
            cause=mine[0].diagnosis.cause,
            errors=(error,),
            retrier=None,
            failures=len(mine),
            incidents=0,
            recovered=NOTHING,
            added_wait_seconds=0.0,
            title=title,
            text=text,
        )


def _reader(state: str | None, mine: Sequence[Failure]) -> tuple[Message, Message]:
    return Message("Fix what its ItemReader reads"), ngettext(
        "{state} failed once before its first item: {message}. Check the file that its "
        "ItemReader names, its InputType, and that the role may read it.",
        "{state} failed {n} times before its first item: {message}. Check the file that its "
        "ItemReader names, its InputType, and that the role may read it.",
        len(mine),
        state=shown(state or ""),
        message=mine[0].diagnosis.message.rstrip("."),
    )


def _writer(state: str | None, mine: Sequence[Failure]) -> tuple[Message, Message]:
    return Message("Allow its ResultWriter to write"), ngettext(
        "{state} failed once after its items were done: {message}. Check that its "
        "ResultWriter's bucket exists, and that the role may put objects under the prefix.",
        "{state} failed {n} times after its items were done: {message}. Check that its "
        "ResultWriter's bucket exists, and that the role may put objects under the prefix.",
        len(mine),
        state=shown(state or ""),
        message=mine[0].diagnosis.message.rstrip("."),
    )


def _main(read: ReadMapRun) -> MapRunCause | None:
    causes = map_run_report(read).causes
    return causes[0] if causes else None


def _cause_text(read: ReadMapRun) -> str:
    main = read.main
    return main.diagnosis.error or main.diagnosis.cause if main else ""


def _hint(runs: Sequence[ReadMapRun], kind: str, title: Message, text: Message) -> Hint:
    main = _main(runs[0])
    failed = sum(each.run.status == "FAILED" for each in runs)
    return Hint(
        kind=kind,
        machine_arn=runs[0].machine_arn,
        state=runs[0].state,
        cause=main.cause if main else "map_failure_threshold",
        errors=tuple(sorted({main.error} - {""})) if main else (),
        retrier=None,
        failures=failed,
        incidents=0,
        recovered=NOTHING,
        added_wait_seconds=0.0,
        title=title,
        text=text,
    )
