"""From digest to patch to the next week's before and after, for the kinds that set no retrier."""

import json
from collections.abc import Mapping
from contextlib import redirect_stdout
from dataclasses import dataclass, replace
from datetime import timedelta
from io import StringIO
from typing import TYPE_CHECKING, Any

import pytest

from sfn_digest.adoption.change_scope import SPOT
from sfn_digest.cli import main
from sfn_digest.model.comparison import AdoptedChange
from sfn_digest.model.executions import Window
from sfn_digest.model.report import Hint, Report
from sfn_digest.pipeline.texts import texts_in
from sfn_digest.report.json_face import to_json
from sfn_digest.report.terminal import whole_report as terminal
from simulator.engine.outcomes import Attempt, Outcome, Succeeds
from simulator.records import World
from simulator.worlds.conditions import Concurrency, Spell
from simulator.worlds.demo_systems.objects import map_objects
from simulator.worlds.demo_systems.permanent import import_orders
from simulator.worlds.demo_systems.scores import calculate_scores
from simulator.worlds.failures import lambda_unavailable
from simulator.worlds.hints.ground import LAMBDA, STATE, definition, regular, weather, works
from simulator.worlds.systems import DAY, HOUR, Setting, System, build_world
from tests.adoption.test_before_and_after import FIRST, SECOND, Notebook, report_on, served

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.slow

CHANGED = SECOND.start + timedelta(minutes=1)


def misspelled(setting: Setting) -> System:
    """A retrier that would heal short outages, were its error's name not a letter short."""
    retry = [{"ErrorEquals": ["Lambda.ServiceExeption"], "IntervalSeconds": 120, "MaxAttempts": 5}]
    begins = [setting.at(day, 10) for day in range(6)]
    away = weather(setting, "short", [Spell(each, each + HOUR / 2, 1.0) for each in begins])

    def outcome(attempt: Attempt) -> Outcome:
        bad = away.strikes(attempt)
        return lambda_unavailable(attempt) if bad else works(setting, attempt, 1, 3)

    starts = regular("misspelled", setting, 900)
    return System("misspelled", definition(LAMBDA, retry), starts, {STATE: outcome})


def hurried(setting: Setting) -> System:
    """A task that mostly takes close to its timeout, and now and then a little longer."""
    asl = definition(LAMBDA, [{"ErrorEquals": ["Lambda.ServiceException"], "IntervalSeconds": 9}])
    state = {**asl["States"][STATE], "TimeoutSeconds": 60}

    def outcome(attempt: Attempt) -> Outcome:
        number = int(attempt.execution.split("-")[1])
        if number % 3 == 0 and attempt.attempt == 1:
            return lambda_unavailable(attempt)
        return Succeeds(70 if number % 10 == 0 else 55 + number % 5)

    starts = regular("hurried", setting, HOUR)
    return System("hurried", {**asl, "States": {STATE: state}}, starts, {STATE: outcome})


def lived(
    window: Window, changed: Mapping[str, Mapping[str, Any]] | None = None, only: str = ""
) -> World:
    """A week in which every machine meets what it met the week before."""
    setting = Setting(window.start.timestamp() - 2 * DAY, window.end.timestamp(), 2025)
    functions = Concurrency(10)
    systems = (
        calculate_scores(setting),
        map_objects(setting, functions),
        import_orders(setting),
        misspelled(setting),
        hurried(setting),
    )
    some = [each for each in systems if only in ("", each.name)]
    world = build_world(some, setting, changed)
    updated = (CHANGED.timestamp(),) if changed else ()
    return replace(world, machines=tuple(replace(m, updated_at=updated) for m in world.machines))


@dataclass
class _Weeks:
    """The first week's report and memory, and its hints by kind that were patched."""

    first: Report
    memory: Notebook
    hints: Mapping[str, Hint]
    patched: Mapping[str, Mapping[str, Any]]


PATCHED = {
    "calculate-scores": "ecs_branch",
    "map-objects": "max_concurrency",
    "import-orders": "stop_retrying",
    "misspelled": "dead_retrier",
    "hurried": "timeout_value",
}


@pytest.fixture(scope="module")
def weeks(tmp_path_factory: pytest.TempPathFactory) -> _Weeks:
    """A week's digest, and each machine's definition with one of its hints by `patch`."""
    folder: Path = tmp_path_factory.mktemp("weeks")
    memory, kept = Notebook(), folder / "week.json"
    with pytest.MonkeyPatch.context() as monkeypatch, served(lived(FIRST), monkeypatch):
        report = report_on(FIRST, memory)
        kept.write_text(to_json(report), encoding="utf-8")
        print(
            [
                (
                    h.machine_arn.rsplit(":", 1)[1],
                    h.kind,
                    h.patched and list(h.patched),
                    str(h.text),
                )
                for h in report.hints
            ]
        )
        hints = {
            name: next(
                each
                for each in report.hints
                if each.machine_arn.endswith(f":{name}") and each.kind == kind
            )
            for name, kind in PATCHED.items()
        }
        patched = {}
        for name, hint in hints.items():
            out = StringIO()
            with redirect_stdout(out):
                assert main(["patch", "--hint", hint.id, "--report", str(kept)]) == 0
            patched[name] = json.loads(out.getvalue())
    return _Weeks(report, memory, hints, patched)


def next_week(world: World, weeks: _Weeks) -> Report:
    memory = Notebook(weeks.memory.hints)
    with pytest.MonkeyPatch.context() as monkeypatch, served(world, monkeypatch):
        return report_on(SECOND, memory)


def by_machine(report: Report) -> dict[str, AdoptedChange]:
    told = {each.machine_arn.rsplit(":", 1)[1]: each for each in report.adopted_changes}
    assert len(told) == len(report.adopted_changes)
    return told


def ended(world: World, name: str, causes: frozenset[str]) -> int:
    """Executions of a machine that began after the change and ended by these causes."""
    return sum(
        each.truth.cause in causes
        for each in world.executions
        if each.machine_arn.endswith(f":{name}") and each.started_at >= CHANGED.timestamp()
    )


def test_what_patch_applied_is_told_with_what_was_counted_before_and_since(weeks: _Weeks) -> None:
    world = lived(SECOND, weeks.patched)
    report = next_week(world, weeks)
    told = by_machine(report)
    assert {name: each.kind for name, each in told.items()} == PATCHED
    assert {each.adopted_at for each in told.values()} == {CHANGED}
    for name, each in told.items():
        assert (each.patched, each.before.executions > 0) == (weeks.hints[name].patched, True)
        causes = SPOT if each.kind == "ecs_branch" else frozenset({each.cause})
        assert each.since.ended <= ended(world, name, causes), name
    spot, crowd, orders = told["calculate-scores"], told["map-objects"], told["import-orders"]
    assert (spot.verdict, spot.before.ended, spot.since.ended) == ("fewer", 17, 0)
    assert 5 <= spot.since.caught <= 17
    assert (crowd.verdict, crowd.before.attempts, crowd.since.attempts) == ("fewer", 379, 0)
    assert crowd.since.seconds is not None
    assert (orders.verdict, orders.since.failed, orders.saved_retries) == ("counted", 3, 6)
    assert (told["hurried"].verdict, told["hurried"].since.ended) == ("fewer", 0)
    named = told["misspelled"]
    assert (named.verdict, named.before.recovered) == ("counted", 0)
    assert named.since.recovered == named.since.failed > 5
    shown = " ".join(terminal.render(report, texts_in("en"), 100).split())
    assert "on demand after Spot: adopted on" in shown
    assert "MaxConcurrency 9: adopted on" in shown
    again = [each for each in report.hints if each.id in {h.id for h in weeks.hints.values()}]
    assert again == []


def test_what_stands_beside_another_change_is_not_judged(weeks: _Weeks) -> None:
    name = "calculate-scores"
    asl = weeks.patched[name]
    state = asl["States"]["CalculateScores"]
    parameters = {**state["Parameters"], "TaskDefinition": f"{name}:8"}
    other = {
        **asl,
        "States": {**asl["States"], "CalculateScores": {**state, "Parameters": parameters}},
    }
    report = next_week(lived(SECOND, {name: other}, name), weeks)
    (told,) = report.adopted_changes
    assert (told.verdict, told.since.executions) == ("otherwise", 0)
    shown = " ".join(terminal.render(report, texts_in("en"), 100).split())
    assert "the definition was changed in other ways too, so no conclusion is drawn" in shown


def test_what_nobody_applied_is_not_told_of(weeks: _Weeks) -> None:
    world = lived(SECOND, only="import-orders")
    assert next_week(world, weeks).adopted_changes == ()
