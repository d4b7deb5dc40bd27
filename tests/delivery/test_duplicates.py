"""What the AWS CLI sends again is one report in the channel; what is asked otherwise is another."""

from datetime import UTC, datetime, timedelta

import pytest

from sfn_digest.delivery import (
    DeliveryContext,
    MemoryLedger,
    Note,
    RequestedDelivery,
    deliver_once,
    requested_delivery,
)
from sfn_digest.errors import AccountError
from tests.delivery.faults import Fault, Faults, FlakyLedger, no_faults, scripted
from tests.delivery.stage import Actor
from tests.delivery.weeks import AGAIN, Week, digest, editions_shown, faults_in_channel
from tests.delivery.workspace import CHANNEL, FakeChannel

pytestmark = pytest.mark.slow

NOW = datetime(2026, 11, 16, 9, tzinfo=UTC)
WORDS = ("7d", "", ["nightly-*"], "sfn-digest=on", "en")


class Asking:
    """Requests by hand over one table."""

    def __init__(self) -> None:
        self.ledger = MemoryLedger()
        self.notes: list[Note] = []

    def __call__(
        self,
        request: str,
        *,
        later: float = 0.0,
        words: tuple[object, ...] = WORDS,
        channel: str = CHANNEL,
    ) -> RequestedDelivery:
        now = NOW + timedelta(seconds=later)
        return requested_delivery(words, request, channel, self.ledger, now, self.notes.append)


@pytest.fixture
def ask() -> Asking:
    return Asking()


def test_a_request_that_is_sent_again_has_the_delivery_of_the_first(ask: Asking) -> None:
    first = ask("r1")
    again = [ask(f"r{number}", later=60.0 * number) for number in (2, 3, 4, 5)]
    assert not first.repeated
    assert again == [RequestedDelivery(first.id, repeated=True)] * 4
    assert [note.code for note in ask.notes] == ["AskedAgain"] * 4
    assert ask.notes[0].sentence.startswith("The same report was asked for 120 s ago")


def test_after_ten_minutes_the_same_words_are_another_report(ask: Asking) -> None:
    first, second = ask("r1"), ask("r2", later=600.0)
    assert second.id != first.id
    assert not second.repeated
    assert ask("r3", later=700.0).id == second.id


def test_ten_minutes_count_from_the_first_request_and_not_from_the_last(ask: Asking) -> None:
    first = ask("r1")
    assert ask("r2", later=590.0).id == first.id
    assert ask("r3", later=610.0).id != first.id


@pytest.mark.parametrize("request_id", ["r1", "r2"])
def test_a_request_that_lambda_repeats_much_later_keeps_its_delivery(
    ask: Asking, request_id: str
) -> None:
    first = ask("r1")
    ask("r2", later=60.0)
    assert ask(request_id, later=3_600.0).id == first.id


@pytest.mark.parametrize(
    "other",
    [
        {"words": ("36h", *WORDS[1:])},
        {"words": (*WORDS[:2], [], *WORDS[3:])},
        {"words": (*WORDS[:3], "team=a", "en")},
        {"channel": "C0123456789"},
    ],
)
def test_what_is_asked_otherwise_is_another_report(ask: Asking, other: dict[str, object]) -> None:
    assert ask("r1").id != ask("r2", **other).id  # type: ignore[arg-type]


def test_a_table_that_cannot_be_read_ends_the_request_since_it_might_post_twice() -> None:
    week = Week()

    def script(actor: Actor) -> None:
        flaky = FlakyLedger(week.ledger, actor, scripted(read=[Fault("refused")]))
        with pytest.raises(AccountError):
            requested_delivery(WORDS, "r1", CHANNEL, flaky, actor.utc(), lambda _: None)

    actor = Actor(week.stage)
    week.stage.play([(actor, lambda: script(actor))])


def asked_at_once(week: Week, requests: int, faults: Faults) -> None:
    """Send one request so many times at once."""
    scripts = []
    for number in range(requests):
        actor = Actor(week.stage)

        def script(actor: Actor = actor, number: int = number) -> None:
            ledger = FlakyLedger(week.ledger, actor, faults)
            asked = requested_delivery(
                WORDS, f"r{number}", CHANNEL, ledger, actor.utc(), lambda _: None
            )
            channel = FakeChannel(week.slack, actor, faults)
            context = DeliveryContext(ledger, channel, actor, lambda _: None)
            deliver_once(
                asked.id,
                lambda: digest(f"of request {number}"),
                context,
                again=AGAIN,
                refresh=asked.repeated,
            )

        scripts.append((actor, script))
    week.stage.play(scripts)


@pytest.mark.parametrize("seed", range(20))
def test_a_request_that_is_sent_five_times_at_once_is_posted_once(seed: int) -> None:
    week = Week(seed)
    asked_at_once(week, 5, no_faults)
    assert faults_in_channel(week) == []
    assert len(editions_shown(week)) == 1
