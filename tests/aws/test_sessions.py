"""Sessions share what is alike in all of them, and no more than that."""

import pytest
from botocore.awsrequest import AWSPreparedRequest
from botocore.exceptions import ConnectionClosedError

from sfn_digest import __version__
from sfn_digest.aws.sessions import open_session
from sfn_digest.aws.ungoverned import open_client


def test_what_is_read_of_awss_models_is_read_once_for_all_sessions() -> None:
    first, second = (open_session("eu-west-1")._session for _ in range(2))
    loader = first.get_component("data_loader")
    assert second.get_component("data_loader") is loader
    assert len(loader.search_paths) == len(set(loader.search_paths))


def test_each_session_has_the_region_and_the_credentials_of_its_time(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    for region, key in (("eu-west-1", "AKIDONE"), ("us-east-1", "AKIDTWO")):
        monkeypatch.setenv("AWS_REGION", region)
        monkeypatch.setenv("AWS_ACCESS_KEY_ID", key)
        session = open_session()
        credentials = session.get_credentials()
        assert credentials is not None
        assert (session.region_name, credentials.access_key) == (region, key)


def test_every_client_says_who_asks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    client = open_client(open_session("eu-west-1"), "sts")
    sent: list[str] = []

    def send(request: AWSPreparedRequest, **_: object) -> None:
        sent.append(str(request.headers["User-Agent"]))
        raise ConnectionClosedError(endpoint_url=request.url)

    client.meta.events.register("before-send", send)
    with pytest.raises(ConnectionClosedError):
        client.get_caller_identity()
    assert f"sfn-digest/{__version__} Boto3/" in sent[0]
