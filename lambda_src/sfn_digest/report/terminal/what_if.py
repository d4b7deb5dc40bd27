"""What would have helped, for a terminal: an execution, and a window under a changed definition."""

from collections.abc import Iterator
from typing import TextIO

from rich.console import Group, RenderableType
from rich.table import Table

from sfn_digest.i18n.message import Message
from sfn_digest.model.change import ChangeBacktest
from sfn_digest.model.executions import Failure
from sfn_digest.model.story import RetryVerdict, Story
from sfn_digest.report import redrive_candidates
from sfn_digest.report.change.sentences import HEADS, cells, figures, headline, would_lose
from sfn_digest.report.shown import Shown
from sfn_digest.report.terminal.print import plain, print_to
from sfn_digest.report.terminal.sections import FAINT, indented, plain_table
from sfn_digest.report.terminal.wrap import Text
from sfn_digest.report.wording import execution_story


def write(found: ChangeBacktest, texts: Shown, out: TextIO) -> None:
    """Write the backtest to `out`: in color where that is a terminal."""
    print_to(out, Group(*_parts(found, texts)))


def render(found: ChangeBacktest, texts: Shown, width: int) -> str:
    """Give the backtest as plain text in lines of at most `width` columns."""
    return plain(Group(*_parts(found, texts)), width)


def _parts(found: ChangeBacktest, texts: Shown) -> Iterator[RenderableType]:
    outcome = found.outcome
    better = outcome.net.low > 0 or round(outcome.net.likely) > 0
    style = "bold red" if would_lose(found) else "bold green" if better else "bold"
    yield Text(texts.translate(headline(found)), style=style)
    for each in figures(found):
        yield indented(Text(texts.translate(each)))
    if found.states:
        yield Text("")
        table = plain_table()
        for place, head in enumerate(HEADS):
            table.add_column(texts.translate(head), justify="right" if place else "left")
        for state in found.states:
            table.add_row(*cells(state, texts))
        yield table
    if found.notes:
        yield Text("")
        yield from (Text(texts.translate(each), style=FAINT) for each in found.notes)


_FAINT = "dim"


def unbroken(text: str) -> Text:
    """An address or a command, of which a part is worth nothing."""
    return Text(text, no_wrap=True, overflow="ignore")


def helped(story: Story, texts: Shown) -> Iterator[RenderableType]:
    """The advice on its cause, what its Retry did, hints, and whether it can be redriven."""
    failure = story.failure
    if failure is None:
        return
    cause, called = failure.diagnosis.cause, failure.diagnosis.integration
    if advice := texts.advice(cause, called):
        yield item(advice)
    if url := texts.url(cause, called):
        yield unbroken(f"    {url}")
    if story.verdict is not None:
        yield item(_verdict(story.verdict, failure, texts))
    for hint in story.hints:
        yield item(f"{texts.translate(hint.title)}: {texts.hint(hint)}")
    yield from _redrive(story, failure, texts)


def item(text: str) -> RenderableType:
    """A thing that would have helped, set apart from the next."""
    return row("-", Text(text))


def row(mark: str, text: Text) -> RenderableType:
    """Text that hangs on its mark."""
    grid = Table.grid(padding=(0, 1, 0, 0))
    grid.add_row(Text(mark, _FAINT), text)
    return grid


def _verdict(verdict: RetryVerdict, failure: Failure, texts: Shown) -> str:
    state, error = texts.name(verdict.state), texts.name(verdict.error)
    if not verdict.retriers:
        return texts.translate(execution_story.no_retry(state, error))
    if verdict.taken_by is None or verdict.attempts is None:
        return texts.translate(execution_story.none_takes(state, error, verdict.retriers))
    if failure.execution.status != "FAILED":
        return texts.translate(execution_story.taken_but_cut(state, error, verdict.taken_by))
    return texts.translate(
        execution_story.used_up(state, error, verdict.taken_by, verdict.attempts)
    )


def _redrive(story: Story, failure: Failure, texts: Shown) -> Iterator[RenderableType]:
    described = story.execution
    if described.redrivable is False and "/" in described.machine_arn:
        # A child of a Map run, whose machine is MACHINE/LABEL.
        yield item(
            texts.translate(
                Message(
                    "It can only be redriven with its Map run: redrive the execution "
                    "that started it."
                )
            )
        )
    elif described.redrivable is False:
        yield item(
            texts.translate(Message("Step Functions cannot redrive it: start a new execution."))
        )
    elif failure.fail_state is not None:
        yield item(
            texts.translate(
                Message("A redrive would resume at the Fail state: start a new execution instead.")
            )
        )
    elif described.redrivable:
        until = failure.execution.stopped_at + redrive_candidates.REDRIVABLE_FOR
        heals = failure.diagnosis.nature == "transient"
        yield item(
            texts.translate(execution_story.redrive(until))
            if heals
            else texts.translate(execution_story.redrive_after_change(until))
        )
        yield unbroken(f"    {redrive_candidates.command([described.arn])}")
