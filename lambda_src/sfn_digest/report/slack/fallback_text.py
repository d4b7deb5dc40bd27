"""A Slack message's top-level text: what notifications and screen readers read."""

from sfn_digest.model.report import MachineReport, Report
from sfn_digest.report import presenter as view
from sfn_digest.report.shown import Shown
from sfn_digest.report.wording import counts, findings, labels, past

TEXT_LIMIT = 3_000
"""Characters of `text` that Slack shows without cutting it."""

_ENTITIES = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}


def summary(report: Report, texts: Shown, *, machines: int, notes: int) -> str:
    """Give the whole finding in plain lines, escaped for mrkdwn."""
    if not report.totals.unsuccessful:
        partial = _partial(report, texts, notes)
        line = texts.joined([*partial, quiet_line(report, texts)])
        return escape(line, TEXT_LIMIT)
    first, stop = view.failing_machines(report)[0], texts.tell(labels.STOP)
    lines = [
        f"{texts.finding(report)}{stop}",
        *_partial(report, texts, notes),
        f"{texts.name(first.name)} {texts.lead(report)}",
        _numbers(report, texts),
        *_machines(report, texts, machines),
        *_hint(report, texts),
        *_advice(report, texts),
        f"{texts.scope(report)}{stop}",
        texts.tell(findings.coverage(report.coverage)),
    ]
    return escape("\n".join(lines), TEXT_LIMIT)


def quiet_line(report: Report, texts: Shown) -> str:
    """Say in one line that nothing failed, and how many executions did in the period before."""
    before = report.before.period.unsuccessful if report.before else 0
    was = texts.tell(past.failed_before(before, view.length(report)))
    return texts.joined([texts.quiet(report), was])


def numbers(report: Report, texts: Shown) -> tuple[tuple[str, int, int | None], ...]:
    """Give the four numbers: label, value, and the period before's, None where not known."""
    totals, before = report.totals, report.before
    was = before.period if before else None
    attempts = sum(map(view.failed_attempts, report.machines))
    return (
        (texts.tell(labels.FAILED), totals.failed, was.failed if was else None),
        (texts.tell(labels.TIMED_OUT), totals.timed_out, was.timed_out if was else None),
        (texts.tell(labels.ABORTED), totals.aborted, was.aborted if was else None),
        (texts.tell(labels.FAILED_ATTEMPTS), attempts, before.failed_attempts if before else None),
    )


def machine_counted(machine: MachineReport, report: Report, texts: Shown) -> str:
    """Say how many of a machine's executions failed, and how that changed."""
    failed = machine.unsuccessful
    counted = texts.tell(findings.machine_failures(failed, view.executions_of(report, machine)))
    before = report.before.machines.get(machine.arn) if report.before else None
    if before is None:
        return counted
    moved = past.moved(failed, before.unsuccessful, view.length(report))
    return f"{counted} ({texts.tell(moved)})"


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
    return [f"{texts.tell(labels.PARTIAL)} {missing}"] if missing else []


def _numbers(report: Report, texts: Shown) -> str:
    length = view.length(report)
    told = (
        f"{label}: {texts.tell(past.number_and_before(now, before, length))}"
        for label, now, before in numbers(report, texts)
    )
    return f"{texts.tell(labels.SEMICOLON).join(told)}{texts.tell(labels.STOP)}"


def _machines(report: Report, texts: Shown, limit: int) -> list[str]:
    failing = view.failing_machines(report)
    lines = [f"• {_machine(machine, report, texts)}" for machine in failing[1:limit]]
    if hidden := failing[limit:]:
        failures = sum(machine.unsuccessful for machine in hidden)
        lines.append(f"• {texts.tell(counts.more_machines(len(hidden), failures))}")
    return lines


def _machine(machine: MachineReport, report: Report, texts: Shown) -> str:
    main = view.main_cause(machine)
    why = texts.main_cause(machine, main) if main else texts.tell(labels.CAUSES_NOT_READ)
    counted = machine_counted(machine, report, texts)
    return f"{texts.name(machine.name)}: {counted}{texts.tell(labels.COMMA)}{why}"


def _hint(report: Report, texts: Shown) -> list[str]:
    """The first hint: who only hears the message must not miss it."""
    names = view.machine_names(report)
    heads = ((texts.hint_title(each, names[each.machine_arn]), each) for each in report.hints[:1])
    return [
        f"{texts.tell(labels.HINTS)}: {head}{texts.after_stop(texts.hint(hint))}"
        for head, hint in heads
    ]


def _advice(report: Report, texts: Shown) -> list[str]:
    total = view.unhinted(report, texts.table, hints=1)
    if total is None:
        return []
    told = f"{texts.title(total.cause)}: {texts.advice(total.cause)}"
    return [f"{texts.tell(labels.WHAT_TO_DO)}: {told}"]
