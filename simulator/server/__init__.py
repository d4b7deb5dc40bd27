"""The simulated account over HTTP: unchanged boto3 and slack_sdk clients talk to a World."""

from simulator.server.account import Account, serve
from simulator.server.buckets import UNLIMITED, Buckets, Rate, published_buckets
from simulator.server.calls import Call
from simulator.server.metric_series import HourlyEnds
from simulator.server.organization import Organization, serve_organization
from simulator.server.slack_faults import (
    Delayed,
    DroppedAfterAccept,
    Fault,
    RateLimited,
    Refused,
    ServerFailed,
)
from simulator.server.slack_sink import SlackCall, SlackMessage, SlackSink
from simulator.server.slack_workspace import Workspace
from simulator.server.tagging import TaggedResources

__all__ = [
    "UNLIMITED",
    "Account",
    "Buckets",
    "Call",
    "Delayed",
    "DroppedAfterAccept",
    "Fault",
    "HourlyEnds",
    "Organization",
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
    "serve_organization",
]
