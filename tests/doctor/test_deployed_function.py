"""The channel, token and ledger are those of the function where it may be read, else our own."""

from types import SimpleNamespace
from typing import Any

import pytest
from botocore.exceptions import ClientError

from sfn_digest.aws import deployed, ungoverned
from sfn_digest.aws.deployed import Deployment
from sfn_digest.aws.ungoverned import NotThereError
from sfn_digest.doctor.deployed_function import find_setup
from sfn_digest.errors import AccountError
from simulator.records import World
from simulator.server import Workspace
from tests.aws import small_world
from tests.aws.fakes import client_error
from tests.aws.small_world import machine, world
from tests.doctor.clinic import CHANNEL, FUNCTION, PARAMETER, SCOPES, TAG, TOKEN, Clinic, clear

pytestmark = pytest.mark.slow


def test_a_deployed_function_says_what_is_checked(clinic: Clinic) -> None:
    found = clinic("--function", "digest")
    assert found.status == 0
    assert found.one("function")[0] == "ok"
    assert found.one("tag")[1].endswith(f"carry {TAG}.")
    assert found.one("Slack token")[1] == f"It comes from {PARAMETER}."
    assert found.one("Slack channel")[1] == "#c0sfndigest is public, and the bot is in it."
    assert found.account.slack.messages == ()


def test_words_come_before_what_the_function_says(clinic: Clinic) -> None:
    found = clinic("--function", "digest", "--tag", "a=b", "--channel", "C0ELSEWHERE")
    assert "has the tag a=b" in found.one("tag")[1]
    assert found.one("Slack channel")[0] == "failing"


def test_a_function_that_is_not_there_fails_and_our_own_settings_are_used(
    clinic: Clinic,
) -> None:
    own = {"SFN_DIGEST_TAG": TAG, "SLACK_BOT_TOKEN": TOKEN, "SFN_DIGEST_CHANNEL": CHANNEL}
    found = clinic("--function", "nobody", environment=own)
    status, text = found.one("function")
    assert (found.status, status) == (1, "failing")
    assert "There is no function nobody in eu-west-1" in text
    assert found.one("Slack channel")[0] == "ok"
    assert found.one("tag")[0] == "ok"


def test_a_function_that_may_not_be_read_is_skipped(clinic: Clinic) -> None:
    denied = frozenset({"lambda:GetFunctionConfiguration"})
    found = clinic("--function", "digest", "--tag", TAG, denied_actions=denied)
    status, text = found.one("function")
    assert (found.status, status) == (0, "skipped")
    assert "AWS denied lambda:GetFunctionConfiguration" in text


def test_a_parameter_named_right_here_is_read(clinic: Clinic) -> None:
    own = {"SLACK_TOKEN_PARAMETER": PARAMETER, "SFN_DIGEST_CHANNEL": CHANNEL}
    found = clinic("--tag", TAG, environment=own)
    assert found.status == 0
    assert found.one("Slack bot")[0] == "ok"


def test_a_parameter_that_is_not_there_says_how_to_make_it(clinic: Clinic) -> None:
    found = clinic("--function", "digest", parameters={})
    status, text = found.one("Slack token")
    assert (found.status, status) == (1, "failing")
    assert text == (
        f"There is no SSM parameter {PARAMETER} in eu-west-1: create it as a SecureString that "
        "holds the bot token (xoxb-…)."
    )
    assert found.one("Slack bot") == ("skipped", "There is no token to call Slack with.")


def test_a_parameter_that_only_the_function_may_read_is_skipped(clinic: Clinic) -> None:
    found = clinic("--function", "digest", denied_actions=frozenset({"ssm:GetParameter"}))
    status, text = found.one("Slack token")
    assert (found.status, status) == (0, "skipped")
    assert "AWS denied ssm:GetParameter" in text
    assert "SLACK_BOT_TOKEN is not set" in text


def test_a_persons_own_token_stands_in_for_one_they_may_not_read(clinic: Clinic) -> None:
    found = clinic(
        *("--function", "digest"),
        environment={"SLACK_BOT_TOKEN": TOKEN},
        denied_actions=frozenset({"ssm:GetParameter"}),
    )
    assert found.status == 0
    assert found.one("Slack bot")[0] == "ok"


def test_a_parameter_of_our_own_that_is_denied_fails(clinic: Clinic) -> None:
    found = clinic(
        *("--tag", TAG),
        environment={"SLACK_TOKEN_PARAMETER": PARAMETER},
        denied_actions=frozenset({"ssm:GetParameter"}),
    )
    assert found.one("Slack token")[0] == "failing"
    assert found.status == 1


def test_a_webhook_cannot_be_checked(clinic: Clinic) -> None:
    hook = "https://hooks.slack.com/services/T000/B000/verysecret"
    found = clinic("--function", "digest", parameters={PARAMETER: hook})
    assert found.status == 0
    assert "incoming webhook" in found.one("Slack token")[1]
    assert "verysecret" not in found.output


def routed_world() -> World:
    tags = {
        "orders": {"sfn-digest:channel": "C0TEAMORDERS"},
        "refunds": {"sfn-digest:channel": "C0TEAMORDERS"},
        "invoices": {"sfn-digest:channel": "C0FINANCE001"},
        "jobs": {"sfn-digest:channel": CHANNEL},
    }
    here = {small_world.TAG.key: small_world.TAG.value}
    machines = [machine(name, tags={**here, **own}) for name, own in tags.items()]
    return world([*machines, machine("other", tags={"sfn-digest:channel": "C0UNTAGGED01"})], [])


def test_a_channel_that_only_a_tag_names_is_tried_and_its_tag_is_told(clinic: Clinic) -> None:
    channels = (CHANNEL, "C0TEAMORDERS", "C0FINANCE001")
    slack = Workspace(TOKEN, channels, scopes=SCOPES, not_joined=frozenset({"C0TEAMORDERS"}))
    found = clinic("--function", "digest", simulated=routed_world(), workspace=slack)
    own, finance, orders = found.found["Slack channel"]
    assert found.status == 1
    assert own == ("ok", "#c0sfndigest is public, and the bot is in it.")
    assert finance[0] == "ok"
    assert finance[1].startswith("sfn-digest:channel=C0FINANCE001 of invoices: #c0finance001 is")
    assert orders[0] == "failing"
    assert orders[1].startswith("sfn-digest:channel=C0TEAMORDERS of orders, refunds: ")
    assert "write /invite" in orders[1]


def test_a_tag_that_a_webhook_cannot_follow_fails(clinic: Clinic) -> None:
    hook = "https://hooks.slack.com/services/T000/B000/verysecret"
    parameters = {PARAMETER: hook}
    found = clinic("--function", "digest", simulated=routed_world(), parameters=parameters)
    told = [text for status, text in found.found["Slack channel"] if status == "failing"]
    assert found.status == 1
    assert any(
        each.startswith("sfn-digest:channel=C0TEAMORDERS of orders, refunds: An incoming webhook")
        for each in told
    )


def test_an_empty_token_is_told_as_such(clinic: Clinic) -> None:
    found = clinic("--function", "digest", parameters={PARAMETER: " \n"})
    assert "The token is empty" in found.one("Slack bot")[1]


def test_without_credentials_slack_is_checked_all_the_same(clinic: Clinic) -> None:
    gone = {"AWS_ACCESS_KEY_ID": "", "AWS_SECRET_ACCESS_KEY": "", "SLACK_BOT_TOKEN": TOKEN}
    found = clinic("--function", "digest", environment=gone)
    assert found.status == 1
    assert "sign in with" in found.one("credentials")[1]
    assert found.one("Slack bot")[0] == "ok"
    asked = {name for name in found.found if not name.startswith(("Slack", "credentials"))}
    assert {found.one(name)[0] for name in asked} == {"skipped"}
    assert found.account.calls == ()


def test_an_account_without_a_way_to_sts_is_checked_all_the_same(clinic: Clinic) -> None:
    found = clinic("--tag", TAG, environment={"AWS_ENDPOINT_URL_STS": "http://127.0.0.1:9"})
    status, text = found.one("credentials")
    assert status == "failing"
    assert "AWS STS cannot be reached" in text
    assert found.one("states:ListExecutions")[0] == "ok"


class Lambda:
    """A Lambda that tells one configuration, or refuses in one way."""

    meta = SimpleNamespace(region_name="eu-west-1")

    def __init__(self, told: dict[str, Any] | Exception) -> None:
        self._told = told

    def get_function_configuration(self, **_: str) -> dict[str, Any]:
        if isinstance(self._told, Exception):
            raise self._told
        return self._told

    get_secret_value = get_parameter = get_function_configuration


def deployment(monkeypatch: pytest.MonkeyPatch, told: dict[str, Any] | Exception) -> Deployment:
    for module in (deployed, ungoverned):
        monkeypatch.setattr(module, "open_client", lambda *_: Lambda(told))
    return Deployment("eu-west-1")


@pytest.mark.parametrize(
    ("told", "says"),
    [
        ({"State": "Failed"}, "The function's State is Failed: deploy the stack again"),
        ({"LastUpdateStatus": "Failed"}, "see LastUpdateStatusReason in the Lambda console"),
        ({"Environment": {"Error": {"ErrorCode": "x"}}}, "allow kms:Decrypt on its key"),
    ],
)
def test_a_function_that_cannot_run_says_so(
    monkeypatch: pytest.MonkeyPatch, told: dict[str, Any], says: str
) -> None:
    with pytest.raises(AccountError) as caught:
        deployment(monkeypatch, told).environment("digest")
    assert says in str(caught.value)


def test_a_function_without_an_environment_names_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    assert deployment(monkeypatch, {"State": "Active"}).environment("digest") == {}


def test_a_secret_is_read_in_the_parameters_place(monkeypatch: pytest.MonkeyPatch) -> None:
    assert deployment(monkeypatch, {"SecretString": f"{TOKEN}\n"}).secrets.secret("slack") == TOKEN
    with pytest.raises(NotThereError, match="no Secrets Manager secret slack"):
        deployment(monkeypatch, client_error("ResourceNotFoundException")).secrets.secret("slack")


def test_a_key_that_may_not_be_used_is_told_from_a_parameter_that_may_not_be_read(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    message = "is not authorized to perform: kms:Decrypt on key secret"
    refused = ClientError(
        {"Error": {"Code": "AccessDeniedException", "Message": message}}, "GetParameter"
    )
    with pytest.raises(AccountError) as caught:
        deployment(monkeypatch, refused).secrets.parameter("p")
    assert "AWS denied kms:Decrypt for ssm:GetParameter" in str(caught.value)
    assert "secret" not in str(caught.value)


def test_a_stand_in_for_slack_is_named_where_the_doctor_runs(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    clear(monkeypatch)
    told = deployment(monkeypatch, {"Environment": {"Variables": {**FUNCTION}}})
    steps = find_setup(told, "digest", {"SLACK_API_URL": "http://here/api/"})
    next(steps)
    with pytest.raises(StopIteration) as ended:
        next(steps)
    assert ended.value.value.settings.slack_api_url == "http://here/api/"
    assert ended.value.value.settings.token_parameter == PARAMETER
