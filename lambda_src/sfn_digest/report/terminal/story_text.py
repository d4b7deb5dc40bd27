"""One execution's story for a terminal or a pipe; needs the optional package rich."""

from collections.abc import Iterable, Iterator
from typing import TextIO, TypeVar

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.style import Style

from sfn_digest.i18n.message import Message
from sfn_digest.i18n.sanitize import clean
from sfn_digest.model.executions import Diagnosis, Failure
from sfn_digest.model.story import Story, StoryAttempt, StoryVisit
from sfn_digest.report import console as links
from sfn_digest.report.build import handled_report
from sfn_digest.report.map_run_lines import map_run_line
from sfn_digest.report.shown import Shown
from sfn_digest.report.terminal.print import plain, print_to
from sfn_digest.report.terminal.what_if import helped, row, unbroken
from sfn_digest.report.terminal.wrap import Text
from sfn_digest.report.wording import execution_story, map_run_sentences

T = TypeVar("T")

MOST_VISITS = 8
MOST_ATTEMPTS = 20
"""Of visits and of one visit's attempts, so many are shown: the first and the last of them."""

_LONGEST_ARN = 2_048
_TITLE = "bold"
_FAINT = "dim"
_BAD = "bold red"
_GOOD = "green"


def write(story: Story, texts: Shown, out: TextIO) -> None:
    """Write the story to `out`: in colour, with links, where that is a terminal."""
    print_to(out, _story(story, texts))


def render(story: Story, texts: Shown, width: int) -> str:
    """Give the story as plain text in lines of at most `width` columns, save for commands."""
    return plain(_story(story, texts), width)


def _story(story: Story, texts: Shown) -> RenderableType:
    return Group(
        *_head(story, texts),
        *_section(texts.translate(Message("Attempts")), list(_visits(story, texts))),
        *_section(
            texts.translate(Message("Child executions that failed with it, outermost first")),
            list(_children(story.failure)),
        ),
        *_section(texts.translate(map_run_sentences.TITLE), list(_map_runs(story, texts))),
        *_section(texts.translate(Message("What would have helped")), list(helped(story, texts))),
        *(Text(texts.translate(note), _FAINT) for note in story.notes),
    )


def _section(title: str, parts: list[RenderableType]) -> list[RenderableType]:
    if not parts:
        return []
    return [Text(), Text(title, _TITLE), *map(_indented, parts)]


def _indented(part: RenderableType) -> RenderableType:
    return part if isinstance(part, Text) and part.no_wrap else Padding(part, (0, 0, 0, 2))


def _head(story: Story, texts: Shown) -> Iterator[RenderableType]:
    described, failure = story.execution, story.failure
    machine = texts.name(described.machine_arn.rsplit(":", 1)[1])
    link = Style(bold=True, link=links.execution_url(described.arn))
    yield Text.assemble(f"{machine} / ", (texts.name(described.name), link))
    cause = texts.title(failure.diagnosis.cause) if failure else None
    state = texts.name(failure.state) if failure and failure.state else None
    style = _BAD if failure else _TITLE
    yield Text(texts.translate(execution_story.ending(described.status, cause, state)), style)
    if failure and (detail := _detail(failure.diagnosis, texts)):
        yield Text(detail)
    if failure and (hidden := texts.hidden_by_handler(handled_report(failure.handled))):
        yield Text(hidden)
    if failure and failure.fail_state and failure.state != failure.fail_state:
        caught = texts.name(failure.state or ""), texts.name(failure.fail_state)
        yield Text(texts.translate(execution_story.caught_to(*caught)))
    yield Text(
        texts.translate(execution_story.ran(described.started_at, described.stopped_at)), _FAINT
    )
    if described.redrive_count:
        yield Text(texts.translate(execution_story.redriven(described.redrive_count)), _FAINT)


def _detail(diagnosis: Diagnosis, texts: Shown) -> str:
    return texts.detail(diagnosis.error, diagnosis.message)


def _visits(story: Story, texts: Shown) -> Iterator[RenderableType]:
    if not story.visits:
        yield Text(texts.translate(Message("It reached no state that calls a service.")))
        return
    if story.failure is None:
        attempts = sum(visit.failed_attempts for visit in story.visits)
        running = story.execution.stopped_at is None
        yield Text(
            texts.translate(execution_story.failed_so_far(attempts))
            if running
            else texts.translate(execution_story.recovered(attempts, story.execution.redrive_count))
        )
    shown = _alike(visit for visit in story.visits if _is_shown(visit, story))
    first, last = _ends(shown, MOST_VISITS)
    yield from (_visits_alike(each, story, texts) for each in first)
    if hidden := sum(map(len, shown)) - sum(map(len, (*first, *last))):
        yield Text(texts.translate(execution_story.more_visits(hidden)), _FAINT)
    yield from (_visits_alike(each, story, texts) for each in last)
    others = [visit for visit in story.visits if not _is_shown(visit, story)]
    cut = sum(visit.left_at is None for visit in others)
    if smooth := len(others) - cut:
        yield Text(texts.translate(execution_story.smooth_visits(smooth)), _FAINT)
    if cut:
        yield Text(texts.translate(execution_story.cut_visits(cut)), _FAINT)


def _is_shown(visit: StoryVisit, story: Story) -> bool:
    """Whether a visit is shown by itself: attempts failed in it, or it is what was waited for."""
    waited_for = story.failure is None or story.failure.execution.status != "FAILED"
    return visit.failed_attempts > 0 or (visit.left_at is None and waited_for)


def _alike(visits: Iterable[StoryVisit]) -> list[list[StoryVisit]]:
    """The visits, those together that were cut off alike, such as iterations of a Map."""
    groups: dict[object, list[StoryVisit]] = {}
    for number, each in enumerate(visits):
        failed = tuple(a.failure.group if a.failure else None for a in each.attempts)
        key = (each.state, failed) if each.left_at is None else number
        groups.setdefault(key, []).append(each)
    return list(groups.values())


def _visits_alike(visits: list[StoryVisit], story: Story, texts: Shown) -> RenderableType:
    shown = _visit(visits[0], story, texts)
    if len(visits) == 1:
        return shown
    return Group(shown, Text(texts.translate(execution_story.alike(len(visits) - 1)), _FAINT))


def _ends(items: list[T], most: int) -> tuple[list[T], list[T]]:
    """The first and the last of them, at most so many."""
    if len(items) <= most:
        return items, []
    return items[: most // 2], items[-(most - most // 2) :]


def _visit(visit: StoryVisit, story: Story, texts: Shown) -> RenderableType:
    said = texts.translate(
        execution_story.visit(texts.name(visit.state), visit.failed_attempts, len(visit.attempts))
    )
    # What was said of the attempt before is not said again.
    before = (None, *(each.failure for each in visit.attempts))
    width = len(f"{len(visit.attempts)}.")
    lines = [
        row(
            f"{number}.".rjust(width),
            _attempt(each, each.failure != before[number - 1], story, texts),
        )
        for number, each in enumerate(visit.attempts, start=1)
    ]
    first, last = _ends(lines, MOST_ATTEMPTS)
    if hidden := len(lines) - len(first) - len(last):
        first = [*first, Text(texts.translate(execution_story.hidden_attempts(hidden)), _FAINT)]
    return Group(Text(said, _TITLE), *map(_indented, [*first, *last]))


def _attempt(attempt: StoryAttempt, news: bool, story: Story, texts: Shown) -> Text:
    began = attempt.began_at or attempt.ended_at
    line = Text()
    if began is not None:
        dated = began.date() != story.execution.started_at.date()
        line.append(f"{texts.translate(execution_story.clock(began, dated=dated))}  ", _FAINT)
    if attempt.began_at and attempt.ended_at:
        line.append(
            f"{texts.translate(execution_story.attempt_took(attempt.ended_at - attempt.began_at))} "
        )
    line.append_text(_outcome(attempt, story, texts))
    detail = _detail(attempt.failure, texts) if attempt.failure and news else ""
    for said in filter(None, (detail, _until_next(attempt, texts))):
        line.append(f"\n{said}", _FAINT)
    return line


def _until_next(attempt: StoryAttempt, texts: Shown) -> str:
    if attempt.redriven_after is not None:
        return texts.translate(execution_story.redriven_after(attempt.redriven_after))
    return texts.translate(execution_story.waited(attempt.wait)) if attempt.wait is not None else ""


def _outcome(attempt: StoryAttempt, story: Story, texts: Shown) -> Text:
    if attempt.failure is not None:
        return Text(texts.title(attempt.failure.cause))
    if attempt.ended_at is not None:
        return Text(texts.translate(Message("succeeded")), _GOOD)
    running = story.execution.stopped_at is None
    return Text(
        texts.translate(Message("still running"))
        if running
        else texts.translate(Message("cut off by the end of the execution"))
    )


def _map_runs(story: Story, texts: Shown) -> Iterator[RenderableType]:
    for each in story.map_runs:
        line = map_run_line(each, each.machine_arn.rpartition(":")[2], texts)
        yield Text(f"{line.name}: {line.said}")
        yield from (_indented(Text(cause)) for cause in line.causes)


def _children(failure: Failure | None) -> Iterator[RenderableType]:
    for arn in failure.children if failure else ():
        yield unbroken(f"  {clean(arn, _LONGEST_ARN)}")
