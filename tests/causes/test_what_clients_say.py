"""What clients of servers, of services and of the system say of what they met."""

import pytest

from tests.causes.make import named, raised


def told(error: str, words: str) -> tuple[str, str]:
    diagnosis = named(error, raised(error, words), "lambda", "LambdaFunctionFailed")
    return diagnosis.cause, diagnosis.nature


@pytest.mark.parametrize(
    ("words", "cause"),
    [
        ("<AioRpcError:\n\tstatus = StatusCode.UNAVAILABLE\n\tdetails = 'so'", "service_error"),
        ("<RpcError:\n\tstatus = StatusCode.NOT_FOUND\n\tdetails = 'so'>", "resource_not_found"),
        ('Status(StatusCode="Unavailable", Detail="so it is")', "service_error"),
        ('Status(StatusCode="DeadlineExceeded", Detail="so it is")', "timeout_task"),
    ],
)
def test_a_state_of_grpc_is_read_however_a_client_writes_it(words: str, cause: str) -> None:
    assert told("RpcError", words)[0] == cause


def test_a_status_that_an_author_wrote_behind_his_request_is_read() -> None:
    assert told("Exception", "API error 404") == ("dependency_http_4xx", "permanent")
    assert told("Exception", "GET https://x.example/orders: 503")[0] == "dependency_http_5xx"
    assert told("Exception", "Failed to fetch orders: 429")[0] in (
        "throttling",
        "dependency_http_4xx",
    )


def test_a_number_that_is_no_status_is_none() -> None:
    for words in ("Loaded orders: 404", "API error 4040", "order 503 is late"):
        assert told("Exception", words) == ("code_error", "depends"), words


def test_words_of_other_languages_do_not_outweigh_a_name_that_tells() -> None:
    assert told("OrderNotFoundException", "权限")[0] == "resource_not_found"
    assert told("TimeoutError", "订单不存在")[0] == "timeout_task"


@pytest.mark.parametrize(
    ("words", "cause", "nature"),
    [
        ("[Errno 98] Adresse wird bereits verwendet", "network", "depends"),
        ("listen EADDRINUSE: address already in use :::8080", "network", "depends"),
        ("[Errno 104] Verbindung beendet", "network", "transient"),
        ("[Errno 111] Verbindung verweigert", "network", "depends"),
        ("[Errno 17] Datei existiert", "data_condition", "permanent"),
        ("[Errno 18] So nicht: 'a' -> 'b'", "code_error", "permanent"),
        ("[Errno 36] Zu lang: 'a'", "invalid_input", "permanent"),
        ("[Errno 122] Kein Platz", "disk_full", "depends"),
    ],
)
def test_a_number_of_errno_is_read_whatever_the_language_of_its_words(
    words: str, cause: str, nature: str
) -> None:
    assert told("OSError", words) == (cause, nature)


def test_what_the_code_did_to_a_client_stays() -> None:
    for words in (
        "Operation not allowed after ResultSet closed",
        "Before start of result set",
        "org.apache.spark.SparkException: Task not serializable",
        "interface conversion: interface {} is nil, not string",
        "all goroutines are asleep - deadlock!",
    ):
        assert told("Error", words) == ("code_error", "permanent"), words


def test_data_whose_check_sum_is_wrong_stays_wrong() -> None:
    assert told("zipfile.BadZipFile", "Bad CRC-32 for file 'a.csv'") == (
        "data_condition",
        "permanent",
    )


@pytest.mark.parametrize(
    ("body", "cause"),
    [
        ('{"error":{"code":"TooManyRequests","message":"So it is."}}', "throttling"),
        ('{"Title":"No","Status":401,"Detail":"So it is"}', "permission"),
        ('{"errors":{"email":["has already been taken"]}}', "data_condition"),
        ('{"Fault":{"Error":[{"Message":"Duplicate Number Error","code":"6"}]}}', "data_condition"),
        ('[{"errorCode":"UNABLE_TO_LOCK_ROW","message":"so it is"}]', "resource_busy"),
    ],
)
def test_of_a_services_answer_its_code_status_and_fields_tell(body: str, cause: str) -> None:
    assert told("Error", body)[0] == cause


def test_a_snowflake_number_is_read_whatever_its_words() -> None:
    words = "002002 (42710): SQL compilation error: so it is"
    assert told("snowflake.connector.errors.ProgrammingError", words)[0] == "data_condition"


def test_what_a_mail_library_says_of_a_reply_is_read_as_one() -> None:
    assert told("Error", "Message failed: 550 so it is")[1] == "depends"
    assert told("Error", "Data command failed: 421 so it is")[1] == "transient"
    assert told("Error", "Command failed: convert -resize 421 so.png") == ("code_error", "depends")
    assert told("Error", "Greeting never received") == ("network", "depends")


def test_a_service_that_no_program_registered_is_a_fault_in_the_code() -> None:
    for words in (
        "Unable to resolve service for type 'Press' while attempting to activate 'Shop'.",
        "Error creating bean with name 'press': so it is",
        "thread 'main' panicked at src/main.rs:2:5: so it is",
    ):
        assert told("Exception", words) == ("code_error", "permanent"), words
    refused = "Error creating bean with name 'press': Connection refused"
    assert told("BeanCreationException", refused) == ("network", "depends")


@pytest.mark.parametrize(
    ("body", "cause"),
    [
        ('{"errorSummary":"Not found: Resource not found: 7"}', "resource_not_found"),
        (
            '{"error":{"message":{"lang":"en","value":"Order is locked by user A"}}}',
            "resource_busy",
        ),
        ('{"message":"No.","details":[{"description":"already captured"}]}', "code_error"),
        ('{"message":"No.","errorType":"RATE_LIMIT"}', "throttling"),
        ('{"response":{"errors":[{"message":"Invalid token provided"}]}}', "permission"),
        ('{"errors":{"field":"cannot be set"}}', "invalid_input"),
    ],
)
def test_a_services_words_are_found_wherever_its_answer_has_them(body: str, cause: str) -> None:
    assert told("Error", body)[0] == cause


@pytest.mark.parametrize(
    ("words", "cause", "nature"),
    [
        ("Migrations are pending. So it is.", "code_error", "permanent"),
        ("Error acquiring the state lock\n\nThe conditional request failed", "resource_busy", None),
        ("hyper::Error(IncompleteMessage)", "network", "transient"),
        ("missing field `id` at line 1 column 25", "invalid_input", "permanent"),
        ("Signature validation failed. SAML Response rejected", "permission", "permanent"),
        ("Code: 252. DB::Exception: Too many parts (300).", "throttling", "transient"),
        ("prompt is too long: 9 tokens > 8 maximum", "payload_too_large", "permanent"),
    ],
)
def test_a_clients_own_words_are_believed_over_words_that_stand_beside_them(
    words: str, cause: str, nature: str | None
) -> None:
    found = told("Error", words)
    assert found[0] == cause
    assert nature is None or found[1] == nature


@pytest.mark.parametrize(
    ("body", "cause"),
    [
        ('{"title":"Rate Limit Hit","detail":"Please wait"}', "throttling"),
        ('{"code":"42501","hint":null,"message":"so it is"}', "permission"),
        ('{"error":{"code":503,"message":"so it is"}}', "dependency_http_5xx"),
        ('{"code":"no","message":"So it is","data":{"status":429}}', "throttling"),
        ('{"errors":[{"code":"AccessDenied","message":"So it is"}]}', "permission"),
        ('{"err":"Press not found"}', "resource_not_found"),
        ('{"error_summary":"path/not_found/.."}', "resource_not_found"),
        ('{"message":"Cannot query field: so it is"}', "invalid_input"),
        ('{"err_code":"ASR_PAYMENT_REQUIRED","err_msg":"So it is"}', "service_quota"),
        ('{"error":"insufficient_space"}', "disk_full"),
    ],
)
def test_titles_states_statuses_and_short_keys_of_answers_are_read(body: str, cause: str) -> None:
    assert told("Error", body)[0] == cause


def test_an_access_token_that_expired_may_be_renewed() -> None:
    assert told("AuthError", "AuthError('x', AuthError('expired_access_token', None))") == (
        "permission",
        "depends",
    )


def test_what_is_not_complete_may_lack_something_or_may_not_have_ended_yet() -> None:
    assert told("Error", "The form is not complete. So it is.") == ("resource_busy", "depends")
    assert told("Error", "The job is not complete yet.") == ("resource_busy", "transient")


@pytest.mark.parametrize(
    ("words", "cause"),
    [
        ('{"fault":{"faultstring":"Spike arrest violation. Allowed: 9"}}', "throttling"),
        ('{"fault":{"faultstring":"Rate limit quota violation."}}', "throttling"),
        ('{"fault":{"faultstring":"Invalid ApiKey","detail":{"errorcode":"a.b"}}}', "permission"),
        ("Authorization has been denied for this request.", "permission"),
        ("Retry limit exceeded: so it is", "code_error"),
        ("Retry limit exceeded: Rate exceeded", "throttling"),
    ],
)
def test_what_gateways_and_retriers_say_is_read_for_what_it_is_about(
    words: str, cause: str
) -> None:
    assert told("Exception", words)[0] == cause


def test_a_mail_server_that_was_asked_too_often_is_throttling() -> None:
    words = "(454, b'4.7.0 Too many login attempts, please try again later.', 'a')"
    assert told("SMTPSenderRefused", words) == ("throttling", "transient")


def test_a_run_of_databricks_that_failed_is_no_failure_of_databricks() -> None:
    said = "Workload failed, see run output for details"
    failed = f"Run failed: {{'life_cycle_state': 'INTERNAL_ERROR', 'state_message': '{said}'}}"
    assert told("Exception", failed) == ("code_error", "depends")
    shown = named("Exception", raised("Exception", failed), "lambda").message
    assert said in shown


def test_an_executor_that_its_task_ended_was_not_lost_with_its_host() -> None:
    words = "ExecutorLostFailure (executor 1 exited caused by one of the running tasks) Reason: {}"
    ended = words.format("Command exited with code 10")
    assert told("Py4JJavaError", ended) == ("code_error", "depends")


def test_a_class_that_another_cannot_be_cast_to_is_a_fault_of_the_code() -> None:
    words = "class a.b.DeleteFromTable cannot be cast to class c.d.DeleteCommand (a is unnamed)"
    assert told("ClassCastException", words) == ("code_error", "permanent")
    assert told("Py4JJavaError", words) == ("code_error", "permanent")


def test_a_token_that_has_expired_may_be_renewed_whatever_the_code_beside_it_says() -> None:
    for code in ("Unauthorized", "PERMISSION_DENIED", "invalid_auth"):
        words = f'{{"code":"{code}","message":"The access token has expired"}}'
        assert told("Exception", words) == ("permission", "depends"), code
        words = f'{{"code":"{code}","message":"The access token is not yours"}}'
        assert told("Exception", words) == ("permission", "permanent"), code


@pytest.mark.parametrize(
    ("error", "words", "cause"),
    [
        ("Exception", "Ink pool is full", "concurrency_limit"),
        ("Exception", "The certificate is not yet valid", "network"),
        ("System.Threading.Tasks.TaskCanceledException", "A task was canceled.", "timeout_task"),
        ("TaskCanceledException", "Connection reset", "network"),
    ],
)
def test_what_clients_say_of_pools_certificates_and_canceled_tasks_is_read(
    error: str, words: str, cause: str
) -> None:
    assert told(error, words)[0] == cause
