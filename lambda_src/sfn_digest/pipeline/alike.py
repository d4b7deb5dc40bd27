"""Pure: executions that ended alike, of which a few are read whole and stand for the others."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TypeVar

from sfn_digest.model.executions import Failure

T = TypeVar("T")

Groups = Mapping[tuple[str, str], Sequence[Failure]]
"""Failures by machine and group of the cause that their end tells, in the order of time."""


def alike(failures: Iterable[Failure]) -> Groups:
    """The failures in groups of those that ended alike."""
    groups: defaultdict[tuple[str, str], list[Failure]] = defaultdict(list)
    for each in sorted(failures, key=lambda each: (each.execution.stopped_at, each.execution.arn)):
        groups[each.execution.machine_arn, each.diagnosis.group].append(each)
    return groups


def largest_first(groups: Groups) -> Sequence[Sequence[Failure]]:
    """The groups by how many they are."""
    return sorted(groups.values(), key=lambda mine: (-len(mine), mine[0].execution.arn))


def spread(items: Sequence[T], most: int) -> Sequence[T]:
    """At most so many of them, evenly from all over the list.

    >>> spread(range(10), 3)
    [0, 3, 6]
    """
    count = min(len(items), most)
    return [items[index * len(items) // count] for index in range(count)]


def taken_after(groups: Groups, whole: Mapping[str, Failure]) -> Iterator[tuple[str, Failure]]:
    """The executions of which the end alone was read, by ARN, as those like them that were read
    whole. Only where all of these agree on the state and the cause at the root.
    """
    for mine in groups.values():
        read = [whole[each.execution.arn] for each in mine if each.execution.arn in whole]
        if len({(each.state, each.fail_state, each.diagnosis.group) for each in read}) != 1:
            continue
        model = read[0]
        for each in mine:
            if each.execution.arn not in whole and model.state is not None:
                yield (
                    each.execution.arn,
                    replace(
                        each,
                        state=model.state,
                        fail_state=model.fail_state,
                        diagnosis=model.diagnosis,
                        handled=model.handled,
                    ),
                )
