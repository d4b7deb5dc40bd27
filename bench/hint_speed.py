"""How long it takes to evaluate 20,000 failures."""

import time
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from bench.hint_worlds import START, failures_of, live, successes_of
from sfn_digest.model.executions import Failure, Window
from sfn_digest.model.successes import Successes
from sfn_digest.retry import Definition, evaluate, read_definition
from simulator.worlds.hints.kinds import KINDS

MANY = 20_000


def seconds_of_many(seed: int) -> float:
    """Seconds of one core for the hints on a world of each kind, again and again under other
    names until there are as many failures.
    """
    definitions: dict[str, Definition] = {}
    failures: list[Failure] = []
    successes: dict[str, Successes] = {}
    worlds = list(_worlds(seed))
    copy = 0
    while len(failures) < MANY:
        copy += 1
        for number, (definition, failed, found) in enumerate(worlds):
            arn = f"{found.machine_arn}-{number}-{copy}"
            definitions[arn] = definition
            failures += [_renamed(each, arn) for each in failed]
            successes[arn] = replace(found, machine_arn=arn)
    begin = datetime.fromtimestamp(START, UTC)
    began = time.process_time()
    evaluate(definitions, failures[:MANY], successes, Window(begin, begin + timedelta(days=7)))
    return time.process_time() - began


def _worlds(seed: int) -> Iterable[tuple[Definition, list[Failure], Successes]]:
    for kind in KINDS:
        lived = live(kind, seed + 1)
        failures = failures_of(lived)
        for machine in lived.world.machines:
            own = [each for each in failures if each.execution.machine_arn == machine.arn]
            yield read_definition(machine.definition), own, successes_of(lived, machine.name)


def _renamed(failure: Failure, arn: str) -> Failure:
    return replace(failure, execution=replace(failure.execution, machine_arn=arn))
