"""`sfn-digest patch --prove`: what Step Functions itself says of the old and the new Retry."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import zip_longest

from sfn_digest.aws import Account
from sfn_digest.errors import AccountError
from sfn_digest.i18n.formats import ENGLISH
from sfn_digest.model.executions import Failure
from sfn_digest.model.proof import AttemptOutcome, ProvenError
from sfn_digest.pipeline.patching import Patch
from sfn_digest.pipeline.proving import MOST_STEPS, prove
from sfn_digest.retry.hints.machine import shown

_HEADS = ("failed attempt", "as it runs", "patched")


@dataclass(frozen=True, slots=True)
class Proof:
    """The lines of a proof; `complete`: Step Functions answered all that was asked."""

    lines: tuple[str, ...]
    complete: bool = True

    @classmethod
    def of(cls, patch: Patch, failures: Sequence[Failure], account: Account) -> "Proof":
        """The proof of a patch by the errors of these failures."""
        try:
            return cls(tuple(_lines(prove(patch, failures, account.tests))))
        except AccountError as error:
            return cls((f"The patch was not proven: {error}",), complete=False)


NO_PROOF = Proof(())


def _lines(proven: Sequence[ProvenError]) -> Iterator[str]:
    if not proven:
        yield "There is nothing to prove: no error that was seen is handled otherwise."
        return
    yield "Step Functions' TestState, with these errors mocked (nothing was called):"
    for each in proven:
        yield ""
        yield from _table(each)


def _table(proven: ProvenError) -> Iterator[str]:
    yield f"{shown(proven.state)}, {shown(proven.error)}"
    rows = [
        (str(number), _said(before), _said(after))
        for number, (before, after) in enumerate(zip_longest(proven.before, proven.after), 1)
    ]
    widths = [max(map(len, column)) for column in zip(_HEADS, *rows, strict=True)]
    for row in (_HEADS, *rows):
        cells = zip(row, widths, strict=True)
        yield ("  " + "   ".join(cell.ljust(width) for cell, width in cells)).rstrip()
    if proven.cut:
        yield f"  Only the first {MOST_STEPS} attempts were asked for."


def _said(step: AttemptOutcome | None) -> str:
    if step is None:
        return ""
    if step.status == "RETRIABLE":
        wait = ENGLISH.length(step.back_off or 0)
        return f"retried after {wait} (retrier {(step.retrier or 0) + 1})"
    if step.status == "CAUGHT_ERROR":
        return f"caught: goes on to {shown(step.next or '')}"
    return "fails" if step.retrier is None else f"fails: retrier {step.retrier + 1} is exhausted"
