"""What libraries, drivers and other people's services say, each in its own words and codes."""

import json

import pytest

from tests.causes.make import named, raised


def told(error: str, words: str) -> tuple[str, str]:
    diagnosis = named(error, raised(error, words), "lambda", "LambdaFunctionFailed")
    return diagnosis.cause, diagnosis.nature


@pytest.mark.parametrize(
    ("words", "cause", "nature"),
    [
        ("ORA-28001: das Kennwort ist verfallen", "permission", "permanent"),
        ("ORA-06512: at line 3\nORA-00018: Anzahl", "concurrency_limit", "transient"),
        ("ORA-03113: fin de fichier sur canal", "network", "transient"),
        ("(1205, 'Warten auf Sperre')", "resource_busy", "transient"),
        ("(1054, \"Spalte 'x'\")", "invalid_input", "permanent"),
        ('(18456, b"Fehler bei der Anmeldung")', "permission", "permanent"),
        ("Error 1213 (40001): Verklemmung", "resource_busy", "transient"),
        (
            "('42000', '[42000] [Microsoft][ODBC Driver][SQL Server]Nein. (229) (SQLExecDirectW)')",
            "permission",
            "permanent",
        ),
    ],
)
def test_a_databases_number_is_read_whatever_the_language_of_its_words(
    words: str, cause: str, nature: str
) -> None:
    assert told("DatabaseError", words) == (cause, nature)


def test_a_number_that_is_no_databases_says_nothing() -> None:
    for words in ("(1205 orders)", "order ORA-1 is late", "(99999, b'x')", "Error 9999: late"):
        assert told("Exception", words) == ("code_error", "depends")


@pytest.mark.parametrize(
    ("words", "cause"),
    [
        ("250001 (08001): Failed to connect. Incorrect username or password.", "permission"),
        ("000606 (57P03): No active warehouse selected in the session.", "invalid_input"),
        ("000625 (57014): the statement has locked table ORDERS", "resource_busy"),
        ("100038 (22018): it is so", "data_condition"),
    ],
)
def test_states_that_a_database_uses_as_it_likes_are_believed_after_its_words(
    words: str, cause: str
) -> None:
    assert told("ProgrammingError", words)[0] == cause


@pytest.mark.parametrize(
    "words",
    [
        "[503 Service Unavailable] during [GET] to [http://stock/items]",
        "500 Internal Server Error: [no body]",
        "Response(code=502, body='', headers={})",
        "Error code: 529 - {'type': 'error'}",
        "curl: (22) The requested URL returned error: 504",
        '503 {"note": "x"}',
        "502, message='', url='https://x.example'",
        "The remote server returned an error: (503) Server Unavailable.",
    ],
)
@pytest.mark.parametrize("error", ["Exception", "HttpServerErrorException$InternalServerError"])
def test_an_http_status_is_read_however_a_client_writes_it(error: str, words: str) -> None:
    assert told(error, words) == ("dependency_http_5xx", "transient")


def test_of_a_refused_request_the_answers_words_are_believed_over_its_status() -> None:
    words = "HTTP 400: {}"
    for said, cause in (
        ("the product is not yet ready, try again later", "resource_busy"),
        ("the details already exist", "data_condition"),
        ("too many requests", "throttling"),
        ("so it is", "dependency_http_4xx"),
    ):
        assert told("ApiException", words.format(said))[0] == cause


@pytest.mark.parametrize(
    ("words", "cause", "nature"),
    [
        ("(454, b'it is so')", "service_error", "transient"),
        ("(421, b'Too many connections')", "concurrency_limit", "transient"),
        ("{'a@b.example': (550, b'5.1.1 it is so')}", "data_condition", "permanent"),
        ("(550, b'5.7.1 it is so')", "permission", "permanent"),
        ("(552, b'5.3.4 it is so')", "payload_too_large", "permanent"),
        ("(550, b'it is so')", "data_condition", "depends"),
    ],
)
def test_a_mail_servers_4yz_passes_and_its_5yz_stays(words: str, cause: str, nature: str) -> None:
    assert told("smtplib.SMTPDataError", words) == (cause, nature)


def test_a_reply_without_a_codes_of_mail_is_read_of_mail_and_file_servers_alone() -> None:
    assert told("ftplib.error_temp", "425 it is so") == ("network", "transient")
    assert told("Exception", "room 425 is taken") == ("code_error", "depends")


@pytest.mark.parametrize(
    ("words", "cause", "nature"),
    [
        ("{'ok': False, 'error': 'channel_not_found'}", "resource_not_found", "permanent"),
        ("An API error occurred: missing_scope", "permission", "permanent"),
        ("[{'errorCode': 'UNABLE_TO_LOCK_ROW'}]", "resource_busy", "transient"),
        ("DUPLICATE_VALUE: it is so", "data_condition", "permanent"),
        ("ER_CON_COUNT_ERROR: it is so", "concurrency_limit", "transient"),
        ("UNAVAILABLE: io exception", "service_error", "transient"),
        ("rpc error: code = Unauthenticated desc = so", "permission", "depends"),
        ("{code: Neo.Some.press_in_use_dead_lock} {message: so}", "resource_busy", "transient"),
        ("[press_not_found] it is so", "resource_not_found", "permanent"),
    ],
)
def test_a_code_inside_a_message_is_looked_up_whole_and_then_by_its_parts(
    words: str, cause: str, nature: str
) -> None:
    assert told("ApiError", words) == (cause, nature)


def test_a_word_that_is_a_code_elsewhere_is_none_in_a_sentence() -> None:
    assert told("Exception", "The press is Unavailable on Mondays")[0] == "code_error"
    assert told("Exception", "see https://x.example/a_not_found/b")[0] == "code_error"


TRACE = (
    "Traceback (most recent call last):\n"
    '  File "/app/main.py", line 12, in <module>\n    run()\n'
    '  File "/app/main.py", line 8, in run\n    raise TimeoutError("access denied")\n'
)


def test_a_traceback_is_told_by_its_last_line_whatever_its_code_says() -> None:
    cause = f"{TRACE}requests.exceptions.ConnectionError: Connection reset by peer"
    diagnosis = named("JobFailed", cause, "ecs:runTask.waitForTaskToken", "TaskFailed")
    assert (diagnosis.cause, diagnosis.nature) == ("network", "transient")
    assert diagnosis.message == "requests.exceptions.ConnectionError: Connection reset by peer"


def test_of_chained_tracebacks_the_last_is_told() -> None:
    chained = f"{TRACE}KeyError: 'a'\n\nDuring handling of the above exception:\n\n{TRACE}"
    assert told("Exception", f"{chained}psycopg2.errors.DeadlockDetected: deadlock detected") == (
        "resource_busy",
        "transient",
    )


def test_the_code_in_a_traceback_that_was_cut_is_no_evidence() -> None:
    assert told("JobFailed", TRACE[:-10]) == ("code_error", "depends")
    assert told("JobFailed", f"No space left on device\n{TRACE}")[0] == "disk_full"


def test_what_wraps_a_drivers_error_and_the_statement_behind_it_are_taken_off() -> None:
    words = (
        "(psycopg2.errors.UniqueViolation) duplicate key value\n"
        "[SQL: UPDATE timeout SET note = 'access denied']\n(Background on this error at: x)"
    )
    diagnosis = named("IntegrityError", raised("sqlalchemy.exc.Error", words), "lambda")
    assert (diagnosis.cause, diagnosis.nature) == ("data_condition", "permanent")
    assert diagnosis.message == "psycopg2.errors.UniqueViolation: duplicate key value"


@pytest.mark.parametrize(
    ("words", "cause"),
    [
        ("read ECONNRESET", "network"),
        ("EPIPE: it is so", "network"),
        ("{ code: 'ENOENT' }", "resource_not_found"),
        ("open '/x': EACCES", "permission"),
        ("CodePipeline is late", "code_error"),
        ("CreateAccessKey is late", "code_error"),
        ("ItemFile and TokenFile are late", "code_error"),
    ],
)
def test_names_of_errno_are_words_and_not_letters_within_one(words: str, cause: str) -> None:
    assert told("Exception", words)[0] == cause


def test_a_file_that_is_not_found_is_no_host_that_is_not_found() -> None:
    words = "An error occurred while calling o97.count. java.io.FileNotFoundException: No such file"
    assert told("Exception", words) == ("resource_not_found", "permanent")


@pytest.mark.parametrize(
    "words",
    [
        "SSL connection has been closed unexpectedly",
        "Connection terminated unexpectedly",
        "unexpected end of stream on https://x.example/...",
        "Stream connection lost: it is so",
        "Server disconnected without sending a response.",
        'Post "https://x.example/orders": EOF',
    ],
)
def test_a_connection_that_was_lost_passes(words: str) -> None:
    for error in ("Exception", "ConnectionDoesNotExistError", "TypeError"):
        assert told(error, words) == ("network", "transient"), error


def test_a_connection_that_was_never_made_depends() -> None:
    for words in (
        "Adaptive Server connection failed",
        "Net-Lib error during Operation now in progress",
        "Error reading SSH protocol banner",
        "The connection to the server 10.0.0.1 was refused",
        "Unable to reach the press",
    ):
        assert told("Exception", words) == ("network", "depends"), words


def test_a_fault_in_the_code_is_not_hidden_by_words_of_data_or_requests() -> None:
    assert told("TypeError", "Cannot convert undefined or null to object")[0] == "code_error"
    assert told("KeyError", "'permission_denied'") == ("code_error", "permanent")


def test_a_name_that_only_says_that_a_service_failed_gives_way_to_its_words() -> None:
    assert told("press.errors.ServerException", "Table orders doesn't exist")[0] == (
        "resource_not_found"
    )
    assert told("press.ServiceUnavailable", "so it is") == ("service_error", "transient")


@pytest.mark.parametrize(
    ("words", "cause"),
    [
        ("权限不足", "permission"),
        ("连接超时", "network"),
        ("请求过于频繁,请稍后再试", "throttling"),
        ("该文件不存在", "resource_not_found"),
        ("권한이 없습니다", "permission"),
        ("데이터베이스 연결 시간이 초과되었습니다", "network"),
        ("파일을 찾을 수 없습니다", "resource_not_found"),
        ("Zugriff verweigert", "permission"),
        ("Zeitüberschreitung beim Warten", "timeout_task"),
        ("Kunde wurde nicht gefunden", "resource_not_found"),
        ("Nicht genügend Speicherplatz", "disk_full"),
        ("Nicht genügend Speicher", "out_of_memory"),
        ("Acceso denegado al archivo", "permission"),
        ("Muitas requisições", "throttling"),
        ("Impossible de se connecter au serveur", "network"),
        ("Le fichier est introuvable", "resource_not_found"),
        ("Доступ запрещён", "permission"),
        ("現在メンテナンス中です", "resource_busy"),
        ("該当する顧客は存在しない", "resource_not_found"),
        ("同時実行数の上限に達しました", "concurrency_limit"),
    ],
)
def test_words_in_other_languages_tell_the_cause(words: str, cause: str) -> None:
    assert told("Exception", words)[0] == cause


def test_what_is_missing_or_wrong_in_another_language_depends() -> None:
    for words in ("订单不存在", "参数错误", "Auftrag existiert nicht", "Formato inválido"):
        assert told("Exception", words)[1] == "depends", words


def test_a_program_that_was_killed_may_have_had_too_little_memory() -> None:
    for words in (
        "Flow run exited with non-zero status code 137.",
        "Command 'x' died with <Signals.SIGKILL: 9>.",
        "/app/run.sh: line 12:    77 Killed                  python load.py",
    ):
        assert told("Exception", words) == ("out_of_memory", "depends"), words


@pytest.mark.parametrize(
    ("answer", "cause"),
    [
        ({"errors": [{"category": "PRESS", "code": "RATE_LIMITED"}]}, "throttling"),
        ({"errors": [{"message": "No", "longMessage": "The request limit is met"}]}, "throttling"),
        ({"status": {"code": 404, "user_message": "Not there"}}, "dependency_http_4xx"),
        ({"code": "INVALID_INK_FOR_PAGE", "message": "So it is"}, "invalid_input"),
        ({"code": "UNSUPPORTED_INK", "message": "So it is"}, "invalid_input"),
        ({"code": "AuthFailed", "message": "So it is"}, "permission"),
        ({"message": "Call not properly authenticated"}, "permission"),
        ({"error": "The token seems invalid"}, "permission"),
        ({"error": "The press is currently loading"}, "resource_busy"),
        ({"message": "Maximum credits exceeded"}, "service_quota"),
        ({"message": "The page is incompatible with the press"}, "invalid_input"),
        ({"message": "Ink 7 does not match the ink of the page"}, "invalid_input"),
        ({"message": "A validation exception occurred"}, "invalid_input"),
    ],
)
def test_an_answer_of_others_is_read_by_its_code_where_its_words_say_little(
    answer: dict[str, object], cause: str
) -> None:
    diagnosis = named("Exception", raised("Exception", json.dumps(answer)), "lambda")
    assert diagnosis.cause == cause
    assert "{" not in diagnosis.message


@pytest.mark.parametrize(
    ("answer", "cause"),
    [
        ({"message": "Unauthenticated."}, "permission"),
        ({"detail": "Press credentials were not provided."}, "permission"),
        ({"message": "Ink token mismatch."}, "permission"),
        ({"message": "Access token invalid"}, "permission"),
        ({"httpCode": "401", "httpMessage": "Unauthorized"}, "permission"),
        ({"exceptionCode": "INVALID_LOGIN", "exceptionMessage": "So it is"}, "permission"),
        (
            {"Message": "Wrong.", "ModelState": {"ink": ["It must be between 1 and 9."]}},
            "invalid_input",
        ),
        ({"message": "Wrong.", "errors": {"ink": ["It already exists."]}}, "data_condition"),
        ({"message": "The request is invalid."}, "invalid_input"),
        ({"message": "The ink was not provided."}, "invalid_input"),
        ({"message": "Too many turns (10) in queue"}, "concurrency_limit"),
        ({"message": "An answer was received from the upstream server"}, "dependency_http_5xx"),
        ({"error": {"code": "PressBeingDeleted", "message": "So it is"}}, "resource_busy"),
        ({"error": {"code": "LeaseAlreadyPresent", "message": "So it is"}}, "resource_busy"),
        (
            {"message": "The size is currently not available in location 'x'"},
            "capacity_unavailable",
        ),
        ({"errors": [{"code": "MANIFEST_UNKNOWN", "message": "So"}]}, "resource_not_found"),
        ({"message": "The order is already cancelled"}, "data_condition"),
    ],
)
def test_an_answer_of_a_framework_or_a_gateway_is_read(
    answer: dict[str, object], cause: str
) -> None:
    diagnosis = named("Exception", raised("Exception", json.dumps(answer)), "lambda")
    assert diagnosis.cause == cause


def test_a_400_that_names_what_is_wrong_is_for_good_where_code_reports_it_too() -> None:
    wrong = '{"status":400,"error":{"root_cause":[{"reason":"Ink is not valid"}]}}'
    assert told("Exception", wrong) == ("dependency_http_4xx", "permanent")
    assert told("Exception", '{"status":400,"message":"So it is"}')[1] == "depends"
