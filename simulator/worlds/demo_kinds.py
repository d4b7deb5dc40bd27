"""One machine of each kind beside the demo's usual ones: what other digests leave opaque.

An Express workflow, Distributed Maps whose failed children are tolerated or not, an error handler
that fails itself, retries that work ever harder, a callback that nobody answers, a bad release.
"""

from dataclasses import replace

from simulator.records import SimMachine, World
from simulator.worlds.kinds import distributed_map, express, handled, logged
from simulator.worlds.systems import DAY, Setting, System, build_world
from simulator.worlds.unnoticed import approval, recovering, released, with_release

SEED = 2026
RELEASED = "price-quotes"


def kinds_of(setting: Setting) -> tuple[System, ...]:
    """The systems of one week."""
    return (
        express(setting, "checkout-api", 240, logged("checkout-api"), odds=0.03),
        distributed_map(setting, "catalog-import", 2, 80, odds=0.05, ToleratedFailurePercentage=20),
        distributed_map(setting, "invoice-batch", 1, 60, odds=0.1, bucket="acme-map-results"),
        handled(setting, "nightly-cleanup", 1),
        recovering(setting, "sync-orders", 200, odds=0.01, lost=0.02, later=0.45, redriven=1),
        approval(setting, "contract-approval", 24, stuck=2, limit=None),
        released(setting, RELEASED, 160, odds=(0.0, 0.12)),
    )


def with_kinds(world: World) -> World:
    """The world with a machine of each kind, in its last week."""
    setting = Setting(world.end - 7 * DAY, world.end, SEED)
    more = with_release(build_world(kinds_of(setting), setting), RELEASED, setting)
    return replace(
        world,
        machines=(*world.machines, *(_changed(each, more) for each in more.machines)),
        executions=(*world.executions, *more.executions),
        map_runs=(*world.map_runs, *more.map_runs),
        objects={**world.objects, **more.objects},
        versions=more.versions,
        aliases=more.aliases,
    )


def _changed(machine: SimMachine, world: World) -> SimMachine:
    """The machine, its definition changed with its newest version."""
    released = [each.created_at for each in world.versions if machine.arn in each.arn]
    return replace(machine, updated_at=(max(released),)) if released else machine
