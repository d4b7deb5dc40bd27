import pytest
from botocore import exceptions as boto
from hypothesis import given
from hypothesis import strategies as st

from sfn_digest import errors
from sfn_digest.aws.account_errors import GoneError, StaleTokenError
from sfn_digest.aws.api import Api
from sfn_digest.aws.refusals import is_transient, set_up_error, translate
from sfn_digest.i18n.sanitize import visible
from tests.aws.fakes import client_error


def answered(code: str, api: Api = Api.GET_EXECUTION_HISTORY) -> errors.AccountError:
    return translate(client_error(code), api, "eu-west-1")


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        ("AccessDeniedException", errors.AccessDeniedError),
        ("AccessDenied", errors.AccessDeniedError),
        ("KmsAccessDeniedException", errors.AccessDeniedError),
        ("ExpiredTokenException", errors.NoCredentialsError),
        ("UnrecognizedClientException", errors.NoCredentialsError),
        ("ExecutionDoesNotExist", GoneError),
        ("StateMachineDoesNotExist", GoneError),
        ("InvalidToken", StaleTokenError),
        ("PaginationTokenExpiredException", StaleTokenError),
    ],
)
def test_an_answer_of_aws_is_one_kind_of_error(code: str, kind: type[Exception]) -> None:
    assert type(answered(code)) is kind


@pytest.mark.parametrize(
    ("api", "action"),
    [
        (Api.GET_RESOURCES, "tag:GetResources"),
        (Api.GET_METRIC_DATA, "cloudwatch:GetMetricData"),
        (Api.LIST_STATE_MACHINES, "states:ListStateMachines"),
        (Api.LIST_EXECUTIONS, "states:ListExecutions"),
        (Api.GET_EXECUTION_HISTORY, "states:GetExecutionHistory"),
    ],
)
def test_a_denial_names_the_action_to_allow(api: Api, action: str) -> None:
    assert str(answered("AccessDeniedException", api)) == (
        f"AWS denied {action}: allow it in the IAM policy of the digest's role or user."
    )


def test_a_denied_key_names_kms_decrypt() -> None:
    assert "AWS denied kms:Decrypt" in str(answered("KmsAccessDeniedException"))


def test_an_answer_that_nobody_expects_is_told_by_its_code() -> None:
    assert "GetExecutionHistory failed (OutOfCheese)" in str(answered("OutOfCheese"))


@pytest.mark.parametrize(
    ("error", "kind", "words"),
    [
        (boto.NoCredentialsError(), errors.NoCredentialsError, "aws sso login"),
        (
            boto.TokenRetrievalError(provider="sso", error_msg="secret"),
            errors.NoCredentialsError,
            "No AWS credentials",
        ),
        (boto.NoRegionError(), errors.AccountError, "set AWS_REGION or AWS_DEFAULT_REGION"),
        (boto.ProfileNotFound(profile="x"), errors.NoCredentialsError, "list-profiles"),
        (boto.InvalidRegionError(region_name="a b"), errors.NoEndpointError, "eu-west-1"),
        (ValueError("Invalid endpoint: x"), errors.NoEndpointError, "AWS_ENDPOINT_URL"),
        (
            boto.ConfigParseError(path="/secret", error="x"),
            errors.AccountError,
            "(ConfigParseError)",
        ),
    ],
)
def test_a_set_up_that_cannot_work_says_what_to_set(
    error: Exception, kind: type[Exception], words: str
) -> None:
    translated = set_up_error(error)
    assert type(translated) is kind
    assert words in str(translated)
    assert "secret" not in str(translated)


def test_credentials_missing_at_the_first_call_are_no_credentials() -> None:
    error = translate(boto.NoCredentialsError(), Api.GET_RESOURCES, "eu-west-1")
    assert type(error) is errors.NoCredentialsError


def test_a_connection_that_breaks_is_not_a_missing_endpoint() -> None:
    broken = boto.ConnectionClosedError(endpoint_url="https://states")
    assert is_transient(broken)
    error = translate(broken, Api.LIST_EXECUTIONS, "eu-west-1")
    assert type(error) is errors.AccountError
    assert "The connection was lost before ListExecutions responded" in str(error)


@given(st.text().filter(lambda code: "AKIA" not in code))
def test_no_message_repeats_what_aws_wrote_nor_holds_what_cannot_be_seen(code: str) -> None:
    message = str(answered(code))
    assert "AKIA" not in message
    assert visible(message) == message
    assert len(message) < 300
