"""Two weeks of a simulated account: a hint, its adoption, and what the next report says of it."""

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from sfn_digest.adoption import GivenHint, HintScope, Kept, ReadOnlyMemory
from sfn_digest.adoption.given_hints import given_now
from sfn_digest.asl.edit import apply_hints
from sfn_digest.aws import open_account
from sfn_digest.cli import main
from sfn_digest.config.request import Request
from sfn_digest.model.executions import Window
from sfn_digest.model.report import Hint, Report
from sfn_digest.pipeline.digest import make_report
from sfn_digest.pipeline.run import Run
from sfn_digest.pipeline.texts import texts_in
from sfn_digest.progress import SilentProgress
from sfn_digest.report.json_face import to_dict, to_json
from sfn_digest.report.terminal import whole_report as terminal
from sfn_digest.retry import read_definition
from simulator.engine.outcomes import Attempt, Outcome
from simulator.records import World
from simulator.server import serve
from simulator.worlds.conditions import Spell
from simulator.worlds.failures import lambda_unavailable
from simulator.worlds.hints.ground import LAMBDA, STATE, definition, regular, weather, works
from simulator.worlds.systems import DAY, HOUR, Setting, System, build_world
from tests.conftest import PLENTY, set_environment

pytestmark = pytest.mark.slow

MINUTE = 60.0
END = datetime.now(UTC).replace(second=0, microsecond=0)
MIDDLE, BEGIN = END - timedelta(days=7), END - timedelta(days=14)
CHANGED = MIDDLE + timedelta(hours=1)
FIRST, SECOND = Window(BEGIN, MIDDLE), Window(MIDDLE, END)


@dataclass
class Notebook:
    """A memory that a test can look into."""

    hints: tuple[Kept, ...] = ()
    places: list[HintScope] = field(default_factory=list)
    gave: tuple[GivenHint, ...] = ()

    def load(self, place: HintScope) -> tuple[Kept, ...]:
        self.places.append(place)
        return self.hints

    def save(self, place: HintScope, kept: Sequence[Kept]) -> None:
        self.places.append(place)
        self.hints = tuple(kept)

    def given(self, place: HintScope) -> tuple[GivenHint, ...]:
        self.places.append(place)
        return self.gave

    def give(self, place: HintScope, hints: Sequence[Hint], now: datetime) -> None:
        self.places.append(place)
        self.gave = given_now(self.gave, hints, now)


def lived(
    window: Window, asl: Mapping[str, Any], outage: float, *, times: int = 4, every: float = 10
) -> World:
    """A week in which a service was away several times, for so many minutes each."""
    setting = Setting(window.start.timestamp(), window.end.timestamp(), 7)
    begins = [setting.start + DAY * (1 + n) + 10 * MINUTE for n in range(times)]
    bad = weather(setting, "away", [Spell(each, each + outage * MINUTE, 1.0) for each in begins])

    def outcome(attempt: Attempt) -> Outcome:
        return (
            lambda_unavailable(attempt) if bad.strikes(attempt) else works(setting, attempt, 1, 3)
        )

    starts = regular("payments", setting, every * MINUTE)
    world = build_world([System("payments", asl, starts, {STATE: outcome})], setting)
    (machine,) = world.machines
    changed = replace(machine, updated_at=(CHANGED.timestamp(),) if window == SECOND else ())
    return replace(world, machines=(changed,))


@contextmanager
def served(world: World, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    with serve(world, buckets=PLENTY) as account:
        set_environment(monkeypatch, account.environment)
        yield


def report_on(window: Window, memory: Notebook | ReadOnlyMemory, **changes: Any) -> Report:
    request = replace(Request(window), **changes)
    account = open_account(1.0, SilentProgress())
    return make_report(Run(request, account, now=window.end), memory=memory)


@pytest.fixture(scope="module")
def first_week() -> tuple[Report, Notebook]:
    """The first week's report, and what it kept."""
    memory = Notebook()
    with (
        pytest.MonkeyPatch.context() as monkeypatch,
        served(lived(FIRST, definition(LAMBDA, []), 25), monkeypatch),
    ):
        return report_on(FIRST, memory), memory


@pytest.fixture
def hinted(first_week: tuple[Report, Notebook]) -> tuple[Hint, Notebook]:
    """The hint of the first week, and a memory that holds it."""
    report, memory = first_week
    (hint,) = [each for each in report.hints if each.kind == "retry"]
    assert report.adopted == ()
    return hint, Notebook(memory.hints, list(memory.places))


def changed(hint: Hint) -> dict[str, Any]:
    return apply_hints(read_definition(definition(LAMBDA, [])), [hint])


def truth(world: World) -> tuple[int, int]:
    """Executions that met a failed attempt after the change, and those of them that recovered."""
    met = [
        each
        for each in world.executions
        if each.truth.attempts and each.started_at >= CHANGED.timestamp()
    ]
    return len(met), sum(each.status == "SUCCEEDED" for each in met)


def test_a_hint_that_helped_is_told_with_what_really_recovered(
    hinted: tuple[Hint, Notebook], monkeypatch: pytest.MonkeyPatch
) -> None:
    hint, memory = hinted
    world = lived(SECOND, changed(hint), 15)
    with served(world, monkeypatch):
        report = report_on(SECOND, memory)
    (told,) = report.adopted
    assert (told.failures, told.recovered) == truth(world)
    assert told.recovered >= 5
    assert (told.hinted_at, told.adopted_at) == (MIDDLE, CHANGED)
    assert told.predicted_low == hint.recovered.low / hint.failures
    assert told.predicted_high == hint.recovered.high / hint.failures
    assert (told.verdict, told.at_least) == ("as_predicted", False)
    assert told.retrier == hint.retrier
    assert to_dict(report)["adopted"][0]["verdict"] == "as_predicted"
    shown = " ".join(terminal.render(report, texts_in("en"), 100).split())
    share = f"observed 100% ({told.recovered} of {told.failures} failures)"
    assert f"adopted on {CHANGED:%Y-%m-%d}: predicted" in shown
    assert share in shown


def test_what_patch_makes_of_the_digest_s_hint_counts_as_adopted_in_the_next_digest(
    first_week: tuple[Report, Notebook],
    hinted: tuple[Hint, Notebook],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    hint, memory = hinted
    kept = tmp_path / "week.json"
    kept.write_text(to_json(first_week[0]), encoding="utf-8")
    with served(lived(FIRST, definition(LAMBDA, []), 25), monkeypatch):
        assert main(["patch", "--hint", hint.id, "--report", str(kept)]) == 0
    out, err = capsys.readouterr()
    assert "The hints come from the report in week.json" in err
    assert "evaluated again" not in err
    with served(lived(SECOND, json.loads(out), 15), monkeypatch):
        report = report_on(SECOND, memory)
    (told,) = report.adopted
    assert (told.retrier, told.verdict) == (hint.retrier, "as_predicted")


def test_a_report_gives_its_hints_to_the_memory_whole_and_a_dry_run_none(
    first_week: tuple[Report, Notebook],
) -> None:
    report, memory = first_week
    assert tuple(each.hint for each in memory.gave) == report.hints
    assert {each.given_at for each in memory.gave} == {MIDDLE}
    scope = HintScope("1", "eu-west-1", None)
    ReadOnlyMemory(memory).give(scope, [], END)
    assert ReadOnlyMemory(memory).given(scope) == memory.gave


def test_a_hint_that_did_not_help_is_told_so(
    hinted: tuple[Hint, Notebook], monkeypatch: pytest.MonkeyPatch
) -> None:
    hint, memory = hinted
    world = lived(SECOND, changed(hint), 8 * HOUR / MINUTE, every=30)
    with served(world, monkeypatch):
        report = report_on(SECOND, memory)
    (told,) = report.adopted
    assert (told.failures, told.recovered) == truth(world)
    assert told.recovered < 0.5 * told.failures
    assert told.verdict == "worse"
    assert "it helped less than predicted" in " ".join(
        terminal.render(report, texts_in("en"), 100).split()
    )


def test_a_machine_that_no_longer_fails_is_read_for_its_hint_all_the_same(
    hinted: tuple[Hint, Notebook], monkeypatch: pytest.MonkeyPatch
) -> None:
    hint, memory = hinted
    with served(lived(SECOND, changed(hint), 0), monkeypatch):
        report = report_on(SECOND, memory)
    assert report.totals.unsuccessful == 0
    (told,) = report.adopted
    assert (told.failures, told.verdict) == (0, "too_few")
    shown = " ".join(terminal.render(report, texts_in("en"), 100).split())
    assert "no failures due to this cause since" in shown


def test_a_hint_that_nobody_took_up_is_given_again_and_not_told_of(
    hinted: tuple[Hint, Notebook], monkeypatch: pytest.MonkeyPatch
) -> None:
    _, memory = hinted
    first = {each.hinted_at for each in memory.hints}
    with served(lived(SECOND, definition(LAMBDA, []), 25), monkeypatch):
        report = report_on(SECOND, memory)
    assert report.adopted == ()
    assert [each.kind for each in report.hints if each.kind == "retry"] == ["retry"]
    assert first == {MIDDLE}
    assert min(each.hinted_at for each in memory.hints) == MIDDLE


def test_without_successes_nothing_is_judged_and_a_dry_run_keeps_nothing(
    hinted: tuple[Hint, Notebook], monkeypatch: pytest.MonkeyPatch
) -> None:
    hint, memory = hinted
    before = memory.hints
    with served(lived(SECOND, changed(hint), 15), monkeypatch):
        report = report_on(SECOND, ReadOnlyMemory(memory), successes=0)
    (told,) = report.adopted
    assert (told.failures, told.verdict) == (0, "too_few")
    assert memory.hints == before


def test_hints_are_kept_by_account_region_and_tag_and_apart_for_all_machines(
    hinted: tuple[Hint, Notebook], monkeypatch: pytest.MonkeyPatch
) -> None:
    _, memory = hinted
    world = lived(SECOND, definition(LAMBDA, []), 0)
    with served(world, monkeypatch):
        report_on(SECOND, memory, all_machines=True)
    request = Request(FIRST)
    tagged = HintScope(world.account_id, world.region, request.tag)
    apart = replace(tagged, tag=None)
    assert [(place, memory.places.count(place)) for place in (tagged, apart)] == [
        (tagged, 3),
        (apart, 3),
    ]
