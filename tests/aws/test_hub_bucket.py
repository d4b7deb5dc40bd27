"""The hub's bucket gives back what was put, page by page, and says in a sentence what is wrong."""

import os
from collections.abc import Iterator
from typing import Any
from unittest.mock import patch

import boto3
import pytest
from moto import mock_aws

from sfn_digest.aws import hub_bucket
from sfn_digest.aws.hub_bucket import HubBucket, open_hub
from sfn_digest.errors import AccessDeniedError, AccountError
from sfn_digest.model.stored import Listed
from tests.aws.fakes import client_error

pytestmark = pytest.mark.slow

PLACE = "reports/111122223333/eu-west-1/"


@pytest.fixture
def bucket() -> Iterator[HubBucket]:
    environment = {
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_ACCESS_KEY_ID": "simulated",
        "AWS_SECRET_ACCESS_KEY": "simulated",
    }
    with patch.dict(os.environ, environment), mock_aws():
        boto3.client("s3").create_bucket(Bucket="hub")
        yield open_hub("hub", lambda: 900.0)


def test_what_is_put_is_found_and_read_up_to_a_size(bucket: HubBucket) -> None:
    for name in ("a", "c", "b"):
        bucket.put(f"{PLACE}{name}", b"12345")
    bucket.put("reports/444455556666/us-east-1/a", b"1")
    assert bucket.folders("reports/") == ["reports/111122223333/", "reports/444455556666/"]
    assert bucket.folders("reports/111122223333/") == [PLACE]
    assert bucket.objects(PLACE, f"{PLACE}a") == [Listed(f"{PLACE}{n}", 5) for n in "bc"]
    assert bucket.objects("reports/9/", "reports/9/") == []
    assert bucket.get(f"{PLACE}a", 3) == b"123"


def test_all_pages_of_a_listing_are_asked_for_and_no_more_than_so_many(
    bucket: HubBucket, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(7):
        bucket.put(f"{PLACE}{number}", b"1")
    client = bucket._clients()
    paged = client.list_objects_v2

    def two_a_page(**wanted: Any) -> Any:
        return paged(**wanted, MaxKeys=2)

    monkeypatch.setattr(client, "list_objects_v2", two_a_page)
    assert [each.key[-1] for each in bucket.objects(PLACE, PLACE)] == list("0123456")
    monkeypatch.setattr(hub_bucket, "PAGES", 2)
    assert [each.key[-1] for each in bucket.objects(PLACE, PLACE)] == list("0123")


@pytest.mark.usefixtures("bucket")
def test_a_bucket_that_does_not_exist_is_named() -> None:
    with pytest.raises(AccountError, match="The hub's bucket nowhere, or the object in it, does"):
        open_hub("nowhere", lambda: 900.0).put(f"{PLACE}a", b"1")


def test_a_refusal_names_the_action(bucket: HubBucket, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(**_: Any) -> Any:
        raise client_error("AccessDenied")

    monkeypatch.setattr(bucket._clients(), "put_object", refused)
    with pytest.raises(AccessDeniedError, match="s3:PutObject"):
        bucket.put(f"{PLACE}a", b"1")
