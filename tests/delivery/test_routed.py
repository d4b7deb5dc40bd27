"""Parts of a digest go to channels of their own, once each, and none at another's cost."""

from dataclasses import dataclass, field, replace
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sfn_digest.delivery import Delivered, DeliveryContext, Digest, MemoryLedger, Note
from sfn_digest.delivery.digest_delivery import deliver_everywhere
from sfn_digest.delivery.run_clock import SharedRunClock
from sfn_digest.delivery.stored_digest import decode, encode
from sfn_digest.errors import SfnDigestError
from tests.delivery.draws import drawn
from tests.delivery.faults import Fault, Faults, FlakyLedger, no_faults, scripted
from tests.delivery.stage import Actor, Stage
from tests.delivery.weeks import AGAIN, DELIVERY, PARTS, digest
from tests.delivery.workspace import CHANNEL, FakeChannel, FakeSlack
from tests.examples import many

pytestmark = pytest.mark.slow

TEAMS = ("C0TEAMAAA1", "C0TEAMBBB2")


def routed(edition: str) -> Digest:
    """A digest with a part for each team."""
    parts = tuple(replace(digest(edition), channel=team) for team in TEAMS)
    return replace(digest(edition), parts=parts)


@dataclass
class Workspace:
    """Three channels, and one ledger, that all runs share."""

    seed: int = 0
    ledger: MemoryLedger = field(default_factory=MemoryLedger)
    notes: list[Note] = field(default_factory=list)
    scans: int = 0

    def __post_init__(self) -> None:
        self.stage = Stage(self.seed)
        self.channels = {name: FakeSlack(self.stage) for name in (CHANNEL, *TEAMS)}

    def run(self, faults: dict[str, Faults] | None = None, *, refresh: bool = True) -> object:
        """One run; `faults` strike it by channel. Gives its outcome, or its error."""
        actor, ended = Actor(self.stage), list[object]()

        def script() -> None:
            try:
                ended.append(self._deliver(actor, faults or {}, refresh=refresh))
            except SfnDigestError as error:
                ended.append(error)

        self.stage.play([(actor, script)])
        self.stage.clock += 60.0
        return ended[0] if ended else None

    def _deliver(self, actor: Actor, faults: dict[str, Faults], *, refresh: bool) -> Delivered:
        def opened(name: str) -> DeliveryContext:
            strikes = faults.get(name, no_faults)
            place = FakeChannel(self.channels[name], actor, strikes)
            ledger = FlakyLedger(self.ledger, actor, strikes)
            return DeliveryContext(ledger, place, actor, self.notes.append)

        def make() -> Digest:
            self.scans += 1
            return routed(f"edition {self.scans}")

        own = opened(CHANNEL)
        return deliver_everywhere(DELIVERY, make, own, opened, again=AGAIN, refresh=refresh)

    def roots(self) -> dict[str, int]:
        """How many digests stand in each channel."""
        return {name: len(slack.roots()) for name, slack in self.channels.items()}


ONCE = dict.fromkeys((CHANNEL, *TEAMS), 1)


def test_each_channel_gets_its_digest_once_however_often_the_run_is_fired() -> None:
    week = Workspace()
    for _ in range(3):
        outcome = week.run()
        assert isinstance(outcome, Delivered)
        assert len(outcome.elsewhere) == len(TEAMS)
        assert week.roots() == ONCE
    assert all(len(slack.replies()) == len(PARTS) - 1 for slack in week.channels.values())


def test_a_channel_that_refuses_costs_no_other_its_digest_and_gets_it_later() -> None:
    for name in ONCE:
        week = Workspace()
        refused = scripted(post=[Fault("refused", "not_in_channel")] * 9)
        assert isinstance(week.run({name: refused}), SfnDigestError)
        assert week.roots() == {**ONCE, name: 0}
        assert isinstance(week.run(), Delivered)
        assert week.roots() == ONCE


def test_a_channel_of_its_own_that_refuses_is_named_with_the_reason() -> None:
    week = Workspace()
    error = week.run({TEAMS[0]: scripted(post=[Fault("refused", "not_in_channel")])})
    assert TEAMS[0] in str(error)
    assert TEAMS[1] not in str(error)
    assert "The bot is not in the channel" in str(error)
    assert AGAIN in str(error)
    assert [note.code for note in week.notes] == ["ChannelMissed"]


def test_a_channel_that_asks_to_wait_leaves_time_for_the_others() -> None:
    week = Workspace()
    slow = Fault("refused", "ratelimited", retry_after=290.0)
    assert isinstance(week.run({CHANNEL: scripted(post=[slow] * 9)}), SfnDigestError)
    assert week.roots() == {**ONCE, CHANNEL: 0}


def test_what_an_earlier_run_kept_is_delivered_without_a_new_scan() -> None:
    week = Workspace()
    week.run({CHANNEL: scripted(post=[Fault("killed before")])}, refresh=False)
    assert isinstance(week.run(refresh=False), Delivered)
    assert week.roots() == ONCE
    assert week.scans == 1


@settings(max_examples=many(60), deadline=None)
@given(
    st.integers(0, 2**32),
    st.sampled_from([0.1, 0.3, 0.6]),
    st.sampled_from(sorted(ONCE)),
    st.integers(1, 3),
)
def test_whatever_strikes_one_channel_every_channel_ends_with_one_digest(
    seed: int, likely: float, struck: str, runs: int
) -> None:
    week = Workspace(seed)
    draws = Random(seed)
    for _ in range(runs):
        week.run({struck: drawn(draws, likely)})
        assert max(week.roots().values()) <= 1
    week.stage.clock += 3_600.0
    for _ in range(2):
        last = week.run()
    assert isinstance(last, Delivered)
    assert week.roots() == ONCE


def test_a_kept_digest_comes_back_with_its_parts() -> None:
    whole = replace(routed("kept"), whole={"failures": [], "coverage": {}})
    assert decode(encode(whole)) == whole


def test_a_share_of_the_time_is_over_before_the_time_is() -> None:
    actor = Actor(Stage(0), lasts=900.0)
    shared = SharedRunClock(actor)
    assert shared.left() == 900.0
    shared.share(3)
    assert shared.left() == 300.0
