"""What leads every face, in the words of one language: the rate, what needs somebody, the rest.

A line is a machine and what is said of it, safe to show; a face links the name and adds its own
markup.
"""

from dataclasses import dataclass
from datetime import timedelta

from sfn_digest.i18n.message import Message
from sfn_digest.i18n.sanitize import clean
from sfn_digest.model.machine_tags import environment_rank
from sfn_digest.model.report import Hint, MachineReport, Report
from sfn_digest.report import presenter as view
from sfn_digest.report.attention import MOST, Finding, attention, may_mislead
from sfn_digest.report.compared import MOST_UNREPORTED
from sfn_digest.report.presenter import NO_REASON
from sfn_digest.report.shown import HINT_LIMIT, Shown
from sfn_digest.report.subsets import environment
from sfn_digest.report.wording import comparisons, findings, labels, leading_sentences, quantities

_DO_LIMIT = 180
_MOST_REASONS = 3
BETWEEN = " \N{MIDDLE DOT} "


@dataclass(frozen=True, slots=True)
class Line:
    """One machine, what happened, and the one thing to do, which may be empty."""

    machine: MachineReport
    said: str
    do: str = ""
    environment: str = ""
    """Where the report is of several."""

    @property
    def short_do(self) -> str:
        """The thing to do as Slack's root message has room for it."""
        return clean(self.do, _DO_LIMIT)


@dataclass(frozen=True, slots=True)
class Leading:
    """What needs somebody, the other machines that failed, and the rest counted in a line."""

    needs: tuple[Line, ...]
    others: tuple[Line, ...]
    more: str


def headline(report: Report, texts: Shown) -> str:
    """Say how many executions failed, with the rate of both periods."""
    executions = report.totals.executions if report.coverage.executions_counted else None
    was = report.before.period if report.before else None
    before = quantities.percent(was.failures, was.executions) if was and was.executions else ""
    length = view.length(report)
    return texts.translate(
        leading_sentences.headline(report.totals.failures, executions, before, length)
    )


def lines(report: Report, texts: Shown, most_others: int, advised: int = MOST) -> Leading:
    """Give what needs somebody, and at most so many of the other machines with failures.

    Only the first `advised` lines give a cause's advice; what a hint would bring they all tell.
    """
    found = attention(report)
    named = {each.machine.arn for each in found}
    rest = [each for each in report.machines if each.unexpected_failures and each.arn not in named]
    rest.sort(
        key=lambda each: (
            environment_rank(each.environment),
            -each.unexpected_failures,
            -each.failures,
            each.name,
        )
    )
    hidden = rest[most_others:]
    failures = sum(each.failures for each in hidden)
    more = texts.translate(leading_sentences.more_machines(len(hidden), failures)) if hidden else ""
    others = tuple(
        Line(each, _other(each, report, texts), environment=environment(each, report, texts))
        for each in rest[:most_others]
    )
    return Leading(
        tuple(
            _line(each, report, texts, advised=place < advised) for place, each in enumerate(found)
        ),
        others,
        more,
    )


def about(machine: MachineReport, environment: str, texts: Shown) -> str:
    """Name the environment and the owner of a machine, in parentheses; empty where not known."""
    owner = texts.name(machine.owner) if machine.owner else ""
    known = [each for each in (environment, owner) if each]
    listed = texts.translate(labels.COMMA).join(known)
    return texts.translate(leading_sentences.about(listed)) if known else ""


def spoken(line: Line, texts: Shown) -> str:
    """Give a line as plain text, with the machine's name, its environment and its owner."""
    do = texts.after_stop(line.short_do) if line.do else ""
    known = about(line.machine, line.environment, texts)
    return f"{texts.name(line.machine.name)}{known}: {line.said}{do}"


def context(report: Report, texts: Shown, *, brief: bool = False, reasons: bool = True) -> str:
    """Say in one line what became of tasks, which account, Region and window were read, and
    what was not; `brief` leaves out how parents are counted. Without `reasons` it is not said why
    tasks did not start.
    """
    lost = tasks_lost(report, texts, most_reasons=_MOST_REASONS if reasons else 0)
    parts = [*lost, texts.place(report)]
    parts.append(texts.translate(findings.window(report.window)))
    if report.totals.aborted:
        parts.append(texts.translate(leading_sentences.stopped(report.totals.aborted)))
    if report.totals.repeated and not brief:
        parts.append(texts.translate(leading_sentences.repeated(report.totals.repeated)))
    if report.totals.expected:
        parts.append(texts.translate(leading_sentences.expected(report.totals.expected)))
    if not report.coverage.complete and not may_mislead(report):
        read = texts.translate(leading_sentences.partly_read(report.coverage, len(report.machines)))
        parts.append(read or texts.partial(report, 1))
    return BETWEEN.join(parts)


def tasks_lost(report: Report, texts: Shown, most_reasons: int | None = None) -> list[str]:
    """Say how many tasks Spot took away, and how many never ran and why.

    Of more than `most_reasons` only the first is named, and none where there are to be none.
    """
    parts = _tasks_lost(report, texts, most_reasons)
    # Attempts are not estimated: what a sample holds is no number of all.
    say = leading_sentences.in_those_read
    return [texts.translate(say(each)) for each in parts] if report.estimated else parts


def _tasks_lost(report: Report, texts: Shown, most_reasons: int | None) -> list[str]:
    lost = view.tasks_lost(report)
    parts = [texts.counted("spot_interruption", lost.interrupted)] if lost.interrupted else []
    if not lost.not_started:
        return parts
    count = sum(lost.not_started.values())
    if most_reasons == 0 or list(lost.not_started) == [NO_REASON]:
        return [*parts, texts.counted(NO_REASON, count)]
    reasons = texts.reasons(lost.not_started)
    if most_reasons is not None and len(reasons) > most_reasons:
        _, *rest = lost.not_started.values()
        reasons[1:] = [texts.translate(leading_sentences.other_reasons(sum(rest)))]
    return [*parts, texts.translate(findings.start_failures(count, reasons))]


def benefit(hint: Hint, texts: Shown) -> str:
    """Say what a hint would have recovered, and what an execution that recovers waits for it;
    empty where it promises nothing.
    """
    recovered = round(hint.recovered.likely)
    if hint.sure == "learn" or recovered <= 0 or not hint.failures:
        return ""
    each = hint.cost.wait_seconds if hint.cost else hint.added_wait_seconds / recovered
    wait = timedelta(seconds=round(each))
    return texts.translate(leading_sentences.benefit(recovered, hint.failures, wait))


def _line(found: Finding, report: Report, texts: Shown, *, advised: bool) -> Line:
    said = f"{_why(found, report, texts)}{_counted(found, report, texts)}"
    named = environment(found.machine, report, texts)
    return Line(found.machine, said, _do(found, texts, advised=advised), named)


def _why(found: Finding, report: Report, texts: Shown) -> str:
    """Say what changed, as a lead to the numbers; empty where nothing did."""
    if found.why == "new_cause":
        change = found.definition
        version = texts.name(change.version.rpartition(":")[2]) if change and change.version else ""
        at = change.at if change else None
        said = leading_sentences.new_since(found.since, at, version)
        if found.last_at:
            said = leading_sentences.back_since(found.since, found.last_at)
        return f"{texts.translate(said)}: "
    if found.periods > MOST_UNREPORTED:
        said = comparisons.periods_in_a_row(found.periods, view.length(report))
        return f"{texts.translate(said)}: "
    if found.why != "jump" or report.before is None:
        return ""
    was, machine = report.before.machines[found.machine.arn], found.machine
    rate = quantities.percent(found.failures, machine.succeeded + machine.unsuccessful)
    before = quantities.percent(was.failures, was.executions)
    return f"{texts.translate(leading_sentences.jump(rate, before))}: "


def _counted(found: Finding, report: Report, texts: Shown) -> str:
    """Say how many executions failed, and how many of them by which cause in which state."""
    executions = view.executions_of(report, found.machine)
    about = found.why == "new_cause"
    number = quantities.about(found.failures, found.estimated if about else None)
    counted = leading_sentences.failed_of(number, executions)
    said = texts.translate(_by_cause(found, counted, texts) if found.cause else counted)
    if found.why == "unresolved" and found.before is not None:
        before = texts.translate(comparisons.earlier(found.before, view.length(report)))
        said = texts.translate(leading_sentences.aside(said, before))
    return said if found.cause else texts.together([said, texts.translate(labels.CAUSES_NOT_READ)])


def _by_cause(found: Finding, counted: Message, texts: Shown) -> Message:
    # Of one failure too the errors are named as of many: "due to code errors".
    named, state = texts.causes(max(2, found.caused), found.cause or ""), found.state
    where = texts.translate(
        findings.cause_in(named, texts.name(state) if state else None, elsewhere=found.elsewhere)
    )
    estimated = None if found.why == "new_cause" else found.estimated
    return leading_sentences.by_cause(counted, found.failures, found.caused, where, estimated)


def _do(found: Finding, texts: Shown, *, advised: bool) -> str:
    """The one thing to do: the change with its benefit, the definition, or the cause's advice."""
    if found.hint and (gain := benefit(found.hint, texts)):
        short = leading_sentences.in_short(found.hint.title)
        return f"{gain}: {clean(texts.translate(short), HINT_LIMIT)}"
    if found.definition:
        return texts.translate(leading_sentences.compare_definitions())
    sure = found.hint if found.hint and found.hint.sure == "sure" else None
    title = clean(texts.translate(sure.title), HINT_LIMIT) if sure else ""
    if not found.cause or not advised or (sure and sure.kind not in _SAVES):
        return title
    called = view.integrations([found.machine], found.cause, found.state)
    return leading_sentences.first_sentence(texts.advice(found.cause, called[0])) or title


_SAVES = frozenset({"stop_retrying", "timeout_retried", "missing_timeout"})
"""Hints that save retries and time, and leave what fails as it is."""


def _other(machine: MachineReport, report: Report, texts: Shown) -> str:
    executions = view.executions_of(report, machine)
    counted = texts.translate(leading_sentences.failed_of(machine.failures, None))
    was = report.before.machines.get(machine.arn) if report.before else None
    if not executions:
        return counted
    rate = quantities.percent(machine.failures, executions)
    before = was.failures if was else None
    rates = texts.translate(leading_sentences.rate_and_before(rate, before, view.length(report)))
    return f"{counted} ({rates})"
