"""What botocore's errors mean to a person: the one place where they are translated."""

from botocore.exceptions import (
    ClientError,
    ConnectionError,  # noqa: A004 - botocore's own name; the builtin is not used here
    CredentialRetrievalError,
    HTTPClientError,
    InvalidRegionError,
    NoAuthTokenError,
    NoCredentialsError,
    NoRegionError,
    PartialCredentialsError,
    ProfileNotFound,
    SSOError,
    TokenRetrievalError,
)

from sfn_digest import errors
from sfn_digest.aws.account_errors import GoneError, StaleTokenError, ThrottledError
from sfn_digest.aws.answers import UnreadableAnswerError
from sfn_digest.aws.api import AnyApi
from sfn_digest.i18n.message import Message, Msgid
from sfn_digest.i18n.sanitize import clean, visible

_THROTTLES = frozenset(
    {
        "KmsThrottlingException",
        "LimitExceededException",  # 100 queries of the account are running
        "RequestLimitExceeded",
        "SlowDown",
        "ThrottledException",
        *("Throttling", "ThrottlingException"),
        "TooManyRequestsException",
    }
)
_NO_CREDENTIALS = (
    NoCredentialsError,
    PartialCredentialsError,
    CredentialRetrievalError,
    NoAuthTokenError,
    SSOError,
    TokenRetrievalError,
)
_TRANSIENT_CODES = frozenset({"RequestTimeout", "RequestTimeoutException"})


def error_code(error: Exception) -> str:
    """The code AWS answered with, or "" where there was no answer."""
    if not isinstance(error, ClientError):
        return ""
    # A service that breaks may answer without a code, or with one that is not its own.
    return clean(str(error.response.get("Error", {}).get("Code", "")), 80)


def is_throttle(error: Exception) -> bool:
    """Whether AWS refused the call because too many were made."""
    return error_code(error) in _THROTTLES


def is_transient(error: Exception) -> bool:
    """Whether the same call may well succeed in a moment."""
    if not isinstance(error, ClientError):
        return isinstance(error, ConnectionError | HTTPClientError | UnreadableAnswerError)
    return _status(error) >= 500 or is_foreign(error) or error_code(error) in _TRANSIENT_CODES


def _status(error: ClientError) -> int:
    return int(error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0))


def is_foreign(error: Exception) -> bool:
    """Whether what came is no answer of AWS, such as a proxy's page: AWS names a code."""
    if not isinstance(error, ClientError):
        return isinstance(error, UnreadableAnswerError)
    return error_code(error) in ("", str(_status(error))) and 300 <= _status(error) < 500


def set_up_error(error: Exception) -> errors.AccountError:
    """What kept boto3's clients from being built, before any call."""
    for kinds, failure, sentence in _SET_UP:
        if isinstance(error, kinds):
            return failure(sentence)
    return _misconfigured(error)


def translate(error: Exception, api: AnyApi, region: str) -> errors.AccountError:
    """The product's error for what a call of `api` in `region` failed with."""
    if is_foreign(error):
        return _foreign(api)
    if isinstance(error, ClientError):
        return _answered(error_code(error), api)
    if isinstance(error, ConnectionError):
        return errors.NoEndpointError(
            Message(
                "{service} cannot be reached in Region {region}: check that the Region offers"
                " it, and check the network, proxy or VPC endpoint in between.",
                service=api.service,
                region=visible(region),
            )
        )
    if isinstance(error, HTTPClientError):
        return errors.AccountError(
            Message(
                "The connection was lost before {api} responded ({error}): try again.",
                api=api.value,
                error=type(error).__name__,
            )
        )
    return set_up_error(error)


def _foreign(api: AnyApi) -> errors.AccountError:
    return errors.AccountError(
        Message(
            "The response to {api} did not come from AWS: check the network, proxy or VPC "
            "endpoint in between.",
            api=api.value,
        )
    )


def _answered(code: str, api: AnyApi) -> errors.AccountError:
    for codes, failure, sentence in _ANSWERS:
        if code in codes:
            return failure(Message(sentence, api=api.value, action=api.action, code=code))
    return errors.AccountError(
        Message(
            "{api} failed ({code}): try again, and check the AWS Health Dashboard if it keeps"
            " failing.",
            api=api.value,
            code=code or Message("no error code"),
        )
    )


def _misconfigured(error: Exception) -> errors.AccountError:
    return errors.AccountError(
        f"boto3 cannot be set up ({type(error).__name__}): check the AWS configuration files and "
        "variables."
    )


_SET_UP: tuple[tuple[tuple[type[Exception], ...], type[errors.AccountError], str], ...] = (
    (
        (NoRegionError,),
        errors.AccountError,
        (
            "No AWS Region is configured: set AWS_REGION or AWS_DEFAULT_REGION, or name a Region "
            "in the AWS profile."
        ),
    ),
    (
        (ProfileNotFound,),
        errors.NoCredentialsError,
        (
            "The AWS profile that --profile or AWS_PROFILE names is not configured: name one that "
            "`aws configure list-profiles` shows."
        ),
    ),
    (
        _NO_CREDENTIALS,
        errors.NoCredentialsError,
        (
            "No AWS credentials were found: sign in with `aws sso login` or `aws configure`, or "
            "set AWS_PROFILE."
        ),
    ),
    (
        (InvalidRegionError,),
        errors.NoEndpointError,
        (
            "The configured AWS Region is not a Region name: set AWS_REGION to one such as "
            "eu-west-1."
        ),
    ),
    (
        (ValueError,),
        errors.NoEndpointError,
        (
            "An AWS_ENDPOINT_URL variable is not a URL: set it to one such as "
            "http://127.0.0.1:4566, or unset it to reach AWS."
        ),
    ),
)

_ANSWERS: tuple[tuple[frozenset[str], type[errors.AccountError], Msgid], ...] = (
    (
        frozenset(
            {
                "ExpiredToken",
                "ExpiredTokenException",
                "IncompleteSignature",
                "InvalidClientTokenId",
                "InvalidSignatureException",
                "MissingAuthenticationToken",
                "MissingAuthenticationTokenException",
                "RequestExpired",
                "SignatureDoesNotMatch",
                "UnrecognizedClientException",
            }
        ),
        errors.NoCredentialsError,
        Msgid(
            "AWS does not accept the credentials ({code}): sign in again, and check the clock and "
            "that the Region is enabled in the account."
        ),
    ),
    (
        frozenset(
            {"AccessDenied", "AccessDeniedException", "NotAuthorized", "UnauthorizedOperation"}
        ),
        errors.AccessDeniedError,
        Msgid("AWS denied {action}: allow it in the IAM policy of the digest's role or user."),
    ),
    (
        frozenset({"KmsAccessDeniedException"}),
        errors.AccessDeniedError,
        Msgid("AWS denied kms:Decrypt: allow it in the IAM policy of the digest's role or user."),
    ),
    (
        frozenset(
            (
                *("ExecutionDoesNotExist", "InvalidArn", "NoSuchBucket", "NoSuchKey"),
                *("ResourceNotFound", "ResourceNotFoundException", "StateMachineDoesNotExist"),
            )
        ),
        GoneError,
        Msgid("deleted, or past its retention period: {api} returned {code}."),
    ),
    (
        frozenset({"InvalidNextToken", "InvalidToken", "PaginationTokenExpiredException"}),
        StaleTokenError,
        Msgid("The next page of {api} expired before it was read: try again."),
    ),
    (
        frozenset({"StateMachineTypeNotSupported"}),
        errors.AccountError,
        Msgid(
            "it is an Express workflow: allow states:ListStateMachines, so that its logs are read."
        ),
    ),
    (
        _THROTTLES,
        ThrottledError,
        Msgid(
            "AWS keeps throttling {api}: run the digest at a quieter time, or request a quota"
            " increase."
        ),
    ),
)
