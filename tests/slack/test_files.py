"""Files hang on the thread as they were sent; what Slack refuses is one of our errors."""

import time
from collections.abc import Iterator
from dataclasses import replace

import pytest

from sfn_digest.model.slack_message import SlackMessage
from sfn_digest.slack.bot import BotChannel
from sfn_digest.slack.channel import FileUpload
from sfn_digest.slack.post_errors import SlackPostError
from sfn_digest.slack.webhook import WebhookChannel
from simulator.server import SlackSink, Workspace
from simulator.server.slack_faults import DroppedAfterAccept, RateLimited, ServerFailed
from tests.slack.served import CHANNEL, TOKEN, workspace

FILES = [
    FileUpload("chart.png", b"\x89PNG\r\n", "A chart."),
    FileUpload("week.csv", b"a,b\r\n1,2\r\n"),
]
COMPLETE = "files.completeUploadExternal"


@pytest.fixture
def sink() -> Iterator[SlackSink]:
    with workspace(time.time) as served:
        yield served


def bot(sink: SlackSink) -> BotChannel:
    return BotChannel(TOKEN, CHANNEL, base_url=sink.url, time_left=lambda: 60.0)


def root(channel: BotChannel) -> str:
    ts = channel.post(SlackMessage("the digest", []), None, None).ts
    assert ts is not None
    return ts


def test_all_files_hang_on_the_thread_in_one_message(sink: SlackSink) -> None:
    channel = bot(sink)
    ts = root(channel)
    channel.attach(FILES, ts)
    (message,) = [each for each in sink.messages if each.files]
    assert message.thread_ts == ts
    assert message.files == tuple((file.name, file.content) for file in FILES)


def test_without_the_scope_the_error_names_it() -> None:
    held = Workspace(token=TOKEN, channels=(CHANNEL,))
    less = replace(held, scopes=held.scopes - {"files:write"})
    with workspace(time.time, less) as sink:
        channel = bot(sink)
        ts = root(channel)
        with pytest.raises(SlackPostError, match="files:write") as refused:
            channel.attach(FILES, ts)
    assert refused.value.code == "missing_scope"


@pytest.mark.parametrize(
    ("fault", "kind"),
    [
        (DroppedAfterAccept(), "ambiguous"),
        (ServerFailed(502, accepted=True), "ambiguous"),
        (RateLimited(7), "transient"),
    ],
)
def test_a_fault_at_the_sharing_says_whether_the_files_may_be_there(
    sink: SlackSink, fault: DroppedAfterAccept | ServerFailed | RateLimited, kind: str
) -> None:
    channel = bot(sink)
    ts = root(channel)
    sink.inject(fault, COMPLETE)
    with pytest.raises(SlackPostError) as failed:
        channel.attach(FILES, ts)
    assert failed.value.kind == kind


def test_an_upload_that_is_refused_is_told_without_the_answers_text(sink: SlackSink) -> None:
    channel = bot(sink)
    ts = root(channel)
    with pytest.raises(SlackPostError) as failed:
        channel.attach([FileUpload("empty.csv", b"")], ts)
    assert "empty.csv" not in str(failed.value)


def test_a_webhook_takes_no_files() -> None:
    channel = WebhookChannel("https://hooks.example/x", CHANNEL, time_left=lambda: 60.0)
    with pytest.raises(SlackPostError, match="use a bot token"):
        channel.attach(FILES, "1.0")
