"""How much of each API's quota the digest may use.

The quotas are AWS's defaults (Step Functions developer guide, "Quotas related to API action
throttling"; Resource Groups Tagging API and CloudWatch quotas), replaced by what CloudWatch
says is applied to the account, and cut where production leaves less than the share free.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sfn_digest.aws.api import Api, Metered, Quantity
from sfn_digest.aws.governor import Allowance
from sfn_digest.aws.metrics import Metric

LARGE_REGIONS = frozenset({"us-east-1", "us-west-2", "eu-west-1"})
"""Regions in which AWS grants ListExecutions and DescribeExecution larger default quotas."""

LEAST_SHARE = 0.1
"""The part of the asked share that is used even where production leaves nothing free."""

LOAD_MINUTES = 15
"""How far back the live load is looked at."""

METERED = (Api.LIST_STATE_MACHINES, Api.LIST_EXECUTIONS, Api.GET_EXECUTION_HISTORY)
"""The APIs whose applied quota and load Step Functions publishes in CloudWatch."""


@dataclass(frozen=True, slots=True)
class Quota:
    """AWS's token bucket of one API: its size in calls, and calls a second that refill it."""

    size: float
    refill: float


_DEFAULTS: Mapping[Metered, Quota] = {
    Api.GET_RESOURCES: Quota(15, 15),
    Api.GET_METRIC_DATA: Quota(50, 50),
    Quantity.DATAPOINTS: Quota(90_000, 90_000),
    Api.LIST_STATE_MACHINES: Quota(100, 5),
    Api.LIST_EXECUTIONS: Quota(100, 2),
    Api.GET_EXECUTION_HISTORY: Quota(400, 20),
    Api.DESCRIBE_STATE_MACHINE: Quota(200, 20),
    Api.DESCRIBE_STATE_MACHINE_ALIAS: Quota(100, 1),
    Api.DESCRIBE_STATE_MACHINE_FOR_EXECUTION: Quota(200, 1),
    Api.DESCRIBE_EXECUTION: Quota(250, 10),
    Api.DESCRIBE_MAP_RUN: Quota(200, 1),
    Api.LIST_METRICS: Quota(25, 25),
    Api.GET_OBJECT: Quota(100, 100),
    Api.TEST_STATE: Quota(5, 5),
    Api.REDRIVE_EXECUTION: Quota(5, 5),
    Api.START_QUERY: Quota(5, 5),
    Api.GET_QUERY_RESULTS: Quota(5, 5),
    Api.FILTER_LOG_EVENTS: Quota(5, 5),
}
UNCONFIRMED: Mapping[Metered, Allowance] = dict.fromkeys(
    (
        *(Api.TEST_STATE, Api.REDRIVE_EXECUTION),
        *(Api.START_QUERY, Api.GET_QUERY_RESULTS, Api.FILTER_LOG_EVENTS),
    ),
    Allowance(2, 2),
)
"""Calls whose quotas AWS does not publish (believed: 5 to 10 a second): so many, at any share."""

_LARGE: Mapping[Metered, Quota] = {
    Api.LIST_EXECUTIONS: Quota(200, 5),
    Api.DESCRIBE_EXECUTION: Quota(300, 15),
}


def default_quotas(region: str) -> Mapping[Metered, Quota]:
    """AWS's default quotas in a Region."""
    return {**_DEFAULTS, **_LARGE} if region in LARGE_REGIONS else dict(_DEFAULTS)


def allowance(quota: Quota, share: float, consumed: float = 0.0) -> Allowance:
    """What may be used of a quota while others consume so many calls a second.

    The share asked for, but no more than the part of the refill that is left free, and of that the
    same part again: what a busy account does not need each second it needs after a burst. A tenth
    of the share where nothing is left, so that a report still comes. The burst is taken at the same
    part as the rate, since a busy bucket is not a full one.
    """
    free = max(0.0, 1.0 - consumed / quota.refill)
    part = min(share, max(free * free, share * LEAST_SHARE))
    return Allowance(burst=quota.size * part, rate=quota.refill * part)


def default_allowances(
    defaults: Mapping[Metered, Quota], share: float
) -> Mapping[Metered, Allowance]:
    """What may be used of quotas of which nothing but AWS's defaults is known."""
    return {**{api: allowance(quota, share) for api, quota in defaults.items()}, **UNCONFIRMED}


def quota_metrics() -> tuple[Metric, ...]:
    """The metrics `applied_allowances` wants, a minute each, newest first."""
    return tuple(
        _metric(api, name)
        for api in METERED
        for name in ("ProvisionedBucketSize", "ProvisionedRefillRate", "ConsumedCapacity")
    )


def applied_allowances(
    values: Mapping[Metric, Sequence[float]], defaults: Mapping[Metered, Quota], share: float
) -> Mapping[Metered, Allowance]:
    """Allowances from the values of `quota_metrics`, newest first; defaults where empty.

    ConsumedCapacity counts requests, so its Sum over a minute is 60 times the rate; the
    busiest minute is taken as the load.
    """

    def newest(api: Metered, name: str, default: float) -> float:
        return next((value for value in values.get(_metric(api, name), ()) if value > 0), default)

    def allowed(api: Metered, default: Quota) -> Allowance:
        quota = Quota(
            size=newest(api, "ProvisionedBucketSize", default.size),
            refill=newest(api, "ProvisionedRefillRate", default.refill),
        )
        minutes = values.get(_metric(api, "ConsumedCapacity"), ())
        return allowance(quota, share, consumed=max(minutes, default=0.0) / 60)

    return {**{api: allowed(api, quota) for api, quota in defaults.items()}, **UNCONFIRMED}


def _metric(api: Metered, name: str) -> Metric:
    return Metric(name, "APIName", api.value, "Sum" if name == "ConsumedCapacity" else "Minimum")
