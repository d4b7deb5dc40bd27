"""Failures that the rules file expects: with a reason and a last day, or refused in a sentence."""

from datetime import UTC, datetime

import pytest

from sfn_digest.causes import load_rules
from sfn_digest.errors import BadRulesError

WHOLE = """
[[rule]]
error = "KeyError"
cause = "invalid_input"

[[expected]]
machine = "nightly-*"
error = "Budget.*"
reason = "Until the new contract"
until = 2026-12-31
"""


def test_an_expectation_holds_through_its_last_day() -> None:
    rules = load_rules(WHOLE)
    (expected,) = rules.expected
    assert len(rules.rules) == 1
    assert expected.until == datetime(2027, 1, 1, tzinfo=UTC)
    assert (expected.what, expected.reason) == ("Budget.*", "Until the new contract")

    def holds(machine: str, error: str) -> bool:
        return expected.holds(machine=machine, cause="data_condition", error=error, aborted=False)

    assert holds("nightly-orders", "Budget.Spent")
    assert not holds("daily-orders", "Budget.Spent")
    assert not holds("nightly-orders", "Budgets")


REASON, UNTIL = 'reason = "r"', "until = 2026-12-31"


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        (['error = "E"', UNTIL], "it needs a reason"),
        (['error = "E"', REASON], "it needs until"),
        (['error = "E"', REASON, "until = 2026-12-31T10:00:00Z"], "it needs until"),
        (['error = "E"', REASON, "until = 9999-12-31"], "it needs until"),
        ([REASON, UNTIL], "it needs error, cause or status"),
        (['cause = "x"', REASON, UNTIL], "its cause is “x”, which is none of"),
        (['status = "failed"', REASON, UNTIL], 'only "aborted" can be expected'),
        (['error = ""', REASON, UNTIL], "'error' must be text that is not empty"),
        (['colour = "red"', REASON, UNTIL], "“colour” is none of"),
    ],
)
def test_a_table_that_makes_no_sense_is_refused_with_its_line(lines: list[str], said: str) -> None:
    with pytest.raises(BadRulesError, match="table on line 1 of the rules file") as caught:
        load_rules("\n".join(["[[expected]]", *lines]))
    assert said in str(caught.value)
