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
