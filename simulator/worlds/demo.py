"""A week of one account: every system the project began from, and the faults around them."""

from collections.abc import Collection, Mapping
from typing import Any

from simulator.records import World
from simulator.worlds.conditions import Concurrency
from simulator.worlds.demo_systems.batch import daily_batch
from simulator.worlds.demo_systems.objects import map_objects, s3_to_fargate
from simulator.worlds.demo_systems.others import (
    approval_flow,
    archive_logs,
    bystanders,
    order_flow,
    transform_feed,
)
from simulator.worlds.demo_systems.permanent import (
    import_orders,
    publish_report,
    resize_images,
    train_model,
)
from simulator.worlds.demo_systems.poller import genome_align, job_poller
from simulator.worlds.demo_systems.previews import render_previews
from simulator.worlds.demo_systems.scores import calculate_scores
from simulator.worlds.systems import DAY, Setting, build_world

SEED = 2025
LAMBDA_CONCURRENCY = 10
"""What a new account may run at once."""


def demo_world(
    end: float,
    seed: int = SEED,
    override: Mapping[str, Mapping[str, Any]] | None = None,
    only: Collection[str] = (),
) -> World:
    """The account over the nine days before `end` (epoch seconds).

    The same seed gives the same world at any `end`, shifted in time. `override` replaces
    machines' definitions by name, under otherwise the same conditions. Where some are named,
    there are `only` these machines: what map-objects and s3-to-fargate run into is shared.
    """
    setting = Setting(end - 9 * DAY, end, seed)
    functions = Concurrency(LAMBDA_CONCURRENCY)
    systems = (
        calculate_scores(setting),
        daily_batch(setting),
        map_objects(setting, functions),
        s3_to_fargate(setting, functions),
        render_previews(setting),
        job_poller(setting),
        genome_align(setting),
        import_orders(setting),
        publish_report(setting),
        train_model(setting),
        resize_images(setting),
        *order_flow(setting),
        approval_flow(setting),
        archive_logs(setting),
        transform_feed(setting),
        *bystanders(setting),
    )
    some = [each for each in systems if each.name in only]
    return build_world(some or systems, setting, override)
