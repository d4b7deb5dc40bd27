from hypothesis import given
from hypothesis import strategies as st

from sfn_digest.aws.api import Api, Quantity
from sfn_digest.aws.governor import Allowance
from sfn_digest.aws.metrics import Metric
from sfn_digest.aws.quotas import (
    METERED,
    UNCONFIRMED,
    Quota,
    allowance,
    applied_allowances,
    default_quotas,
    quota_metrics,
)


def metric(api: Api, name: str) -> Metric:
    return next(each for each in quota_metrics() if (each.value, each.name) == (api, name))


def test_list_executions_has_a_larger_default_in_the_large_regions() -> None:
    assert default_quotas("us-east-1")[Api.LIST_EXECUTIONS] == Quota(200, 5)
    assert default_quotas("eu-central-1")[Api.LIST_EXECUTIONS] == Quota(100, 2)


def test_every_api_has_a_default_quota_and_so_have_datapoints() -> None:
    assert set(default_quotas("eu-west-1")) == {*Api, *Quantity}


def test_an_idle_account_gives_the_whole_share() -> None:
    assert allowance(Quota(400, 20), 0.25) == Allowance(100, 5)


def test_production_keeps_what_it_consumes() -> None:
    assert allowance(Quota(400, 20), 0.25, consumed=10) == Allowance(100, 5)
    assert allowance(Quota(400, 20), 0.5, consumed=12.5) == Allowance(56.25, 2.8125)


def test_a_tenth_of_the_share_is_left_where_production_takes_everything() -> None:
    assert allowance(Quota(400, 20), 0.5, consumed=30) == Allowance(20, 1)


@given(
    size=st.floats(1, 1000),
    refill=st.floats(0.5, 100),
    share=st.floats(0.01, 1),
    consumed=st.floats(0, 200),
)
def test_never_more_than_the_share_nor_than_is_left_free(
    size: float, refill: float, share: float, consumed: float
) -> None:
    allowed = allowance(Quota(size, refill), share, consumed)
    least = share * refill / 10
    assert 0 < allowed.rate <= share * refill * 1.000001
    assert allowed.rate <= max(refill - consumed, least) + 1e-6
    assert allowed.burst <= share * size * 1.000001


def test_applied_quotas_replace_the_defaults_of_their_api_alone() -> None:
    values = {
        metric(Api.LIST_EXECUTIONS, "ProvisionedBucketSize"): [800.0, 100.0],
        metric(Api.LIST_EXECUTIONS, "ProvisionedRefillRate"): [40.0, 2.0],
    }
    allowed = applied_allowances(values, default_quotas("eu-west-3"), 0.5)
    assert allowed[Api.LIST_EXECUTIONS] == Allowance(400, 20)
    assert allowed[Api.GET_EXECUTION_HISTORY] == Allowance(200, 10)


def test_the_busiest_minute_is_the_load() -> None:
    values = {metric(Api.GET_EXECUTION_HISTORY, "ConsumedCapacity"): [60.0, 750.0, 0.0]}
    allowed = applied_allowances(values, default_quotas("eu-west-1"), 0.25)
    assert allowed[Api.GET_EXECUTION_HISTORY] == Allowance(56.25, 2.8125)


def test_quotas_that_nobody_published_stay_the_defaults() -> None:
    values: dict[Metric, list[float]] = {each: [] for each in quota_metrics()}
    defaults = default_quotas("eu-west-1")
    allowed = applied_allowances(values, defaults, 1.0)
    assert allowed == {
        **{api: Allowance(each.size, each.refill) for api, each in defaults.items()},
        **UNCONFIRMED,
    }


def test_all_quota_metrics_fit_one_call() -> None:
    assert len(quota_metrics()) == 3 * len(METERED) < 500
