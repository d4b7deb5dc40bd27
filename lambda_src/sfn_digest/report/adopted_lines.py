"""What came of the hints that definitions now carry, line by line, as every face tells it."""

from dataclasses import dataclass
from datetime import timedelta

from sfn_digest.i18n.message import NO_MESSAGE, Message, Msgid, ngettext
from sfn_digest.i18n.sanitize import clean
from sfn_digest.model.comparison import Adopted, AdoptedChange, ChangeTally, ChangeVerdict
from sfn_digest.model.report import Report
from sfn_digest.report import console
from sfn_digest.report import presenter as view
from sfn_digest.report.shown import ERROR_LIMIT, Shown
from sfn_digest.report.wording import comparisons, labels, quantities

BRANCH, CONCURRENCY, HERD, DEAD = "ecs_branch", "max_concurrency", "herd", "dead_retrier"
STOPS = ("stop_retrying", "timeout_retried")


@dataclass(frozen=True, slots=True)
class AdoptedLine:
    """A hint that was adopted in a machine, and what came of it."""

    machine: str
    url: str | None
    said: str


def adopted_lines(report: Report, texts: Shown) -> list[AdoptedLine]:
    """Give what came of the hints that definitions now carry."""
    names = view.machine_names(report)
    outcomes: list[tuple[Adopted | AdoptedChange, str, str]] = [
        (each, _errors(each, texts), texts.translate(comparisons.adopted(each)))
        for each in report.adopted
    ]
    outcomes += [
        (each, texts.translate(named(each, _errors(each, texts))), texts.translate(came_of(each)))
        for each in report.adopted_changes
    ]
    return [
        AdoptedLine(
            texts.name(names.get(each.machine_arn, view.execution_name(each.machine_arn))),
            console.machine_url(each.machine_arn),
            f"{texts.name(each.state)}{texts.translate(labels.COMMA)}{what}: {said}",
        )
        for each, what, said in outcomes
    ]


def _errors(hint: Adopted | AdoptedChange, texts: Shown) -> str:
    return clean(", ".join(hint.errors), ERROR_LIMIT) or texts.title(hint.cause)


def named(change: AdoptedChange, errors: str) -> Message:
    """Name the change that was adopted, but for its state."""
    if change.kind == BRANCH:
        return Message("on demand after Spot")
    if change.kind == CONCURRENCY:
        return Message("MaxConcurrency {number:d}", number=_set(change, "MaxConcurrency"))
    if change.kind == HERD:
        return Message("JitterStrategy FULL")
    if change.kind == DEAD:
        return Message("{errors} spelled correctly", errors=errors)
    if change.kind in STOPS:
        return Message("{errors} no longer retried", errors=errors)
    return Message("TimeoutSeconds {number:d}", number=_set(change, "TimeoutSeconds"))


def _set(change: AdoptedChange, field: str) -> int:
    """The number that the hint set a field to."""
    number = change.patched.get(field)
    return int(number) if isinstance(number, int | float) else 0


def came_of(change: AdoptedChange) -> Message:
    """Say when the change was adopted, and what was counted before and since."""
    day = Message("adopted on {day:day}", day=change.adopted_at)
    if change.verdict == "otherwise":
        return Message(
            "{adopted}; the definition was changed in other ways too, so no conclusion is drawn",
            adopted=day,
        )
    said = Message("{adopted}; {figures}", adopted=day, figures=_figures(change))
    if not change.together:
        return said
    return Message(
        "{said}; another hint for the same errors was adopted too, so this is the result of both",
        said=said,
    )


def _figures(change: AdoptedChange) -> Message:
    if change.kind in STOPS:
        return _stopped(change)
    if change.kind == DEAD:
        return _named_right(change)
    if change.kind == BRANCH:
        return _on_demand(change)
    if change.kind in (CONCURRENCY, HERD):
        return _refused(change)
    if change.verdict in ("counted", "too_few") and not _is_raised(change):
        return _timed_out(change)
    return Message(
        "timeouts ended {share} before and {since} since{verdict}",
        share=_ended(change.before),
        since=_ended(change.since),
        verdict=_verdict(change.verdict),
    )


def _on_demand(change: AdoptedChange) -> Message:
    said = Message(
        "Spot and start failures ended {share} before and {since} since{verdict}",
        share=_ended(change.before),
        since=_ended(change.since),
        verdict=_verdict(change.verdict),
    )
    if not change.since.caught:
        return said
    return Message(
        "{said}; at least {executions} that Spot had lost finished on demand"
        if change.since.at_least
        else "{said}; {executions} that Spot had lost finished on demand",
        said=said,
        executions=quantities.executions(change.since.caught),
    )


def _refused(change: AdoptedChange) -> Message:
    before, since = change.before, change.since
    said = Message(
        "{refused} in {share} before and {now} in {since} since{verdict}; {ended} and {left} "
        "of these executions failed due to it",
        refused=_attempts(before),
        share=_executions(before),
        now=_attempts(since),
        since=_executions(since),
        verdict=_verdict(change.verdict),
        ended=before.ended,
        left=since.ended,
    )
    if before.seconds is None or since.seconds is None:
        return said
    return Message(
        "{said}; a success took {before} before and {since} since (median)",
        said=said,
        before=timedelta(seconds=before.seconds),
        since=timedelta(seconds=since.seconds),
    )


def _attempts(tally: ChangeTally) -> Message:
    if tally.at_least:
        return Message("at least {number} refused attempts", number=tally.attempts)
    return ngettext("{n} refused attempt", "{n} refused attempts", tally.attempts)


def _stopped(change: AdoptedChange) -> Message:
    since = change.since
    if not since.failed:
        return Message("no failures due to this cause since")
    said = Message(
        "{failures} since, about {retries} and {span} saved",
        failures=quantities.failures(since.failed),
        retries=ngettext("{n} retry", "{n} retries", round(change.saved_retries)),
        span=timedelta(seconds=change.saved_seconds),
    )
    if not since.passing:
        retries = ngettext("{n} retry", "{n} retries", change.before.retries)
        return Message(
            "{said}; none of {retries} before had recovered one", said=said, retries=retries
        )
    return Message(
        "{said}; {failures} with the same errors had a cause that may go away: retry those",
        said=said,
        failures=quantities.failures(since.passing),
    )


def _named_right(change: AdoptedChange) -> Message:
    since, least = change.since, change.since.at_least
    if not since.failed:
        read = Message("it has matched no error since in the executions that were read")
        return read if least else Message("it has matched no error since")
    if "Retry" not in change.patched:
        words = _TAKEN_AT_LEAST if least else _TAKEN
    else:
        some = _ALL_RECOVERED if since.recovered == since.failed else _SOME_RECOVERED
        words = some if least else _RECOVERED
    return Message(words, failures=quantities.failures(since.failed), number=since.recovered)


_TAKEN = Msgid("it has handled {failures} since")
_TAKEN_AT_LEAST = Msgid("it has handled at least {failures} since")
_RECOVERED = Msgid("it has handled {failures} since, of which {number} recovered")
_ALL_RECOVERED = Msgid("it has handled at least {failures} since, all of which recovered")
_SOME_RECOVERED = Msgid(
    "it has handled at least {failures} since, of which at least {number} recovered"
)


def _timed_out(change: AdoptedChange) -> Message:
    since, was = change.since, change.was.get("TimeoutSeconds")
    if not since.failed:
        return Message("it has ended no attempt since")
    attempts = ngettext("{n} attempt", "{n} attempts", since.attempts)
    hinted = _set(change, "TimeoutSeconds")
    if isinstance(was, int | float):
        return Message(
            "it has ended {attempts} since, {span} sooner in all",
            attempts=attempts,
            span=timedelta(seconds=(was - hinted) * since.attempts),
        )
    return Message("it has ended {attempts} since that had no limit before", attempts=attempts)


def _is_raised(change: AdoptedChange) -> bool:
    was = change.was.get("TimeoutSeconds")
    return isinstance(was, int | float) and _set(change, "TimeoutSeconds") > was


def _ended(tally: ChangeTally) -> Message:
    if not tally.executions:
        return Message("an unknown number of executions")
    return Message(
        "{number} of {executions} ({rate})",
        number=tally.ended,
        executions=_executions(tally),
        rate=quantities.percent(tally.ended, tally.executions),
    )


def _executions(tally: ChangeTally) -> Message:
    if not tally.executions:
        return Message("an unknown number of executions")
    return quantities.executions(tally.executions)


_SAID: dict[ChangeVerdict, Message] = {
    "fewer": Message(": fewer"),
    "more": Message(": more than before"),
    "same": Message(": no clear difference"),
    "too_few": Message(": too few to tell yet"),
}


def _verdict(verdict: ChangeVerdict) -> Message:
    return _SAID.get(verdict, NO_MESSAGE)
