"""A Slack message's top-level text: what notifications and screen readers read."""

from sfn_digest.model.report import MachineReport, Report
from sfn_digest.report import presenter as view
from sfn_digest.report.shown import Shown

TEXT_LIMIT = 3_000
"""Characters of `text` that Slack shows without cutting it."""

_ENTITIES = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}


def summary(report: Report, texts: Shown, *, machines: int, notes: int) -> str:
    """Give the whole finding in plain lines, escaped for mrkdwn."""
    if not report.totals.unsuccessful:
        partial = _partial(report, texts, notes)
        line = texts.words.SPACE.join([*partial, quiet_line(report, texts)])
        return escape(line, TEXT_LIMIT)
    first, stop = view.failing_machines(report)[0], texts.words.STOP
    lines = [
        f"{texts.finding(report)}{stop}",
        *_partial(report, texts, notes),
        f"{texts.name(first.name)} {texts.lead(report)}",
        _numbers(report, texts),
        *_machines(report, texts, machines),
        *_hint(report, texts),
        *_advice(report, texts),
        f"{texts.scope(report)}{stop}",
        texts.words.coverage(report.coverage),
    ]
    return escape("\n".join(lines), TEXT_LIMIT)


def quiet_line(report: Report, texts: Shown) -> str:
    """Say in one line that nothing failed, and how many executions did in the period before."""
    before = report.before.period.unsuccessful if report.before else 0
    line, words = texts.quiet(report), texts.words
    was = words.failed_before(before, view.length(report))
    return f"{line}{words.SPACE}{was}" if before else line


def numbers(report: Report, texts: Shown) -> tuple[tuple[str, int, int | None], ...]:
    """Give the four numbers: label, value, and the period before's, None where not known."""
    totals, before, words = report.totals, report.before, texts.words
    was = before.period if before else None
    attempts = sum(map(view.failed_attempts, report.machines))
    return (
        (words.FAILED, totals.failed, was.failed if was else None),
        (words.TIMED_OUT, totals.timed_out, was.timed_out if was else None),
        (words.ABORTED, totals.aborted, was.aborted if was else None),
        (words.FAILED_ATTEMPTS, attempts, before.failed_attempts if before else None),
    )


def machine_counted(machine: MachineReport, report: Report, texts: Shown) -> str:
    """Say how many of a machine's executions failed, and how that changed."""
    failed = machine.unsuccessful
    counted = texts.words.machine_failures(failed, view.executions_of(report, machine))
    before = report.before.machines.get(machine.arn) if report.before else None
    if before is None:
        return counted
    return f"{counted} ({texts.words.moved(failed, before.unsuccessful, view.length(report))})"


def escape(text: str, limit: int) -> str:
    """Escape `text` for mrkdwn in at most `limit` characters, never cutting an entity in two."""
    escaped = [_ENTITIES.get(character, character) for character in text]
    if sum(map(len, escaped)) <= limit:
        return "".join(escaped)
    length, kept = 1, 0
    while length + len(escaped[kept]) <= limit:
        length += len(escaped[kept])
        kept += 1
    return "".join(escaped[:kept]) + "…"


def _partial(report: Report, texts: Shown, limit: int) -> list[str]:
    missing = texts.partial(report, limit)
    return [f"{texts.words.PARTIAL} {missing}"] if missing else []


def _numbers(report: Report, texts: Shown) -> str:
    length = view.length(report)
    told = (
        f"{label}: {texts.words.number_and_before(now, before, length)}"
        for label, now, before in numbers(report, texts)
    )
    return f"{texts.words.SEMICOLON.join(told)}{texts.words.STOP}"


def _machines(report: Report, texts: Shown, limit: int) -> list[str]:
    failing = view.failing_machines(report)
    lines = [f"• {_machine(machine, report, texts)}" for machine in failing[1:limit]]
    if hidden := failing[limit:]:
        failures = sum(machine.unsuccessful for machine in hidden)
        lines.append(f"• {texts.words.more_machines(len(hidden), failures)}")
    return lines


def _machine(machine: MachineReport, report: Report, texts: Shown) -> str:
    words, main = texts.words, view.main_cause(machine)
    why = texts.main_cause(machine, main) if main else words.CAUSES_NOT_READ
    counted = machine_counted(machine, report, texts)
    return f"{texts.name(machine.name)}: {counted}{words.COMMA}{why}"


def _hint(report: Report, texts: Shown) -> list[str]:
    """The first hint: who only hears the message must not miss it."""
    names, words = view.machine_names(report), texts.words
    heads = ((texts.hint_title(each, names[each.machine_arn]), each) for each in report.hints[:1])
    return [
        f"{words.HINTS}: {head}{words.STOP}{words.SPACE}{texts.hint(hint)}" for head, hint in heads
    ]


def _advice(report: Report, texts: Shown) -> list[str]:
    total = view.unhinted(report, texts.table, hints=1)
    if total is None:
        return []
    told = f"{texts.title(total.cause)}: {texts.advice(total.cause)}"
    return [f"{texts.words.WHAT_TO_DO}: {told}"]
