"""A report's text made safe and short enough for a message or a screen, in plain words.

Every face takes names, causes and notes from here, so that none forgets to clean them.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import reduce
from operator import itemgetter

from sfn_digest.causes import noun
from sfn_digest.i18n.message import Message
from sfn_digest.i18n.sanitize import clean
from sfn_digest.i18n.translator import Translator
from sfn_digest.model.executions import Coverage
from sfn_digest.model.recoveries import HandledReport
from sfn_digest.model.report import FailureReport, Hint, Report
from sfn_digest.report import presenter as view
from sfn_digest.report.presenter import NO_REASON
from sfn_digest.report.wording import findings, labels, leading_sentences, quantities

NAME_LIMIT = 80
"""The longest name of a state machine, a state or an execution."""
ERROR_LIMIT = 80
TITLE_LIMIT = 48
ADVICE_LIMIT = 240
NOTE_LIMIT = 240
MESSAGE_LIMIT = 200
HINT_LIMIT = 4_000
"""More than the words of any hint take: they are shown whole."""
_NEWS = 2


_GUIDES_OF: Mapping[str, frozenset[str]] = {
    "AmazonECS": frozenset({"ecs", "batch"}),
    "batch": frozenset({"batch"}),
    "emr": frozenset({"emr", "emr-serverless", "emr-containers"}),
    "glue": frozenset({"glue", "databrew"}),
    "lambda": frozenset({"lambda"}),
}
"""Whose pages a guide of AWS's has, by its name in the address; Batch runs its jobs on ECS. Guides
that are not named here fit everything."""


def _fits(address: str, integration: str) -> bool:
    """Whether a page is about the service that a cause struck, or about no service of its own."""
    owners = _GUIDES_OF.get(address.removeprefix("https://docs.aws.amazon.com/").partition("/")[0])
    return not integration or owners is None or integration in owners


@dataclass(frozen=True, slots=True)
class Shown:
    """Safe text of a report's parts in one language, with its table of causes at hand.

    `messages` are the product's own for a failure without words, by the English text.
    """

    table: view.CauseTable
    translator: Translator
    messages: Mapping[str, Message] = field(default_factory=dict)
    mentions: bool = False
    """Whether owners whose tag is a Slack ID are mentioned in Slack."""
    handles: Mapping[str, str] = field(default_factory=dict)
    """The IDs of the user groups that are mentioned by the handle in their tag."""

    def translate(self, text: str) -> str:
        """Give a message in the language; what comes from outside as it is."""
        return self.translator.translate(text)

    def number(self, value: int) -> str:
        """Give a number with thousands separators."""
        return self.translator.formats.number(value)

    def joined(self, sentences: Iterable[str]) -> str:
        """Give sentences, which were translated already, one after the other."""
        texts = [text for text in sentences if text]
        return reduce(self._then, texts) if texts else ""

    def _then(self, first: str, second: str) -> str:
        return self.translate(Message("{first} {second}", first=first, second=second))

    def together(self, phrases: Iterable[str]) -> str:
        """Join what is said of one thing, translated already."""
        texts = [text for text in phrases if text]
        return reduce(self._beside, texts) if texts else ""

    def _beside(self, first: str, second: str) -> str:
        return self.translate(Message("{first}; {second}", first=first, second=second))

    def title(self, cause: str) -> str:
        """Give a cause's title."""
        title = self.translate(view.cause_title(self.table, cause))
        return clean(title, TITLE_LIMIT) or self.translate(labels.NO_NAME)

    def advice(self, cause: str, integration: str = "") -> str:
        """Give what to do about a cause; empty where the table has nothing to say."""
        guide = self._guide(cause, integration)
        return clean(self.translate(guide.advice), ADVICE_LIMIT) if guide else ""

    def guides(self, cause: str, integrations: Iterable[str]) -> list[tuple[str, str | None]]:
        """Give what to do wherever a cause struck, each advice with AWS's page on it."""
        advices = ((self.advice(cause, each), self.url(cause, each)) for each in integrations)
        return [each for each in dict.fromkeys(advices) if each[0]]

    def _guide(self, cause: str, integration: str) -> view.CauseGuide | None:
        row = self.table.get(cause)
        return row.integrations.get(integration, row) if row else None

    def meaning(self, cause: str) -> str:
        """Give what a cause means."""
        text = self.table.get(cause)
        return clean(self.translate(text.meaning), ADVICE_LIMIT) if text else ""

    def hint_title(self, hint: Hint, machine: str) -> str:
        """Say what to change, and in which machine."""
        return f"{self.name(machine)}: {clean(self.translate(hint.title), HINT_LIMIT)}"

    def hint(self, hint: Hint) -> str:
        """Give a hint's sentences, whole."""
        return clean(self.translate(hint.text), HINT_LIMIT)

    def after_stop(self, sentence: str) -> str:
        """Give the full stop of the sentence before, and a sentence after it."""
        return self.translate(Message(". {sentence}", sentence=sentence))

    def url(self, cause: str, integration: str = "") -> str | None:
        """Give AWS's page on a cause, if there is one."""
        guide = self._guide(cause, integration)
        if guide is None or not guide.docs.startswith("https://"):
            return None
        fits = _fits(guide.docs, integration)
        return self.translator.formats.guide(guide.docs) if fits else None

    def causes(self, count: int, cause: str) -> str:
        """Name a cause in a sentence, for one or many."""
        return self.translate(noun(cause, count) or self.title(cause))

    def counted(self, cause: str, count: int) -> str:
        """Count a cause in a sentence."""
        named = self.causes(count, cause)
        return self.translate(findings.counted_cause(count, named, known=noun(cause) is not None))

    def attempts_of(self, failure: FailureReport) -> str:
        """Say what an execution's failed attempts were: how many by which cause, those that
        never ran together."""
        total, complete = view.attempts_of(failure), failure.attempts_complete
        never_ran = view.never_ran(failure)
        ran = Counter(failure.failed_attempts) - Counter(never_ran)
        if len(ran) + bool(never_ran) == 1:
            named = self._started_nothing(total, never_ran) or self.causes(total, next(iter(ran)))
            return self.translate(findings.attempts_of_one_cause(total, named, complete=complete))
        each = [(count, self.counted(cause, count)) for cause, count in ran.items()]
        if count := sum(never_ran.values()):
            each.append((count, self._started_nothing(count, never_ran, counted=True)))
        each.sort(key=itemgetter(0), reverse=True)
        return self.translate(
            findings.attempts(total, [tried for _, tried in each], complete=complete)
        )

    def _started_nothing(
        self, count: int, reasons: Mapping[str, int], *, counted: bool = False
    ) -> str:
        """Name tasks that never ran, with why in parentheses where their platform said so."""
        if not reasons:
            return ""
        named = self.counted(NO_REASON, count) if counted else self.causes(count, NO_REASON)
        if set(reasons) == {NO_REASON}:
            return named
        listed = self.translate(labels.COMMA).join(self.reasons(reasons))
        return self.translate(leading_sentences.aside(named, listed))

    def reasons(self, not_started: Mapping[str, int]) -> list[str]:
        """Count why tasks never ran."""
        return [
            self.translate(findings.for_other_reasons(count))
            if cause == NO_REASON
            else self.counted(cause, count)
            for cause, count in not_started.items()
        ]

    def hidden_by_handler(self, handled: HandledReport | None) -> str:
        """Say what the error handler hid that failed itself; empty where none did."""
        if handled is None:
            return ""
        state = self.name(handled.state) if handled.state else None
        cause = self.translate(findings.cause_in(self.title(handled.cause), state))
        detail = self.detail(handled.error, handled.message)
        return self.translate(findings.hidden_by_handler(cause, detail))

    def name(self, text: str) -> str:
        """Give a machine's, state's or execution's name, safe to show."""
        return clean(text, NAME_LIMIT) or self.translate(labels.NO_NAME)

    def detail(self, error: str, message: str) -> str:
        """Give the error's name and what was said, without saying the same twice."""
        lead = f"{error}: " if error and message.startswith(f"{error}: ") else ""
        text = message.removeprefix(lead)
        said = clean(f"{lead}{self.translate(self.messages.get(text, text))}", MESSAGE_LIMIT)
        named = clean(error, ERROR_LIMIT)
        return said if named in said else f"{named}: {said}" if said else named

    def partial(self, report: Report, limit: int) -> str:
        """Say what is missing, with at most `limit` notes; empty where data are complete."""
        read = report.coverage
        if read.complete:
            return ""
        missing = self.translate(findings.partial(read, len(report.machines)))
        said = self.joined([missing, *self._notes(read.left_out, limit)])
        return said or self.translate(Message("some data was left out."))

    def remarks(self, read: Coverage, limit: int) -> list[str]:
        """Give the first notes on how the report was made, and how many more there are.

        Those that say what is missing lead the report instead; see `partial`.
        """
        return self._notes([note for note in read.notes if note not in read.left_out], limit)

    def _notes(self, notes: Sequence[Message], limit: int) -> list[str]:
        safe = (clean(self.translate(note), NOTE_LIMIT) for note in notes)
        kept = [note for note in safe if note]
        left = len(kept) - limit
        more = [f"({self.translate(quantities.more_notes(left))})"] if left > 0 else []
        return [*kept[:limit], *more]

    def place(self, report: Report) -> str:
        """Say which account and Region were read."""
        alias = clean(report.account_alias or "", NAME_LIMIT)
        return self.translate(findings.place(report.account_id, report.region, alias))

    def scope(self, report: Report) -> str:
        """Say which account and Region were read, and for which window."""
        window = findings.window(report.window)
        return self.translate(Message("{place}, {window}", place=self.place(report), window=window))

    def quiet(self, report: Report) -> str:
        """Say in one line that nothing failed, where, and when."""
        machines = len(report.machines)
        said = (
            findings.quiet(report.totals.executions, machines)
            if report.coverage.complete
            else findings.quiet_but_partial(machines)
        )
        scope = Message("{scope}.", scope=self.scope(report))
        return self.joined([self.translate(said), self.translate(scope)])
