"""A Slack message's top-level text: what notifications and screen readers read."""

from sfn_digest.report import view
from sfn_digest.report.model import MachineReport, Report
from sfn_digest.report.shown import Shown

TEXT_LIMIT = 3_000
"""Characters of `text` that Slack shows without cutting it."""

_ENTITIES = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}


def summary(report: Report, texts: Shown, *, machines: int, notes: int) -> str:
    """Give the whole finding in plain lines, escaped for mrkdwn."""
    if not report.totals.unsuccessful:
        return escape(" ".join([*_partial(report, texts, notes), texts.quiet(report)]), TEXT_LIMIT)
    first = view.failing_machines(report)[0]
    totals = report.totals
    lines = [
        f"{texts.finding(report)}.",
        *_partial(report, texts, notes),
        f"{texts.name(first.name)} {texts.lead(report)}",
        texts.words.breakdown(totals.failed, totals.timed_out, totals.aborted),
        *_machines(report, texts, machines),
        *_hint(report, texts),
        *_advice(report, texts),
        f"{texts.scope(report)}.",
        texts.words.coverage(report.coverage),
    ]
    return escape("\n".join(lines), TEXT_LIMIT)


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


def _machines(report: Report, texts: Shown, limit: int) -> list[str]:
    failing = view.failing_machines(report)
    lines = [f"• {_machine(machine, texts)}" for machine in failing[1:limit]]
    if hidden := failing[limit:]:
        failures = sum(machine.unsuccessful for machine in hidden)
        lines.append(f"• {texts.words.more_machines(len(hidden), failures)}")
    return lines


def _machine(machine: MachineReport, texts: Shown) -> str:
    executions = machine.succeeded + machine.unsuccessful
    counted = texts.words.machine_failures(machine.unsuccessful, executions)
    main = view.main_cause(machine)
    why = texts.main_cause(machine, main) if main else texts.words.CAUSES_NOT_READ
    return f"{texts.name(machine.name)}: {counted}, {why}"


def _hint(report: Report, texts: Shown) -> list[str]:
    """The first hint: who only hears the message must not miss it."""
    names, heading = view.machine_names(report), texts.words.HINTS
    return [
        f"{heading}: {texts.hint_title(hint, names[hint.machine_arn])}. {texts.hint(hint)}"
        for hint in report.hints[:1]
    ]


def _advice(report: Report, texts: Shown) -> list[str]:
    causes = [total.cause for total in view.cause_totals(report) if texts.advice(total.cause)]
    return [
        f"{texts.words.WHAT_TO_DO}: {texts.title(cause)}: {texts.advice(cause)}"
        for cause in causes[:1]
    ]
