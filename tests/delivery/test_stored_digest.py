"""A digest is kept whole, or says what it lacks; its id says what it is the digest of."""

import json
import zlib
from datetime import UTC, datetime, timedelta
from typing import Any
from unittest.mock import patch

import pytest

from sfn_digest.delivery import Digest, adhoc_id, editions, period_id, post_later, read_kept
from sfn_digest.delivery.keys import fingerprint, message_key
from sfn_digest.delivery.ledger import MemoryLedger
from sfn_digest.delivery.stored_digest import decode, encode, readable
from sfn_digest.errors import BadRequestError
from sfn_digest.model.executions import Tag, Window
from sfn_digest.pipeline.texts import texts_in
from sfn_digest.report.json_face import to_dict
from sfn_digest.report.slack import messages
from tests.delivery.weeks import DELIVERY, Week
from tests.report import made_past

pytestmark = pytest.mark.slow

END = datetime(2026, 11, 16, 9, tzinfo=UTC)
WINDOW = Window(END - timedelta(days=7), END)
TAG = Tag("sfn-digest", "on")


def kept() -> Digest:
    report = made_past.compared_week()
    posts = messages(report, texts_in("en"), charts=True)
    assert any(each.fallback_blocks for each in posts)
    return Digest("C0SFNDIGEST", posts, to_dict(report))


def test_a_digest_comes_back_as_it_was_kept() -> None:
    assert decode(encode(kept())) == kept()


def test_a_report_too_large_to_keep_leaves_its_failures_out_and_says_so() -> None:
    week = Week()
    with patch.object(editions, "MOST_BYTES", 10):
        run = week.run()
    assert run.codes == ["ReportCut"]
    report = read_kept(DELIVERY, week.ledger).report
    assert report["failures"] == []
    assert report["coverage"]["complete"] is False
    assert "The list of 1 failures was too large to be stored" in report["coverage"]["notes"][-1]
    assert run.outcome is not None
    assert run.outcome.kept.report["failures"]


def _damaged(change: Any) -> bytes:
    plain = json.loads(zlib.decompress(encode(kept())))
    change(plain)
    return zlib.compress(json.dumps(plain).encode())


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"not compressed",
        zlib.compress(b"[" * 100_000),
        zlib.compress(b"[]"),
        _damaged(lambda plain: plain.update(messages=[])),
        _damaged(lambda plain: plain["messages"][0].update(text=None)),
        _damaged(lambda plain: plain["messages"][0].update(blocks="x")),
        _damaged(lambda plain: plain.update(report=None)),
        _damaged(lambda plain: plain["report"].pop("coverage")),
        _damaged(lambda plain: plain["report"]["coverage"].update(failures_read="3")),
        _damaged(lambda plain: plain["report"]["machines"].append(None) or plain.pop("report")),
        _damaged(lambda plain: plain["report"]["machines"].append("orders")),
        _damaged(lambda plain: plain["report"].update(hints=[{"state": "Load"}])),
        _damaged(lambda plain: plain["report"].update(adopted=[7])),
        _damaged(lambda plain: plain["report"]["coverage"].update(reported="all")),
    ],
    ids=range(15),
)
def test_a_stored_digest_that_cannot_be_read_costs_no_run(content: bytes) -> None:
    week = Week()
    assert week.ledger.store(DELIVERY, content, replacing=None)
    assert readable(content) is None
    run = week.run()
    assert run.outcome is not None
    assert read_kept(DELIVERY, week.ledger) == run.outcome.kept


def test_what_is_not_kept_is_refused() -> None:
    with pytest.raises(BadRequestError, match="No report is stored under this ID"):
        read_kept("another", MemoryLedger())


OTHERS: dict[str, dict[str, Any]] = {
    "window": {"window": Window(WINDOW.start, WINDOW.end + timedelta(seconds=1))},
    "account": {"account_id": "210987654321"},
    "region": {"region": "us-east-1"},
    "channel": {"channel": "C0OTHER"},
    "tag": {"tag": Tag("team", "a")},
    "machines": {"machines": ["daily-*"]},
}


def of_period(**other: Any) -> str:
    words: dict[str, Any] = {
        "window": WINDOW,
        "account_id": "123456789012",
        "region": "eu-west-1",
        "channel": "C0SFNDIGEST",
        "tag": TAG,
    }
    return period_id(**(words | other))


def test_a_period_has_one_id_in_every_zone_and_order() -> None:
    shifted = Window(*(t.astimezone() for t in (WINDOW.start, WINDOW.end)))
    assert of_period(window=shifted, machines=["b", "a"]) == of_period(machines=["a", "b"])


@pytest.mark.parametrize("name", OTHERS)
def test_another_period_place_or_scope_is_another_delivery(name: str) -> None:
    assert of_period(**OTHERS[name]) != of_period()


def test_parts_of_a_delivery_have_keys_of_their_own() -> None:
    assert [message_key("d", index) for index in range(3)] == ["d/root", "d/thread-1", "d/thread-2"]
    assert adhoc_id("r1", "C1") != adhoc_id("r1", "C2")


def test_messages_are_equal_by_text_and_blocks() -> None:
    same = fingerprint("t", [{"a": 1, "b": 2}])
    assert same == fingerprint("t", [{"b": 2, "a": 1}])
    assert same not in {fingerprint("t", []), fingerprint("u", [{"a": 1, "b": 2}])}


def test_the_command_that_posts_later_can_be_pasted_into_a_shell() -> None:
    command = post_later("sfn-digest", of_period())
    payload = command.split("'")[1]
    assert json.loads(payload) == {"post_kept": of_period()}
    assert command.endswith("/dev/stdout")
