"""The simulated account over HTTP: unchanged boto3 and slack_sdk clients talk to a World."""

from tests.simulator.server.account import Account, serve
from tests.simulator.server.buckets import UNLIMITED, Buckets, Rate, published_buckets
from tests.simulator.server.calls import Call
from tests.simulator.server.metric_series import HourlyEnds
from tests.simulator.server.slack_faults import (
    Delayed,
    DroppedAfterAccept,
    Fault,
    RateLimited,
    Refused,
    ServerFailed,
)
from tests.simulator.server.slack_sink import SlackCall, SlackMessage, SlackSink
from tests.simulator.server.slack_workspace import Workspace
from tests.simulator.server.tagging import TaggedResources

__all__ = [
    "UNLIMITED",
    "Account",
    "Buckets",
    "Call",
    "Delayed",
    "DroppedAfterAccept",
    "Fault",
    "HourlyEnds",
    "Rate",
    "RateLimited",
    "Refused",
    "ServerFailed",
    "SlackCall",
    "SlackMessage",
    "SlackSink",
    "TaggedResources",
    "Workspace",
    "published_buckets",
    "serve",
]
