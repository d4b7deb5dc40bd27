"""What is wrong with the set-up is told before any call, in one sentence."""

import os

import pytest

from sfn_digest import errors
from sfn_digest.aws import open_account
from sfn_digest.aws.clients import open_clients
from sfn_digest.aws.dynamodb_table import open_table
from sfn_digest.aws.secrets import read_token
from sfn_digest.progress import SilentProgress
from simulator.server import serve
from simulator.server.buckets import Rate
from tests.aws.small_world import PLENTY, REGION, world

pytestmark = pytest.mark.slow


@pytest.fixture(autouse=True)
def nothing_configured(monkeypatch: pytest.MonkeyPatch) -> None:
    """No variable, no file and no instance role tells boto3 anything."""
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("AWS_CONFIG_FILE", os.devnull)
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", os.devnull)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")


def why_it_does_not_open(kind: type[errors.AccountError]) -> str:
    with pytest.raises(errors.AccountError) as caught:
        open_account(0.25, SilentProgress())
    assert type(caught.value) is kind
    return str(caught.value)


def test_without_a_region_the_variables_to_set_are_named() -> None:
    assert why_it_does_not_open(errors.AccountError) == (
        "No AWS Region is configured: set AWS_REGION or AWS_DEFAULT_REGION, or name a Region in "
        "the AWS profile."
    )


def test_without_credentials_the_ways_to_sign_in_are_named(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-west-1")
    assert why_it_does_not_open(errors.NoCredentialsError) == (
        "No AWS credentials were found: sign in with `aws sso login` or `aws configure`, or set "
        "AWS_PROFILE."
    )


def test_a_profile_that_does_not_exist_is_no_credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_PROFILE", "nobody")
    assert "AWS_PROFILE names is not configured" in why_it_does_not_open(errors.NoCredentialsError)


def test_a_region_that_cannot_be_one_is_no_endpoint(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu west 1")
    assert "is not a Region name" in why_it_does_not_open(errors.NoEndpointError)


def test_an_endpoint_that_is_no_url_is_no_endpoint(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-west-1")
    monkeypatch.setenv("AWS_ENDPOINT_URL", "localhost")
    assert "is not a URL" in why_it_does_not_open(errors.NoEndpointError)


def test_quotas_that_nobody_tells_in_time_are_awss_own(monkeypatch: pytest.MonkeyPatch) -> None:
    with serve(world([], []), buckets={**PLENTY, "GetMetricData": Rate(0.0, 0.0001)}) as served:
        for name, value in served.environment.items():
            monkeypatch.setenv(name, value)
        (note,) = open_account(0.25, SilentProgress(), within=0.2).usage().notes
    assert note.endswith("quotas were assumed: Time ran out before GetMetricData responded.")


def test_aws_region_goes_before_the_default_region(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-west-1")
    assert open_clients().region == "eu-west-1"
    monkeypatch.setenv("AWS_REGION", "ap-northeast-1")
    assert open_clients().region == "ap-northeast-1"


def test_aws_region_alone_is_enough_for_the_table_and_the_token(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with serve(world([], []), parameters={"/slack/token": "xoxb-simulated"}) as served:
        for name, value in served.environment.items():
            monkeypatch.setenv(name, value)
        monkeypatch.delenv("AWS_DEFAULT_REGION")
        assert read_token("/slack/token", None) == "xoxb-simulated"
    assert open_table("ledger")._client().meta.region_name == REGION


def test_a_token_cannot_be_read_without_a_region() -> None:
    with pytest.raises(errors.AccountError, match="No AWS Region is configured"):
        read_token("/slack/token", None)
    with pytest.raises(errors.AccountError, match="No AWS Region is configured"):
        read_token(None, "slack-token")
