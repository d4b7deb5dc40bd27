"""A world served as an AWS account and a Slack workspace, for as long as a `with` lasts."""

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager

from simulator.records import World
from simulator.server.buckets import Buckets, Throttle, published_buckets
from simulator.server.calls import Call, CallLog
from simulator.server.directory import Directory
from simulator.server.endpoint import AwsEndpoint, Operations
from simulator.server.functions import Functions, function_operations
from simulator.server.identity import alias_operations, identity_operations
from simulator.server.logs.groups import LogGroups
from simulator.server.logs.operations import LogOperations
from simulator.server.map_runs import MapRunOperations
from simulator.server.metric_data import Age, MetricOperations
from simulator.server.metric_quotas import QuotaMetrics
from simulator.server.metric_series import HourlyEnds, machine_series
from simulator.server.objects import object_operations
from simulator.server.parameters import parameter_operations
from simulator.server.slack_sink import SlackSink
from simulator.server.slack_workspace import Workspace
from simulator.server.states_executions import ExecutionOperations
from simulator.server.states_machines import MachineOperations
from simulator.server.states_paging import Pager
from simulator.server.states_redrives import RedriveOperations
from simulator.server.states_tests import state_test_operations
from simulator.server.tagging import TaggedResources, TaggingOperations
from simulator.server.tokens import Timing
from simulator.server.transport import LoopbackServer, Request, Responder, Response

_SLACK = "/slack/api/"


class Account:
    """A running account: where it listens, what it was asked, what was posted."""

    def __init__(
        self,
        url: str,
        region: str,
        log: CallLog,
        slack: SlackSink,
        metrics: MetricOperations,
        aws: AwsEndpoint,
    ) -> None:
        self.aws = aws
        """Answers AWS calls without a way over HTTP, for who stands on that way."""
        self.endpoint_url = url
        """The AWS_ENDPOINT_URL of every service it stands in for."""
        self.slack = slack
        self._region = region
        self._log = log
        self._metrics = metrics

    @property
    def datapoints(self) -> int:
        """How many datapoints CloudWatch was asked for so far."""
        return self._metrics.datapoints

    @property
    def calls(self) -> tuple[Call, ...]:
        """Every AWS call so far, in the order they were answered."""
        return self._log.all()

    @property
    def environment(self) -> Mapping[str, str]:
        """The variables that send an unchanged boto3, and the digest's Slack client, here."""
        return {
            "AWS_ENDPOINT_URL": self.endpoint_url,
            "AWS_DEFAULT_REGION": self._region,
            "AWS_REGION": self._region,
            "AWS_ACCESS_KEY_ID": "simulated",
            "AWS_SECRET_ACCESS_KEY": "simulated",
            "AWS_EC2_METADATA_DISABLED": "true",
            "SLACK_API_URL": self.slack.url,
        }


def _wall_clock(clock: Callable[[], float]) -> Callable[[], float]:
    """Epoch seconds that begin at the present and go at the pace of `clock`."""
    ahead = time.time() - clock()
    return lambda: ahead + clock()


def _router(endpoint: AwsEndpoint, sink: SlackSink) -> Responder:
    def respond(request: Request) -> Response | None:
        if request.path.startswith(_SLACK):
            return sink.respond(request, request.path.removeprefix(_SLACK))
        return endpoint.respond(request)

    return respond


def _operations(
    directory: Directory, metrics: MetricOperations, others: TaggedResources, timing: Timing
) -> Operations:
    pager = Pager(timing)
    return {
        "states": {
            **MachineOperations(directory, pager).table(),
            **ExecutionOperations(directory, pager).table(),
            **MapRunOperations(directory.map_runs, pager).table(),
            **state_test_operations(),
            **RedriveOperations(directory).table(),
        },
        "tag": TaggingOperations(directory.world, others, timing).table(),
        "cloudwatch": metrics.table(),
        "sts": identity_operations(directory.world.account_id),
        "iam": alias_operations(directory.world.alias),
    }


def answering(world: World, clock: Callable[[], float] = time.monotonic) -> AwsEndpoint:
    """What answers for a world at the quotas of its Region, for a server of several accounts."""
    timing, log = Timing(None, clock), CallLog(_wall_clock(clock))
    throttle, groups = Throttle(published_buckets(world.region), {}, clock), LogGroups(world)
    directory, age = Directory(world), Age(world.end, 0.0, lambda: world.end)
    quotas = QuotaMetrics(throttle, log)
    metrics = MetricOperations(machine_series(world, {}), quotas, throttle, age, timing, groups)
    operations = _operations(directory, metrics, {}, timing)
    return AwsEndpoint(operations, throttle, log, directory, frozenset(), 0.0)


@contextmanager
def serve(
    world: World,
    *,
    buckets: Buckets | None = None,
    background: Mapping[str, float] | None = None,
    latency: float = 0.0,
    token_lifetime: float | None = None,
    hourly_ends: HourlyEnds | None = None,
    other_resources: TaggedResources | None = None,
    parameters: Mapping[str, str] | None = None,
    functions: Functions | None = None,
    denied_actions: frozenset[str] = frozenset(),
    metric_lag: float = 0.0,
    workspace: Workspace | None = None,
    query_steps: int = 2,
    clock: Callable[[], float] = time.monotonic,
) -> Iterator[Account]:
    """Serve a world on an ephemeral port of 127.0.0.1.

    buckets: calls allowed by API; where None, those published for the world's Region.
    background: calls a second by API that others make out of the same buckets.
    latency: seconds each AWS answer is held back.
    token_lifetime: seconds until a page token expires; each API's own where None.
    hourly_ends: executions known by count alone.
    other_resources: what the tag index holds beyond the world's machines.
    parameters: SSM SecureStrings by name.
    functions: the environment of each Lambda function, by its name.
    denied_actions: IAM actions, such as tag:GetResources, that the caller may not do at all.
    metric_lag: seconds that metrics come late, on a clock that stands at the world's end at first.
    workspace: who may post to Slack, and where.
    query_steps: how often a Logs Insights query is asked for before it is done.
    clock: seconds that buckets and tokens run by; the log tells epoch seconds at its pace.
    """
    now, timing = _wall_clock(clock), Timing(token_lifetime, clock)
    directory, log = Directory(world), CallLog(now)
    rates = published_buckets(world.region) if buckets is None else buckets
    throttle = Throttle(rates, background or {}, clock)
    series, quotas = machine_series(world, hourly_ends or {}), QuotaMetrics(throttle, log)
    groups = LogGroups(world)
    ahead = world.end - clock()
    age = Age(world.end, metric_lag, lambda: ahead + clock())
    metrics = MetricOperations(series, quotas, throttle, age, timing, groups)
    operations = {
        **_operations(directory, metrics, other_resources or {}, timing),
        "logs": LogOperations(groups, query_steps).table(),
        "s3": object_operations(world.objects),
        "ssm": parameter_operations(parameters or {}),
        "lambda": function_operations(functions or {}, world.account_id),
    }
    endpoint = AwsEndpoint(operations, throttle, log, directory, denied_actions, latency)
    sink = SlackSink(workspace or Workspace(), now)
    server = LoopbackServer(_router(endpoint, sink))
    sink.url = server.url + _SLACK
    try:
        yield Account(server.url, world.region, log, sink, metrics, endpoint)
    finally:
        sink.close()
        server.close()
