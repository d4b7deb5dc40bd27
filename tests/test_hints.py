"""Hints of a report: whose definitions are read, and what is said of the others."""

from dataclasses import replace
from typing import TYPE_CHECKING, cast

from sfn_digest.hints import MOST_MACHINES, read_hints
from sfn_digest.records import Failure
from tests.report import made

if TYPE_CHECKING:
    from sfn_digest.account import Account


class OneState:
    """An account in which every machine is one Succeed, and some are denied."""

    def __init__(self, *denied: str) -> None:
        self.asked: list[str] = []
        self.denied = denied

    def definition(self, arn: str) -> str | None:
        self.asked.append(arn)
        if arn in self.denied:
            return None
        return '{"StartAt": "A", "States": {"A": {"Type": "Succeed"}}}'


def failure(machine: str, number: int) -> Failure:
    of = made.failure(made.SCORES, number, made.SPOT, (made.SPOT,))
    return replace(of, execution=replace(of.execution, machine_arn=machine))


def test_only_machines_that_failed_have_their_definition_read() -> None:
    account = OneState("arn:b")
    failures = [failure("arn:a", 1), failure("arn:b", 2), failure("arn:a", 3)]
    assert read_hints(cast("Account", account), failures, made.WINDOW) == ((), ())
    assert account.asked == ["arn:a", "arn:b"]


def test_beyond_the_machines_with_most_failures_a_note_says_how_many_are_left_out() -> None:
    account = OneState()
    failures = [failure(f"arn:{n:03}", n) for n in range(MOST_MACHINES + 3)]
    failures.append(failure("arn:042", 999))
    hints, notes = read_hints(cast("Account", account), failures, made.WINDOW)
    assert hints == ()
    assert len(account.asked) == MOST_MACHINES
    assert account.asked[0] == "arn:042"
    (note,) = notes
    assert note.startswith("Hints were looked for in the 40 state machines with most failures; 3 ")
