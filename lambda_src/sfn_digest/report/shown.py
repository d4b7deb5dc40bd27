"""A report's text made safe and short enough for a message or a screen, in plain words.

Every face takes names, causes and notes from here, so that none forgets to clean them.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from sfn_digest.i18n.english import Words
from sfn_digest.i18n.sanitize import clean
from sfn_digest.model.executions import Coverage
from sfn_digest.model.report import FailureReport, Hint, MachineReport, Report
from sfn_digest.report import presenter as view

NAME_LIMIT = 64
ERROR_LIMIT = 80
TITLE_LIMIT = 48
ADVICE_LIMIT = 240
NOTE_LIMIT = 240
MESSAGE_LIMIT = 200
HINT_LIMIT = 400
_NEWS = 2


@dataclass(frozen=True, slots=True)
class Shown:
    """Safe text of a report's parts in one language, with its table of causes at hand.

    `messages` are the product's own for a failure without words, by the English text.
    """

    table: view.CauseTable
    words: Words
    messages: Mapping[str, str] = field(default_factory=dict)

    def title(self, cause: str) -> str:
        """Give a cause's title."""
        return clean(view.cause_title(self.table, cause), TITLE_LIMIT) or self.words.NO_NAME

    def advice(self, cause: str) -> str:
        """Give what to do about a cause; empty where the table has nothing to say."""
        text = self.table.get(cause)
        return clean(text.advice, ADVICE_LIMIT) if text else ""

    def meaning(self, cause: str) -> str:
        """Give what a cause means."""
        text = self.table.get(cause)
        return clean(text.meaning, ADVICE_LIMIT) if text else ""

    def hint_title(self, hint: Hint, machine: str) -> str:
        """Say what to change, and in which machine."""
        return f"{self.name(machine)}: {clean(self.words.said(hint.title), ADVICE_LIMIT)}"

    def hint(self, hint: Hint) -> str:
        """Give a hint's sentences, whole where they are of the usual length."""
        return clean(self.words.said(hint.text), HINT_LIMIT)

    def url(self, cause: str) -> str | None:
        """Give AWS's page on a cause, if there is one."""
        text = self.table.get(cause)
        return text.docs if text and text.docs.startswith("https://") else None

    def causes(self, count: int, cause: str) -> str:
        """Name a cause in a sentence, for one or many."""
        return self.words.causes(count, cause, self.title(cause))

    def attempts_of(self, failure: FailureReport) -> str:
        """Say what an execution's failed attempts were: how many by which cause."""
        total, complete = view.attempts_of(failure), failure.attempts_complete
        if len(failure.failed_attempts) == 1:
            named = self.causes(total, next(iter(failure.failed_attempts)))
            return self.words.attempts_of_one_cause(total, named, complete=complete)
        each = [
            self.words.counted_cause(count, cause, self.title(cause))
            for cause, count in failure.failed_attempts.items()
        ]
        return self.words.attempts(total, each, complete=complete)

    def finding(self, report: Report) -> str:
        """Say in one line what was found."""
        totals = report.totals
        first = next(iter(view.cause_totals(report)), None)
        leads = first is not None and 2 * first.executions >= totals.incidents
        mostly = self.causes(first.executions, first.cause) if first and leads else None
        wholly = first is not None and first.executions == totals.incidents
        executions = totals.executions if report.coverage.executions_counted else None
        words, before = self.words, report.before
        said = words.finding(totals.unsuccessful, executions, mostly, wholly=wholly)
        if before is None or not before.period.executions:
            return said
        was = before.period.unsuccessful
        return f"{said}{words.COMMA}{words.grown(totals.unsuccessful, was, view.length(report))}"

    def main_cause(self, machine: MachineReport, main: view.MainCause) -> str:
        """Say how many of a machine's failures its main cause brought."""
        named = self.causes(main.executions, main.cause)
        return self.words.brought(main.executions, machine.unsuccessful, named)

    def lead(self, report: Report) -> str:
        """Say who failed most and why, after the machine's name."""
        machine = view.failing_machines(report)[0]
        main = view.main_cause(machine)
        words = self.words
        said = words.leader(machine.unsuccessful, report.totals.unsuccessful)
        if main:
            said = f"{said}{words.COMMA}{self.main_cause(machine, main)}"
        if main and main.state:
            said = f"{said}{words.in_state(elsewhere=main.elsewhere)}{self.name(main.state)}"
        before = view.cause_before(report, machine, main.cause) if main else None
        if before is not None:
            said = f"{said} ({words.cause_since(before, view.length(report))})"
        failing = len(view.failing_machines(report))
        failed = words.machines_with_failures(failing, len(report.machines))
        said = f"{said}{words.SEMICOLON}{failed}{words.STOP}"
        repeated = report.totals.unsuccessful - report.totals.incidents
        told = [said, *([words.repeated(repeated)] if repeated else []), *self._news(report)]
        return words.SPACE.join(told)

    def _news(self, report: Report) -> list[str]:
        """Name the causes that are new, at most two."""
        names, found = view.machine_names(report), view.new_causes(report)
        told = [
            (self.causes(number, cause), self.name(names.get(arn, view.execution_name(arn))))
            for arn, cause, number in found[:_NEWS]
        ]
        return [self.words.news(told, len(found) - len(told))] if told else []

    def name(self, text: str) -> str:
        """Give a machine's, state's or execution's name, safe to show."""
        return clean(text, NAME_LIMIT) or self.words.NO_NAME

    def detail(self, error: str, message: str) -> str:
        """Give the error's name and what was said, without saying the same twice."""
        lead = f"{error}: " if error and message.startswith(f"{error}: ") else ""
        text = message.removeprefix(lead)
        said = clean(f"{lead}{self.messages.get(text, text)}", MESSAGE_LIMIT)
        named = clean(error, ERROR_LIMIT)
        return said if named in said else f"{named}: {said}" if said else named

    def partial(self, report: Report, limit: int) -> str:
        """Say what is missing, with at most `limit` notes; empty where data are complete."""
        read = report.coverage
        if read.complete:
            return ""
        missing = self._notes(read.left_out, limit)
        return self.words.partial(read, len(report.machines), missing)

    def remarks(self, read: Coverage, limit: int) -> list[str]:
        """Give the first notes on how the report was made, and how many more there are.

        Those that say what is missing lead the report instead; see `partial`.
        """
        return self._notes([note for note in read.notes if note not in read.left_out], limit)

    def _notes(self, notes: Sequence[str], limit: int) -> list[str]:
        safe = (clean(self.words.said(note), NOTE_LIMIT) for note in notes)
        told = [note for note in safe if note]
        left = len(told) - limit
        return [*told[:limit], f"({self.words.more_notes(left)})"] if left > 0 else told

    def place(self, report: Report) -> str:
        """Say which account and Region were read."""
        alias = clean(report.account_alias or "", NAME_LIMIT)
        return self.words.place(report.account_id, report.region, alias)

    def scope(self, report: Report) -> str:
        """Say which account and Region were read, and for which window."""
        return f"{self.place(report)}{self.words.COMMA}{self.words.window(report.window)}"

    def quiet(self, report: Report) -> str:
        """Say in one line that nothing failed, where, and when."""
        words, machines = self.words, len(report.machines)
        said = (
            words.quiet(report.totals.executions, machines)
            if report.coverage.complete
            else words.quiet_but_partial(machines)
        )
        return f"{said}{words.SPACE}{self.scope(report)}{words.STOP}"
