"""Accounts of machines of many shapes."""

import pytest

from simulator.records import World
from simulator.worlds.hints.kinds import KINDS
from simulator.worlds.hints.shapes import account
from simulator.worlds.systems import DAY, Setting, build_world
from tests.asl.lint import mistakes

pytestmark = pytest.mark.slow

SHAPES = {
    "plain",
    "express",
    "choice",
    "two",
    "caught",
    "parallel",
    "map",
    "crowd",
    "nested",
    "distributed",
}


def setting(seed: int) -> Setting:
    return Setting(1_781_000_000.0, 1_781_000_000.0 + 7 * DAY, seed)


def lived(seed: int) -> World:
    return build_world(account(setting(seed), KINDS), setting(seed))


def test_step_functions_would_take_every_definition_and_every_shape_is_among_them() -> None:
    systems = [each for seed in range(14) for each in account(setting(seed), KINDS)]
    # One of each shape, since the rules take half a second for a definition.
    definitions = {each.name.split("-")[0]: each.definition for each in systems}
    assert set(definitions) == SHAPES
    wrong = {shape: found for shape, each in definitions.items() if (found := mistakes(each))}
    assert wrong == {}


def test_the_same_seed_gives_the_same_week() -> None:
    assert lived(3).executions == lived(3).executions
    assert lived(3).executions != lived(4).executions


def test_most_executions_succeed_and_some_fail() -> None:
    runs = [each for seed in range(4) for each in lived(seed).executions]
    share = sum(each.status == "FAILED" for each in runs) / len(runs)
    assert 0.005 < share < 0.3
