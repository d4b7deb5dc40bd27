"""The user's own rules: what they match, and how bad ones are refused."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sfn_digest.causes import load_rules, table
from sfn_digest.causes.globs import glob
from sfn_digest.errors import BadRequestError, BadRulesError
from tests.causes.make import child, named, raised

RULES = load_rules(
    """
    [[rule]]
    error = "Billing.*"
    contains = ["Card was declined", "no funds"]
    cause = "data_condition"
    nature = "transient"
    advice = "Ask finance."

    [[rule]]
    matches = "*no rows for * today*"
    cause = "data_condition"

    [[rule]]
    error = "KeyError"
    cause = "invalid_input"
    """
)


def test_a_rule_wins_over_what_the_product_knows_and_may_set_the_nature() -> None:
    cause = raised("Billing.Refused", "the card was DECLINED by the bank")
    diagnosis = named("Billing.Refused", cause, "lambda", rules=RULES)
    assert (diagnosis.cause, diagnosis.nature) == ("data_condition", "transient")
    assert (
        named("Other", cause.replace("Billing", "X"), "lambda", rules=RULES).nature != "transient"
    )


def test_all_conditions_of_a_rule_must_hold() -> None:
    cause = raised("Billing.Refused", "something else")
    assert named("Billing.Refused", cause, "lambda", rules=RULES).cause == "code_error"


def test_a_glob_on_the_cause_is_compared_in_any_case() -> None:
    text = "There were No Rows for orders today, again"
    assert named("E", text, "fail-state", rules=RULES).cause == "data_condition"


def test_a_rule_sees_the_error_at_the_leaf_of_a_child() -> None:
    text = child("KeyError", raised("KeyError", "'id'"))
    assert named("States.TaskFailed", text, "nested-sfn", rules=RULES).cause == "invalid_input"


def test_the_advice_of_a_rule_is_given_for_its_cause() -> None:
    advised = RULES.advised(table())
    assert advised["data_condition"].advice == "Ask finance."
    assert advised["invalid_input"] == table()["invalid_input"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[[rule]\n", "line 1"),
        ("x = 1\n", "“x”"),
        ("rule = 1\n", "“rule”"),
        ('rule = ["a"]\n', "not a table"),
        ('\n[[rule]]\nerror = "A"\ncause = "unheard_of"\n', "line 2"),
        ('[[rule]]\nerror = "A"\ncause = "unheard_of"\n', "“unheard_of”"),
        ('[[rule]]\ncause = "unknown"\n', "needs error, contains or matches"),
        ('[[rule]]\nerror = "A"\n', "cause"),
        ('[[rule]]\nerror = 1\ncause = "unknown"\n', "'error' must be text"),
        ('[[rule]]\ncontains = []\ncause = "unknown"\n', "'contains' must be text"),
        ('[[rule]]\ncontains = [""]\ncause = "unknown"\n', "'contains' must be text"),
        ('[[rule]]\nerror = "A"\ncause = "unknown"\nnature = "bad"\n', "nature"),
        ('[[rule]]\nerror = "A"\ncause = "unknown"\nregex = "a+"\n', "“regex”"),
        ('[[rule]]\nerror = "A"\ncause = ["unknown"]\n', "'cause' must be text"),
        ("[[rule]]\ncause = " + "[" * 20_000 + "]" * 20_000, "nested too deeply"),
        ("[[rule]]\ncause = " + "{a=" * 5_000 + "1" + "}" * 5_000, "nested too deeply"),
        ("a" + ".a" * 20_000 + " = 1", "nested too deeply"),
        ("[[rule]]\n" + '"a" . ' * 20_000 + "a = 1", "nested too deeply"),
        ("[" + "a." * 20_000 + "a]", "nested too deeply"),
        ("[[rule]]\n" + "\n".join(f"a{n}.b = 1" for n in range(2_000)), "“a0”"),
        ("[[rule]]\ncause = " + "9" * 5_000, "too many digits"),
        ("x" * 100_000 + " = 1", "may hold only [[rule]] and [[expected]] tables"),
        ("#" * 1_000_001, "may hold 1,000,000"),
        (
            '[[rule]]\nerror = "A"\ncause = "unknown"\n\n[[rule]]  # second\ncause = "unknown"\n',
            "line 5",
        ),
    ],
)
def test_a_rule_that_cannot_be_understood_is_refused_with_its_reason(text: str, said: str) -> None:
    with pytest.raises(BadRulesError) as refusal:
        load_rules(text)
    assert said in str(refusal.value)
    assert str(refusal.value).endswith(".")
    assert len(str(refusal.value)) < 800
    assert isinstance(refusal.value, BadRequestError)


def test_a_file_without_rules_has_none() -> None:
    assert load_rules("").rules == ()


@pytest.mark.parametrize(
    ("pattern", "text", "holds"),
    [
        ("a*c", "abbc", True),
        ("a*c", "ac", True),
        ("a*c", "acd", False),
        ("*a*b*", "xxaxxbxx", True),
        ("*a*b*", "xxbxxaxx", False),
        ("ab*ba", "aba", False),
        ("abc", "abc", True),
        ("abc", "ABC", False),
        ("*", "", True),
        ("[a]*", "[a]b", True),
    ],
)
def test_a_glob_holds_of_the_whole_text(pattern: str, text: str, *, holds: bool) -> None:
    assert glob(pattern, text) is holds


@given(st.lists(st.text("ab", max_size=4), min_size=1, max_size=5), st.text("ab", max_size=8))
def test_a_glob_holds_of_every_text_made_from_it(parts: list[str], filling: str) -> None:
    assert glob("*".join(parts), filling.join(parts))
