"""GetResources through an unchanged boto3: filters, types, pages."""

from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.simulator.server.conftest import Open
from tests.simulator.server.small_worlds import Clock, machine, machine_arn, world

pytestmark = pytest.mark.slow

ACTIVITY = "arn:aws:states:eu-central-1:123456789012:activity:wait"
BUCKET = "arn:aws:s3:::data"
ONCE_TAGGED = machine_arn("once")


@pytest.fixture
def tagging(open_account: Open) -> Any:
    opened = open_account(
        world(
            machine("a", tags={"digest": "weekly", "team": "data"}),
            machine("b", tags={"digest": "daily"}),
            machine("c", tags={"team": "data"}),
            machine("untagged", tags={}),
            machine("once", tags={}),
        ),
        other_resources={
            ACTIVITY: {"digest": "weekly"},
            BUCKET: {"digest": "weekly"},
            ONCE_TAGGED: {},
        },
    )
    return opened.client("resourcegroupstaggingapi")


def arns(answer: Any) -> set[str]:
    return {item["ResourceARN"] for item in answer["ResourceTagMappingList"]}


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        ([{"Key": "digest", "Values": ["weekly"]}], {"a"}),
        ([{"Key": "digest", "Values": ["weekly", "daily"]}], {"a", "b"}),
        ([{"Key": "digest"}], {"a", "b"}),
        ([{"Key": "digest"}, {"Key": "team", "Values": ["data"]}], {"a"}),
        ([{"Key": "Digest", "Values": ["weekly"]}], set()),
    ],
)
def test_tag_filters_join_values_by_or_and_keys_by_and(
    tagging: Any, filters: list[dict[str, Any]], expected: set[str]
) -> None:
    answer = tagging.get_resources(TagFilters=filters, ResourceTypeFilters=["states:stateMachine"])
    assert arns(answer) == {machine_arn(name) for name in expected}
    assert answer["PaginationToken"] == ""


@pytest.mark.parametrize(
    ("types", "expected"),
    [
        (["states"], {machine_arn("a"), ACTIVITY}),
        (["s3"], {BUCKET}),
        (["s3", "states:activity"], {BUCKET, ACTIVITY}),
        ([], {machine_arn("a"), ACTIVITY, BUCKET}),
    ],
)
def test_resource_types_are_a_service_or_one_of_its_kinds(
    tagging: Any, types: list[str], expected: set[str]
) -> None:
    filters = [{"Key": "digest", "Values": ["weekly"]}]
    assert arns(tagging.get_resources(TagFilters=filters, ResourceTypeFilters=types)) == expected


def test_without_filters_the_once_tagged_come_too_and_the_untagged_never(tagging: Any) -> None:
    answer = tagging.get_resources(ResourceTypeFilters=["states:stateMachine"])
    assert arns(answer) == {machine_arn(name) for name in ("a", "b", "c", "once")}
    [once] = [m for m in answer["ResourceTagMappingList"] if m["ResourceARN"] == ONCE_TAGGED]
    assert once["Tags"] == []


def test_pages_join_to_the_whole(tagging: Any) -> None:
    pages = list(tagging.get_paginator("get_resources").paginate(ResourcesPerPage=4))
    assert [len(page["ResourceTagMappingList"]) for page in pages] == [4, 2]
    assert len(set.union(*map(arns, pages))) == 6


def test_a_pagination_token_expires_after_fifteen_minutes(open_account: Open) -> None:
    clock = Clock()
    opened = open_account(world(machine("a"), machine("b")), clock=clock)
    tagging = opened.client("resourcegroupstaggingapi")
    token = tagging.get_resources(ResourcesPerPage=1)["PaginationToken"]
    clock.seconds += 15 * 60 + 1
    with pytest.raises(tagging.exceptions.PaginationTokenExpiredException):
        tagging.get_resources(ResourcesPerPage=1, PaginationToken=token)


@pytest.mark.parametrize(
    "wrong",
    [
        {"ResourcesPerPage": 101},
        {"ResourcesPerPage": 0},
        {"PaginationToken": "never issued"},
        {"TagFilters": [{"Key": "digest"}, {"Key": "digest"}]},
        {"TagFilters": [{"Key": "digest", "Values": [str(i) for i in range(21)]}]},
        {"TagFilters": [{"Key": str(i)} for i in range(51)]},
    ],
)
def test_arguments_out_of_range_are_invalid_parameters(tagging: Any, wrong: dict[str, Any]) -> None:
    with pytest.raises(ClientError) as caught:
        tagging.get_resources(**wrong)
    assert caught.value.response["Error"]["Code"] == "InvalidParameterException"
