"""Links lead to the console's pages, and only there."""

from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sfn_digest.report.console import execution_url, machine_url, named_execution
from tests.report.hostile import HOSTILE

MACHINE = "arn:aws:states:eu-west-1:123456789012:stateMachine:calculate-scores"
EXECUTION = "arn:aws:states:eu-west-1:123456789012:execution:calculate-scores:run-1"


def test_a_machine_links_to_its_page() -> None:
    assert machine_url(MACHINE) == (
        "https://eu-west-1.console.aws.amazon.com/states/home?region=eu-west-1"
        f"#/statemachines/view/{MACHINE}"
    )


def test_an_execution_links_to_its_page() -> None:
    assert execution_url(EXECUTION) == (
        "https://eu-west-1.console.aws.amazon.com/states/home?region=eu-west-1"
        f"#/v2/executions/details/{EXECUTION}"
    )


def test_the_execution_of_a_map_run_is_linked() -> None:
    arn = EXECUTION.replace("calculate-scores", "calculate-scores/ProcessObjects")
    assert execution_url(arn) is not None


@pytest.mark.parametrize(
    ("partition", "region", "host"),
    [
        ("aws-cn", "cn-north-1", "cn-north-1.console.amazonaws.cn"),
        ("aws-us-gov", "us-gov-west-1", "us-gov-west-1.console.amazonaws-us-gov.com"),
    ],
)
def test_other_partitions_have_their_own_console(partition: str, region: str, host: str) -> None:
    url = machine_url(f"arn:{partition}:states:{region}:123456789012:stateMachine:a")
    assert urlsplit(url or "").hostname == host


def test_a_name_beyond_ascii_is_quoted() -> None:
    assert (machine_url(MACHINE + "é") or "").endswith("calculate-scores%C3%A9")


@pytest.mark.parametrize(
    "arn",
    [
        "",
        "calculate-scores",
        MACHINE + "\n",
        MACHINE + "|x>",
        MACHINE.replace("aws:", "aws-iso:", 1).replace("eu-west-1", "us-iso-east-1"),
        MACHINE.replace("eu-west-1", "evil.example/"),
        MACHINE.replace(":states:", ":lambda:"),
        EXECUTION,
        EXECUTION.replace(":execution:", ":express:"),
    ],
)
def test_what_is_no_machine_is_not_linked(arn: str) -> None:
    assert machine_url(arn) is None


@given(st.sampled_from(HOSTILE) | st.text(max_size=90))
def test_no_name_leads_elsewhere_or_breaks_out_of_a_link(name: str) -> None:
    url = machine_url(f"arn:aws:states:eu-west-1:123456789012:stateMachine:{name}")
    if url is not None:
        assert url.isascii()
        assert url.isprintable()
        assert not set(url) & set("<>|\"'` ")
        assert urlsplit(url).hostname == "eu-west-1.console.aws.amazon.com"


EXPRESS = "arn:aws:states:eu-west-1:123456789012:express:web:run-1:0a1b-2c"


@pytest.mark.parametrize("arn", [EXECUTION, EXPRESS])
def test_an_execution_is_named_by_its_arn_or_by_its_page(arn: str) -> None:
    page = "https://eu-west-1.console.aws.amazon.com/states/home?region=eu-west-1#/v2/executions"
    quoted = arn.replace(":", "%3A")
    for text in (arn, f"{page}/details/{arn}", f"{page}/details/{quoted}?tab=x"):
        named = named_execution(text)
        assert named is not None
        assert (named.arn, named.region, named.express) == (arn, "eu-west-1", arn is EXPRESS)
        assert named.started_at is None


def test_an_express_page_tells_when_the_execution_started() -> None:
    page = "https://eu-west-1.console.aws.amazon.com/states/home#/express-executions/details"
    named = named_execution(f"{page}/{EXPRESS}?startDate=1763337600000")
    assert named is not None
    assert named.started_at is not None
    assert named.started_at.timestamp() == 1763337600


@given(st.one_of(st.sampled_from(HOSTILE), st.text()))
def test_no_other_text_names_an_execution(text: str) -> None:
    for told in (text, f"https://x.console.aws.amazon.com/states/home#/{text}"):
        named = named_execution(told)
        assert named is None or execution_url(named.arn) or named.express
