"""What kept hints are judged by: which definitions' age is asked for, and what was left unread."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any, cast

from sfn_digest.adoption import Findings, StoredHint
from sfn_digest.config.request import Request
from sfn_digest.model.executions import ExecutionCounts, Failure
from sfn_digest.model.successes import Success
from sfn_digest.pipeline.evaluation import MOST_LOOKUPS, findings
from sfn_digest.pipeline.evidence import Evidence
from sfn_digest.pipeline.run import Deadlines, Run
from sfn_digest.retry import read_definition
from sfn_digest.retry.observations.incidents import Incidents
from tests.adoption.made import CHANGED, SECOND, failed, kept, patched, recovered, successes
from tests.retry.made import MACHINE, task

if TYPE_CHECKING:
    from sfn_digest.aws import Account


@dataclass
class Fake:
    """An account that tells when definitions changed, or refuses to."""

    changed: datetime | None = CHANGED
    found: Mapping[str, ExecutionCounts] = field(default_factory=dict)
    skipped: Mapping[str, str] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    @property
    def past(self) -> "Fake":
        return self

    def until(self, deadline: float) -> "Fake":
        assert deadline == 7.0
        return self

    def definition_updated_at(self, arn: str) -> datetime | None:
        self.asked.append(arn)
        return self.changed

    def usage(self) -> "Fake":
        return self


def run(account: Fake) -> Run:
    return Run(Request(SECOND), cast("Account", account), deadlines=Deadlines(changes=7.0))


def look(
    account: Fake,
    hints: Sequence[StoredHint],
    failures: Sequence[Failure] = (),
    asl: Mapping[str, Any] | None = None,
    unread: Sequence[Success] = (),
) -> Findings:
    machines = {hint.machine_arn for hint in hints}
    definitions = {arn: read_definition(asl or patched()) for arn in machines}
    known = successes(recovered(2), unread)
    evidence = Evidence(definitions, dict.fromkeys(machines, known), ())
    return findings(run(account), hints, failures, evidence, Incidents(()))


def test_the_newest_known_execution_tells_when_the_definition_changed() -> None:
    account = Fake()
    late = failed(4)
    assert look(account, [kept()], late).changed == {MACHINE: CHANGED}
    assert account.asked == [late[-1].execution.arn]


def test_only_a_hint_that_has_just_been_taken_up_costs_a_call() -> None:
    account = Fake()
    assert look(account, [kept()], asl=task()).changed == {}
    assert look(account, [kept(adopted_at=CHANGED)]).changed == {}
    assert account.asked == []


def test_what_was_refused_once_is_not_asked_again_and_ten_are_enough() -> None:
    many = [kept(machine_arn=f"{MACHINE}-{n:02}") for n in range(MOST_LOOKUPS + 5)]
    refused, willing = Fake(changed=None), Fake()
    assert look(refused, many).changed == {}
    assert len(refused.asked) == 1
    assert len(look(willing, many).changed) == len(willing.asked) == MOST_LOOKUPS


def test_machines_of_which_a_failure_was_not_read_or_not_listed_are_named() -> None:
    found = {MACHINE: ExecutionCounts(failed=2, timed_out=1)}
    assert look(Fake(found=found), [kept()], failed(3)).partly_read == frozenset()
    assert look(Fake(found=found), [kept()], failed(2)).partly_read == {MACHINE}
    assert look(Fake(skipped={MACHINE: "denied"}), [kept()]).partly_read == {MACHINE}


def test_a_machine_without_a_known_execution_is_not_asked_about() -> None:
    account = Fake()
    evidence = Evidence({MACHINE: read_definition(patched())}, {}, ())
    seen = findings(run(account), [kept()], [], evidence, Incidents(()))
    assert (seen.changed, account.asked) == ({}, [])


def test_what_was_found_is_handed_on_as_it_is() -> None:
    failures = failed(1)
    seen = look(Fake(), [kept()], failures)
    assert seen.window == SECOND
    assert seen.failures is failures
    assert replace(seen.successes[MACHINE]) == successes(recovered(2))
