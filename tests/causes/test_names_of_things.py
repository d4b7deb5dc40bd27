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
        ("The bucket acme-deadlock-logs does not exist", "resource_not_found"),
        ('strconv.Atoi: parsing "retry later": invalid syntax', "data_condition"),
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


def test_a_number_before_not_found_is_a_status_where_it_says_so() -> None:
    assert told("Exception", "Order 500 not found")[0] == "resource_not_found"
    assert told("Exception", "404 Not Found for url: x")[0] == "dependency_http_4xx"
    assert told("Exception", "Expected status 200 but got 503")[1] == "transient"
    assert told("Exception", "Expected 200 but got 503 rows") == ("code_error", "depends")


def test_variables_that_are_not_set_are_the_programs() -> None:
    for words in (
        "Environment variable THROTTLE_LIMIT is not set",
        "RateLimiter has not been initialized",
    ):
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
