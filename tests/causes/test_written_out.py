"""What objects say that a message has as Python or Java writes them, for people to read."""

import pytest

from tests.causes.make import named, raised


def shown(words: str, error: str = "Exception") -> str:
    return named(error, raised(error, words), "lambda", "LambdaFunctionFailed").message


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ('KafkaError{code=_TRANSPORT,val=-195,str="It\'s so"}', "KafkaError: _TRANSPORT: It's so"),
        (
            "The server responded with: {'ok': False, 'error': 'channel_not_found'}",
            "The server responded with: channel_not_found",
        ),
        (
            "Response content: [{'message': \"No column\\n 'Foo'\", 'errorCode': 'BAD_FIELD'}]",
            "Response content: [BAD_FIELD: No column 'Foo']",
        ),
        (
            "('None left', {'10.0.1.4:9042': ConnectionRefusedError(111, \"So: refused\")})",
            "('None left', ConnectionRefusedError: So: refused)",
        ),
        (
            "Error code: 400 - {'error': {'message': \"This model's limit is 9\", 'param': 'x'}}",
            "Error code: 400 - This model's limit is 9",
        ),
        ("returned {'value': 'secret', 'id': 'A7'}", "returned {\u2026}"),
    ],
)
def test_of_an_object_that_is_no_json_its_code_and_words_are_shown(words: str, told: str) -> None:
    assert shown(words) == f"Exception: {told}"


def test_breaks_that_python_wrote_as_letters_are_none() -> None:
    assert shown("(229, b'Not so.\\nMessage 20018:\\nNo\\n')") == (
        "Exception: (229, b'Not so. Message 20018: No ')"
    )


def test_what_is_denied_is_shown_where_it_is_named_after_the_policy() -> None:
    role = f"arn:aws:sts::123456789012:assumed-role/{'r' * 60}/run"
    denied = (
        f"User: {role} is not authorized to perform: es:ESHttpPost because no resource-based "
        f"policy allows the es:ESHttpPost action on resource: arn:aws:es:eu-west-1:1:domain/orders"
    )
    assert "domain/orders" in shown(f"AuthorizationException(403, '{denied}')")


def test_what_spark_says_behind_a_call_of_java_is_told_by_its_name() -> None:
    words = "An error occurred while calling o9.load.\n: java.nio.file.AccessDeniedException: a/b"
    assert shown(words) == "java.nio.file.AccessDeniedException: a/b"


def test_codes_in_objects_keep_failures_apart() -> None:
    one, other = (
        named("E", raised("E", f"Responded with: {{'error': '{code}', 'at': 1}}"), "lambda").group
        for code in ("channel_not_found", "user_not_found")
    )
    assert one != other


def test_versions_of_a_quoted_name_stay_apart() -> None:
    one, other = (
        named("E", raised("E", f'relation "orders_v{number}" is late'), "lambda").group
        for number in (1, 2)
    )
    assert one != other


def test_of_json_its_code_is_shown_before_its_words() -> None:
    assert shown('{"error":{"code":"ItemLocked","message":"So it is."}}') == (
        "Exception: ItemLocked: So it is."
    )
    assert shown('{"errors":{"email":["has been taken"]}}') == "Exception: email: has been taken"
