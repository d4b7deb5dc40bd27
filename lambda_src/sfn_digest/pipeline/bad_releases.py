"""Failures by version of each state machine, and the release that made things worse."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial
from math import comb

from sfn_digest.aws import Account
from sfn_digest.aws.account_errors import FRUITLESS
from sfn_digest.errors import AccountError
from sfn_digest.i18n.message import Message
from sfn_digest.i18n.sanitize import listed
from sfn_digest.model.executions import Failure, StateMachine
from sfn_digest.model.releases import Alias, MachineVersions, VersionCount
from sfn_digest.model.sample import Stratum
from sfn_digest.model.successes import Successes
from sfn_digest.pipeline.evidence import Evidence
from sfn_digest.pipeline.failures import read_success
from sfn_digest.pipeline.run import Run
from sfn_digest.pipeline.scope import Scanned
from sfn_digest.pipeline.success_reading import MOST_PAGES

MOST_SECONDS = 60.0
"""How long all of it may take, whoever waits for it."""

MOST_MACHINES = 20
"""Machines with failures of versions whose successes are listed, if nobody has yet."""

MOST_ALIASES = 3
"""Aliases of a machine whose routing is asked for: failures came through them."""

LEAST_FAILURES = 3
TIMES = 2.0
CHANCE = 0.01
"""A version is bad where so many failed, so many times as often as before it, and so many or more
would have failed by chance in one of a hundred machines at most."""


def read_releases(run: Run, found: Scanned, evidence: Evidence) -> tuple[MachineVersions, ...]:
    """The machines of which failures are of versions; those with a bad release first."""
    deadline = min(run.deadlines.changes, run.account.now() + MOST_SECONDS)
    account = run.account.until(deadline)
    failed = Counter(f.execution.machine_arn for f in found.standard_failures if _version(f))
    names = {each.arn: each for each in found.machines}
    chosen = sorted(failed, key=lambda arn: (-failed[arn], arn))
    releases = []
    for arn in chosen[:MOST_MACHINES]:
        mine = [f for f in found.standard_failures if f.execution.machine_arn == arn]
        try:
            successes = evidence.successes.get(arn) or _successes(run, account, names[arn])
            if successes is not None:
                releases.append(_machine(run, account, mine, successes))
        except FRUITLESS as error:
            run.account.note(_unreported(error), left_out=False)
            break
    if partly := partly_read(releases, account.usage().strata):
        run.account.note(
            Message(
                "Not every failure of {machines} was read: the counts by version cover those "
                "that were.",
                machines=listed(partly),
            ),
            left_out=False,
        )
    return tuple(sorted(releases, key=lambda each: (each.bad is None, each.machine_arn)))


def partly_read(releases: Sequence[MachineVersions], strata: Sequence[Stratum]) -> Sequence[str]:
    """The names of machines of which more failures were found than read; pure."""
    sampled = {each.machine_arn for each in strata if each.found > len(each.read)}
    return sorted(e.machine_arn.rpartition(":")[2] for e in releases if e.machine_arn in sampled)


def _unreported(error: AccountError) -> Message:
    return Message("Failures could not be counted by version: {error}", error=error.sentence)


def _successes(run: Run, account: Account, machine: StateMachine) -> Successes | None:
    return account.evidence.successes(
        machine,
        run.request.window,
        partial(read_success, rules=run.rules),
        most_pages=MOST_PAGES,
        most_histories=0,
    )


def _machine(
    run: Run, account: Account, failures: Sequence[Failure], successes: Successes
) -> MachineVersions:
    found = by_version(failures, successes, run.request.window.start)
    if found.bad is None:
        return found
    of_bad = [f for f in failures if _version(f) == found.bad.version]
    try:
        version_arn = of_bad[0].execution.machine_version_arn or ""
        released_at = account.versions.released_at(version_arn)
        return replace(found, released_at=released_at, aliases=tuple(_aliases(account, of_bad)))
    except FRUITLESS:
        raise
    except AccountError as error:
        run.account.note(_unreported(error), left_out=False)
        return found


def _aliases(account: Account, failures: Sequence[Failure]) -> Iterator[Alias]:
    arns = Counter(f.execution.machine_alias_arn for f in failures)
    for arn, _ in arns.most_common(MOST_ALIASES):
        if arn is not None:
            yield account.versions.alias(arn)


def by_version(
    failures: Sequence[Failure], successes: Successes, start: datetime
) -> MachineVersions:
    """Pure: the executions of each version, and the first that made things worse."""
    since = start
    if not successes.complete and successes.listed:
        since = min(each.stopped_at for each in successes.listed)
    failed = Counter(
        version for f in failures if f.execution.stopped_at >= since and (version := _version(f))
    )
    succeeded = Counter(
        each.machine_version_arn.rpartition(":")[2]
        for each in successes.listed
        if each.machine_version_arn
    )
    names = sorted(failed.keys() | succeeded.keys(), key=_number)
    versions = tuple(VersionCount(n, failed[n] + succeeded[n], failed[n]) for n in names)
    arn = successes.machine_arn
    worse = list(_worse(versions))
    if not worse:
        return MachineVersions(arn, versions, since)
    _, bad, before = min(worse, key=lambda each: each[0])
    return MachineVersions(arn, versions, since, bad, before)


def _worse(
    versions: Sequence[VersionCount],
) -> Iterator[tuple[float, VersionCount, VersionCount]]:
    """Each version that failed more often than those before it, with how likely by chance."""
    for at in range(1, len(versions)):
        mine, earlier = versions[at], versions[:at]
        before = VersionCount(
            earlier[-1].version,
            sum(each.executions for each in earlier),
            sum(each.failures for each in earlier),
        )
        often = mine.failures * before.executions > TIMES * before.failures * mine.executions
        if mine.failures >= LEAST_FAILURES and often:
            chance = by_chance(mine, before)
            if chance <= CHANCE:
                yield chance, mine, before


def by_chance(mine: VersionCount, before: VersionCount) -> float:
    """How likely so many or more failures are among the version's executions (Fisher's test).

    >>> round(by_chance(VersionCount("14", 60, 6), VersionCount("13", 412, 0)), 6)
    3e-06
    """
    total = mine.executions + before.executions
    failed = mine.failures + before.failures
    most = min(failed, mine.executions)
    ways = sum(
        comb(failed, each) * comb(total - failed, mine.executions - each)
        for each in range(mine.failures, most + 1)
    )
    return ways / comb(total, mine.executions)


def _version(failure: Failure) -> str | None:
    arn = failure.execution.machine_version_arn
    counts = failure.execution.status != "ABORTED"
    return arn.rpartition(":")[2] if arn and counts else None


def _number(version: str) -> tuple[int, str]:
    return (int(version) if version.isdigit() else 0, version)
