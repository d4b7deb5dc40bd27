"""What things are called, which tells nothing of what happened to them."""

import pytest

from tests.causes.make import named, raised


def told(error: str, words: str) -> tuple[str, str]:
    diagnosis = named(error, raised(error, words), "lambda", "LambdaFunctionFailed")
    return diagnosis.cause, diagnosis.nature


@pytest.mark.parametrize(
    ("words", "cause"),
    [
        ("Table 'shop.deadlock_log' doesn't exist", "resource_not_found"),
        ('relation "connection_reset_log" does not exist', "resource_not_found"),
        ("Invalid value for parameter 'rate_limit': must be greater than 0", "invalid_input"),
        ('unrecognized configuration parameter "deadlock_timeou"', "invalid_input"),
        ('json: unknown field "connection_timeout"', "invalid_input"),
        ("unknown flag: --timeout-after", "invalid_input"),
        ('"timeout" must be a number', "invalid_input"),
    ],
)
def test_what_a_thing_is_called_is_no_evidence_that_something_passes(
    words: str, cause: str
) -> None:
    for error in ("Exception", "ValidationError"):
        assert told(error, words) == (cause, "permanent"), error


def test_a_name_in_a_field_that_cannot_be_read_tells_nothing() -> None:
    for words in ("Field 'retry_after' so it is", "Unknown status 'IN_PROGRESS_RETRY'"):
        assert told("Exception", words) == ("code_error", "depends"), words


def test_a_state_that_was_met_still_tells() -> None:
    assert told("Exception", "It ended with status 'THROTTLED'")[0] == "throttling"
    assert told("Exception", "{'error': 'rate_limited'}") == ("throttling", "transient")


def test_the_class_or_key_that_is_missing_is_not_what_happened() -> None:
    assert told("java.lang.ClassNotFoundException", "net.ConnectionResetHandler") == (
        "code_error",
        "permanent",
    )
    assert told("KeyError", "'ECONNRESET'") == ("code_error", "permanent")


def test_what_is_refused_for_good_is_not_tried_again() -> None:
    assert told("Exception", "User is locked out permanently") == ("permission", "permanent")
    assert told("Exception", "Service unavailable for legal reasons")[1] == "permanent"
    assert told("Exception", "Account temporarily suspended") == ("permission", "depends")
    assert told("Exception", "certificate expired on May 1") == ("network", "depends")
