"""Databases' own codes, in words, in a tuple or in a driver's dict."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sfn_digest.causes.databases import by_state, said_by_driver
from tests.causes.make import named, raised

DICT = "{{'S': 'ERROR', 'C': '{}', 'M': {!r}, 'F': '../src/x.c', 'L': '1'}}"


@pytest.mark.parametrize(
    "text",
    [
        "ERROR: it is so (SQLSTATE {})",
        "ERROR: it is so; SQLState: {}",
        "SQLSTATE[{}]: it is so",
        "{}: it is so",
        "('{0}', '[{0}] [Microsoft] it is so')",
        "{{'S': 'ERROR', 'C': '{}', 'M': 'it is so'}}",
        "('ERROR', '{}', 'it is so', 'F: x.c')",
    ],
)
@pytest.mark.parametrize(
    ("state", "cause", "nature"),
    [
        ("40P01", "resource_busy", "transient"),
        ("42P01", "resource_not_found", "permanent"),
        ("23505", "data_condition", "permanent"),
        ("53100", "disk_full", "depends"),
        ("57014", "timeout_task", "depends"),
        ("08006", "network", "transient"),
    ],
)
def test_a_state_is_read_however_the_driver_writes_it(
    text: str, state: str, cause: str, nature: str
) -> None:
    diagnosis = named("DriverError", raised("DriverError", text.format(state)), "lambda")
    assert (diagnosis.cause, diagnosis.nature) == (cause, nature)


@pytest.mark.parametrize("state", ["XX000", "HY000", "42000", "99999"])
def test_a_state_that_tells_nothing_leaves_the_words_to_speak(state: str) -> None:
    text = DICT.format(state, "Serializable isolation violation on table - 17")
    diagnosis = named("ProgrammingError", raised("ProgrammingError", text), "lambda")
    assert (diagnosis.cause, diagnosis.nature) == ("resource_busy", "transient")


def test_the_message_and_the_detail_of_a_dict_are_shown_with_its_state() -> None:
    text = "{'S': 'ERROR', 'C': 'XX000', 'M': '1023', 'D': \"it's so on table - 7\"}"
    assert said_by_driver(text) == "1023: it's so on table - 7 (SQLSTATE XX000)"
    diagnosis = named("ProgrammingError", raised("ProgrammingError", text), "lambda")
    assert diagnosis.message == "ProgrammingError: 1023: it's so on table - 7 (SQLSTATE XX000)"


def test_quotes_and_breaks_that_a_driver_escaped_are_read() -> None:
    text = (
        r"""{'S': 'ERROR', 'C': 'XX000', 'M': 'it\'s so', 'D': '\n  ---\n  error:  no \"ink\"'}"""
    )
    assert said_by_driver(text) == 'it\'s so: --- error: no "ink" (SQLSTATE XX000)'


def test_numbers_that_are_no_states_are_none() -> None:
    for text in ("(1205, 'Lock')", "12345 orders failed", "{'C': 1}", "{'a': 'b'}"):
        assert by_state(text) is None
        assert said_by_driver(text) == ""


@given(st.text(max_size=200))
def test_no_text_makes_it_raise(text: str) -> None:
    by_state(text)
    said_by_driver(text)
