"""Exception classes whose name tells the cause where the message does not."""

import pytest

from tests.causes.make import named, raised


def told(error: str, words: str = "so it is") -> tuple[str, str]:
    diagnosis = named(error, raised(error, words), "lambda", "LambdaFunctionFailed")
    return diagnosis.cause, diagnosis.nature


@pytest.mark.parametrize(
    ("error", "cause", "nature"),
    [
        ("kafka.errors.TopicAuthorizationFailedError", "permission", "permanent"),
        ("sqlalchemy.exc.DisconnectionError", "network", "transient"),
        ("aiohttp.client_exceptions.ClientConnectorError", "network", "depends"),
        ("java.sql.SQLNonTransientConnectionException", "network", "depends"),
        ("Function<Timeout::Error>", "timeout_task", "depends"),
        ("Function<Errno::EACCES>", "permission", "permanent"),
        ("*net.OpError", "network", "depends"),
        ("polly.CircuitBreaker.BrokenCircuitException", "resource_busy", "transient"),
        ("pyarrow.lib.ArrowCapacityError", "data_condition", "permanent"),
        ("java.lang.UnsupportedOperationException", "code_error", "permanent"),
        ("celery.exceptions.SoftTimeLimitExceeded", "timeout_task", "depends"),
        ("sqlalchemy.orm.exc.StaleDataError", "data_condition", "depends"),
    ],
)
def test_a_librarys_exception_class_tells_the_cause(error: str, cause: str, nature: str) -> None:
    assert told(error) == (cause, nature)


def test_the_message_of_such_a_class_is_believed_first() -> None:
    assert told("aiohttp.ClientConnectorError", "Too many requests")[0] == "throttling"
    assert told("csv.Error", "[Errno 13] Permission denied: 'a.csv'")[0] == "permission"


@pytest.mark.parametrize(
    ("error", "cause"),
    [
        ("press.errors.ConnectionLostError", "network"),
        ("press.WebTransportException", "network"),
        ("press.PoolExhaustedError", "concurrency_limit"),
        ("press.PageDeserializationError", "data_condition"),
        ("press.SqlGrammarException", "invalid_input"),
        ("press.ServerBusyException", "resource_busy"),
        ("press.OAuthError", "permission"),
        ("press.NoSuchAlgorithmException", "code_error"),
    ],
)
def test_the_parts_of_a_classs_name_tell_where_the_whole_is_not_known(
    error: str, cause: str
) -> None:
    assert told(error)[0] == cause


def test_parts_of_classes_are_not_looked_for_in_what_may_pass_or_means_something_else() -> None:
    assert told("AuthenticationTimeoutError") == ("timeout_task", "depends")
    assert told("AuthorizationServiceUnavailable")[1] == "transient"
    for error in ("ZipCodeError", "TransportOrderError", "RateConversionFailed", "PasswordError"):
        assert told(error) == ("code_error", "depends"), error


def test_parts_of_classes_tell_nothing_of_what_aws_answers() -> None:
    answer = "An error occurred (PressAlreadyClosed) when calling the Turn operation: so it is"
    assert told("ClientError", answer)[0] != "network"
