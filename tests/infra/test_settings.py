"""The deployment's settings: cdk.json's defaults, `-c` over them, one sentence for each error."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from infra.settings import NAMES, Settings, read_settings
from infra.values import APP, SettingError
from sfn_digest.model.executions import Tag

pytestmark = pytest.mark.slow

CONTEXT = json.loads(Path("cdk.json").read_text())["context"]


def read(**changes: object) -> Settings:
    """The settings of cdk.json with a channel and these changes (underscores for hyphens)."""
    given = {name.replace("_", "-"): value for name, value in changes.items()}
    return read_settings({**CONTEXT, "channel": "C0123456789", **given})


def test_cdk_json_has_a_default_for_every_setting() -> None:
    assert {name for name in CONTEXT if not name.startswith("@aws-cdk")} == set(NAMES)


def test_the_channel_alone_must_be_given() -> None:
    assert read() == Settings(
        name="",
        tag=Tag("sfn-digest", "on"),
        schedule="cron(0 9 ? * MON *)",
        gap_days=7,
        time_zone="UTC",
        window="7d",
        channel="C0123456789",
        token_parameter="/sfn-digest/slack-token",
        token_secret=None,
        quota_share=0.25,
        successes=60,
        express_scan_gb=5.0,
        map_results=(),
        child_role=None,
        deadline=21_600.0,
        regions=(),
        log_retention_days=90,
        alarm_topics=(),
        memory_mb=512,
        key_arn=None,
        language="en",
        slack_charts=False,
        mentions=False,
        rules=None,
        asset=None,
    )
    with pytest.raises(SettingError, match=r"^channel is not set: give the channel's ID, such as"):
        read_settings(CONTEXT)


def test_texts_from_the_command_line_mean_what_cdk_json_means() -> None:
    told = read(regions="eu-west-1, us-east-1,eu-west-1", memory="1024", log_retention_days="30")
    assert told.regions == ("eu-west-1", "us-east-1")
    assert (told.memory_mb, told.log_retention_days) == (1024, 30)
    assert read(successes="0").successes == 0
    assert read(collect="stream").stream
    assert read(regions=["eu-west-1"]).regions == ("eu-west-1",)


def test_a_secret_takes_the_place_of_the_parameter() -> None:
    told = read(token_secret="sfn-digest/slack")
    assert (told.token_parameter, told.token_secret) == (None, "sfn-digest/slack")


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("channel", "#alerts", "channel is “#alerts”: give the channel's ID"),
        ("channel", "alerts", "not its name"),
        ("channel", "c0123456789", "channel is “c0123456789”"),
        ("tag", "sfn-digest", "The tag is “sfn-digest”, which is not KEY=VALUE"),
        ("schedule", "0 9 * * 1", "schedule is “0 9 * * 1”, but it is neither cron(…) nor rate"),
        ("schedule", "cron(0 9 * * MON *)", "exactly one of day-of-month and day-of-week"),
        ("time-zone", "Asia/Tokio", "not an IANA time zone: give one such as UTC, Asia/Tokyo"),
        ("time-zone", "JST", "time-zone is “JST”"),
        ("time-zone", "", "time-zone is “”"),
        ("window", "a week", "window is “a week”: give a length such as 7d"),
        ("window", "91d", "of 90d at most"),
        ("window", "2026-11-16", "window is “2026-11-16”"),
        ("token-parameter", "", "token-parameter is not set: give an SSM parameter's name"),
        ("token-parameter", "arn:aws:ssm:eu-west-1:1:parameter/x", "not its ARN"),
        ("token-secret", "a secret", "give a Secrets Manager secret's name or ARN"),
        ("quota-share", "2", "The quota share is “2”, which is not a number above 0"),
        ("continuations", "13", "The number of continuations is “13”, which is not a whole"),
        ("due", "2d", "due is “2d”, which is not a length from 15m to 1d: give one such as 90m."),
        ("deadline", "6", "The deadline for retries is “6”, which is not a length: give one"),
        ("express-scan-gb", "lots", "The gigabytes of logs to scan are “lots”, which is not a num"),
        ("express-scan-gb", "-1", "not a number from 0 to 10,000: give one such as 5."),
        ("map-results", "Bucket/x", "map-results has “Bucket/x”, which is not BUCKET/PREFIX: give"),
        (
            "child-role",
            "arn:aws:iam::1:role/x",
            "child-role is “arn:aws:iam::1:role/x”, which",
        ),
        ("map-results", "results/a*", "map-results has “results/a*”, which is not BUCKET/PREFIX"),
        ("successes", "all", "The number of successes to read is “all”, which is not a whole"),
        ("successes", "", "which is not a whole number from 0 to 1000: give one such as 60."),
        ("language", "jp", "The language is “jp”, which is unknown: use en or ja."),
        ("language", "", "The language is “”, which is unknown"),
        ("collect", "on", "collect is “on”: give stream, to collect events as executions"),
        ("slack-charts", "yes", "slack-charts is “yes”: give on or off."),
        ("name", "pay/ments", "name is “pay/ments”: give letters, digits and hyphens"),
        ("name", "eu-west-1", "name is “eu-west-1”, as the stack of a Region may be"),
        ("name", "a-us-gov-east-1", "“a-us-gov-east-1”, as the stack of a Region may be"),
        ("name", "-x", "name is “-x”: give letters, digits and hyphens"),
        ("mentions", "@here", "mentions is “@here”: give on or off."),
        ("slack-charts", "", "slack-charts is “”: give on or off."),
        ("regions", "europe", "regions is “europe”: give Regions such as eu-west-1"),
        ("log-retention-days", "100", "log-retention-days is “100”: give one of 1, 3, 5"),
        ("log-retention-days", "", "log-retention-days is not set"),
        ("alarm-topic", "me@example.com", "give the ARN of a standard SNS topic"),
        ("memory", "64", "memory is “64”: give MB from 128 to 10240"),
        ("memory", "1 GB", "memory is “1 GB”"),
        ("rules", "rules.yaml", "rules is “rules.yaml”: give the path of a TOML file such as"),
        ("rules", "nowhere/rules.toml", "nowhere/rules.toml” cannot be read (No such file"),
    ],
)
def test_each_wrong_setting_has_one_sentence(name: str, value: str, sentence: str) -> None:
    with pytest.raises(SettingError) as refused:
        read(**{name: value})
    assert sentence in str(refused.value)
    assert "\n" not in str(refused.value)


def test_rules_are_a_file_told_from_the_apps_folder() -> None:
    assert read(rules="tests/infra/rules.toml").rules == APP / "tests/infra/rules.toml"


def test_a_rule_that_does_not_parse_is_refused_with_its_line_and_its_reason(
    tmp_path: Path,
) -> None:
    file = tmp_path / "rules.toml"
    file.write_text('# ours\n\n[[rule]]\nerror = "X"\ncause = "bad_luck"\n')
    with pytest.raises(SettingError, match=r"line 3 of the rules file: .* “bad_luck”, which is"):
        read(rules=str(file))
    file.write_text("[[rule]]\nerror = X\n")
    with pytest.raises(SettingError, match=r"not TOML: .*line 2"):
        read(rules=str(file))


def test_a_ready_made_asset_must_hold_the_rules_that_are_set(tmp_path: Path) -> None:
    rules = "tests/infra/rules.toml"
    assert read(asset=str(tmp_path)).asset == tmp_path
    with pytest.raises(SettingError, match=r"copy it there as rules\.toml\."):
        read(asset=str(tmp_path), rules=rules)
    (tmp_path / "rules.toml").write_text("# others")
    with pytest.raises(SettingError, match=r"does not hold the file that rules names"):
        read(asset=str(tmp_path), rules=rules)
    (tmp_path / "rules.toml").write_bytes(Path(rules).read_bytes())
    assert read(asset=str(tmp_path), rules=rules).asset == tmp_path


@pytest.mark.parametrize("name", ["token-parameter", "token-secret"])
def test_a_token_given_for_its_name_is_refused_and_not_repeated(name: str) -> None:
    with pytest.raises(SettingError, match="A Slack token was given where its name belongs") as no:
        read(**{name: "xoxb-123-456-abc"})
    assert "123" not in str(no.value)


@pytest.mark.parametrize(
    ("misspelt", "meant"),
    [("chanel", "channel"), ("timezone", "time-zone"), ("token_parameter", "token-parameter")],
)
def test_a_misspelt_setting_is_refused(misspelt: str, meant: str) -> None:
    with pytest.raises(SettingError, match=f"did you mean {meant}"):
        read_settings({**CONTEXT, "channel": "C0123456789", misspelt: "x"})


def test_an_alarm_topic_is_needed_in_each_region_of_its_own() -> None:
    here, there = (f"arn:aws:sns:{r}:123456789012:ops" for r in ("eu-west-1", "us-east-1"))
    both = read(regions="eu-west-1,us-east-1", alarm_topic=f"{here},{there}")
    assert both.topics_in("eu-west-1") == (here,)
    assert both.topics_in(None) == (here, there)
    with pytest.raises(SettingError, match="alarm-topic has no topic in us-east-1"):
        read(regions="eu-west-1,us-east-1", alarm_topic=here)


@given(st.sampled_from(NAMES), st.text(max_size=60) | st.integers() | st.none() | st.floats())
def test_any_value_is_taken_or_refused_in_one_sentence(name: str, value: object) -> None:
    sentence = "taken."
    try:
        read(**{name: value})
    except SettingError as refused:
        sentence = str(refused)
    assert "\n" not in sentence
    assert sentence[-1] in ".?)"
