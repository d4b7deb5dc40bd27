"""Which machines a report is about, by what a request names."""

import pytest

from sfn_digest.errors import UnknownMachineError
from sfn_digest.model.executions import StateMachine, Tag
from sfn_digest.pipeline.scope import choose_machines

TAG = Tag("sfn-digest", "on")


def machine(name: str) -> StateMachine:
    return StateMachine(f"arn:aws:states:eu-west-1:1:stateMachine:{name}", name, "STANDARD")


def test_machines_are_chosen_by_name_arn_and_glob() -> None:
    machines = [machine("daily-batch"), machine("daily-report"), machine("poller")]
    chosen = choose_machines(machines, [machines[2].arn, "daily-r*"], TAG)
    assert [m.name for m in chosen] == ["daily-report", "poller"]
    assert choose_machines(machines, [], TAG) == tuple(machines)


def test_an_unknown_machine_is_refused_with_the_nearest_name() -> None:
    with pytest.raises(UnknownMachineError) as refused:
        choose_machines([machine("daily-batch")], ["daily-bacth"], TAG)
    assert "“daily-bacth” (1 tagged): did you mean daily-batch?" in str(refused.value)
    assert "tag the machine sfn-digest=on" in str(refused.value)
