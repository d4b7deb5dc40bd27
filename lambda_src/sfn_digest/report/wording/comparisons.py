"""A period held against the one before it, the trend, and hints that were adopted.

Direction is said in words: a sign or a colour alone is lost on some readers. A length is the
report's period, which is a week unless somebody asked for another.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sfn_digest.i18n.message import NO_MESSAGE, Message, Msgid, ngettext
from sfn_digest.model.comparison import Adopted, Source
from sfn_digest.model.executions import Window
from sfn_digest.report.wording import findings, quantities

_HOUR, _DAY, _WEEK = timedelta(hours=1), timedelta(days=1), timedelta(days=7)
_CLOCK_CHANGE = _HOUR


def change(before: int, now: int) -> Message:
    """Say how a number moved: 3 more, 2 fewer, the same, or new where there was none."""
    if now == before:
        return Message("no change")
    if before == 0:
        return Message("new")
    if now > before:
        return Message("{number} more", number=now - before)
    return Message("{number} fewer", number=before - now)


def was(before: int, now: int) -> Message:
    """Give the number of the period before, and how it moved: 8 before, 3 more."""
    return Message("previously {number}, {change}", number=before, change=change(before, now))


def was_of_attempts(before: int | None, now: int) -> Message:
    """Say the same of failed attempts; CloudWatch counts none."""
    return Message("not counted in the previous period") if before is None else was(before, now)


def compared(before: Window, source: Source) -> Message:
    """Say what the numbers are held against, and where those are from."""
    msgid = {
        "kept_report": Msgid(
            "Compared with the previous {period}, {window}, as counted in its digest."
        ),
        "cloudwatch": Msgid(
            "Compared with the previous {period}, {window}, as counted by CloudWatch."
        ),
    }[source]
    name = {_DAY: Message("day"), _WEEK: Message("week")}.get(_length(before), Message("period"))
    return Message(msgid, period=name, window=findings.window(before))


def now_and_before(now: str, before: str) -> Message:
    """Put the numbers of both periods side by side."""
    return Message("{now} now, {before} previously", now=now, before=before)


def first_at(time: datetime) -> Message:
    """Say when a new cause first struck."""
    return Message("first seen {time} {zone}", time=time)


def periods_in_a_row(periods: int, length: timedelta) -> Message:
    """Say in how many periods in a row a cause has struck."""
    return {
        _DAY: ngettext("{n} day in a row", "{n} days in a row", periods),
        _WEEK: ngettext("{n} week in a row", "{n} weeks in a row", periods),
    }.get(length, ngettext("{n} period in a row", "{n} periods in a row", periods))


def going_on(periods: int, length: timedelta, since: datetime) -> Message:
    """Say for how long a cause has struck in every period."""
    row = periods_in_a_row(periods, length)
    return Message("{row}, since {day:day}", row=row, day=since)


def gone_since(time: datetime) -> Message:
    """Say when a cause that came back had struck before."""
    return Message("last seen {day:day}", day=time)


def definition_changed(at: datetime, version: str | None) -> Message:
    """Say when the definition changed, and to which version, where there is one."""
    if version:
        return Message(
            "the definition changed to version {version} on {time} {zone}", version=version, time=at
        )
    return Message("the definition changed on {time} {zone}", time=at)


def recovered_machines(counted_names: Sequence[Message]) -> Message:
    """Name the machines that had failures before and have none now."""
    return Message("No longer failing: {machines}.", machines=tuple(counted_names))


def counted_name(name: str, before: int) -> Message:
    """Name a machine with the failures that it had before."""
    return Message("{machine} ({number} previously)", machine=name, number=before)


def trend(count: int, each: Window) -> Message:
    """Head the chart of so many periods: weeks, days, or periods of another length."""
    periods = {
        _DAY: ngettext("{n} day", "{n} days", count),
        _WEEK: ngettext("{n} week", "{n} weeks", count),
    }.get(_length(each), ngettext("{n} period", "{n} periods", count))
    return Message("Failures over {periods}", periods=periods)


def trend_line(failures: Sequence[int], each: Window) -> Message:
    """Give the failures of some periods, oldest first."""
    numbers = tuple(Message("{n}", n=number) for number in failures)
    return Message("{trend}: {numbers}", trend=trend(len(failures), each), numbers=numbers)


def period_failed(began: str, failed: int, executions: int) -> Message:
    """Say in a line what failed in one period."""
    return Message(
        "{began}: {number} of {executions} failed",
        began=began,
        number=failed,
        executions=quantities.executions(executions),
    )


def began(time: datetime, length: timedelta) -> Message:
    """Give the beginning of one period of a trend."""
    return Message("{time:day}", time=time) if length >= _DAY else Message("{time}", time=time)


def earlier(number: int, length: timedelta) -> Message:
    """Give a number of the period before: 30 last week, or 30 in the previous 2 days."""
    if number:
        return Message("{n} {period}", n=number, period=period_before(length))
    return Message("none {period}", period=period_before(length))


def period_before(length: timedelta) -> Message:
    """Name the period before: last week, or in the previous 2 days."""
    if is_week(length):
        return Message("last week")
    if length >= _DAY and not length % _DAY:
        return ngettext("in the previous day", "in the previous {n} days", length // _DAY)
    if length >= _HOUR and not length % _HOUR:
        return ngettext("in the previous hour", "in the previous {n} hours", length // _HOUR)
    minutes = round(length / timedelta(minutes=1))
    return ngettext("in the previous minute", "in the previous {n} minutes", minutes)


def failed_before(before: int, length: timedelta) -> Message:
    """Say, where nothing failed, how many executions failed in the period before."""
    if not before:
        return NO_MESSAGE
    return Message("{n} failed {period}.", n=before, period=period_before(length))


def adopted(each: Adopted) -> Message:
    """Say when a hint was adopted, what was predicted of it, and what was observed."""
    said = Message(
        "adopted on {day:day}: predicted {share}", day=each.adopted_at, share=_predicted(each)
    )
    if not each.failures:
        return Message("{adopted}; no failures due to this cause since", adopted=said)
    return Message(
        "{adopted}, observed 100% (at least {failures}, and all recovered){verdict}"
        if each.at_least and each.recovered == each.failures
        else "{adopted}, observed at least {share:.0f}% ({number} of {failures}){verdict}"
        if each.at_least
        else "{adopted}, observed {share:.0f}% ({number} of {failures}){verdict}",
        adopted=said,
        share=100 * each.recovered / each.failures,
        number=each.recovered,
        failures=quantities.failures(each.failures),
        verdict=_verdict(each),
    )


def _predicted(each: Adopted) -> Message:
    low, high = (f"{100 * share:.0f}" for share in (each.predicted_low, each.predicted_high))
    return Message("{share}%", share=low if low == high else f"{low}\N{EN DASH}{high}")


def _verdict(each: Adopted) -> Message:
    if each.verdict == "worse" and each.recovered:
        return Message(": it helped less than predicted")
    if each.verdict == "worse":
        return Message(": it did not help")
    if each.verdict == "better":
        return Message(": better than predicted")
    return Message(": too few failures to tell") if each.verdict == "too_few" else NO_MESSAGE


def _length(window: Window) -> timedelta:
    return window.end - window.start


def is_week(length: timedelta) -> bool:
    """Say whether a period is a week, give or take a clock change."""
    return abs(length - _WEEK) <= _CLOCK_CHANGE
