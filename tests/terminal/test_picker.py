"""A person picks state machines with the keyboard; what AWS calls them is shown as text alone."""

from collections.abc import Iterator
from io import StringIO

import pytest
from prompt_toolkit.data_structures import Size
from prompt_toolkit.input import PipeInput, create_pipe_input
from prompt_toolkit.layout import ConditionalContainer, HSplit
from prompt_toolkit.output import DummyOutput
from prompt_toolkit.output.vt100 import Vt100_Output
from questionary.prompts.common import InquirerControl

from sfn_digest.i18n.translator import translator
from sfn_digest.model.executions import ExecutionCounts, StateMachine
from sfn_digest.terminal.picker import _question, pick_machines

pytestmark = pytest.mark.slow

DOWN, UP, ENTER, SPACE, CTRL_A, CTRL_C = "\x1b[B", "\x1b[A", "\r", " ", "\x01", "\x03"
BACKSPACE = "\x7f"


def machine(name: str, *, express: bool = False) -> StateMachine:
    arn = f"arn:aws:states:eu-west-1:123456789012:stateMachine:{name}"
    return StateMachine(arn, name, "EXPRESS" if express else "STANDARD")


ALPHA, BETA, GAMMA = machine("alpha-orders"), machine("beta-orders"), machine("gamma-mails")
COUNTS = {
    ALPHA.arn: ExecutionCounts(succeeded=1_000, failed=1),
    BETA.arn: ExecutionCounts(succeeded=5, failed=20, timed_out=10, aborted=1),
    GAMMA.arn: ExecutionCounts(succeeded=7),
}


@pytest.fixture
def keys() -> Iterator[PipeInput]:
    with create_pipe_input() as pipe:
        yield pipe


def picked(keys: PipeInput, typed: str) -> list[str]:
    keys.send_text(typed)
    chosen = pick_machines(
        (ALPHA, BETA, GAMMA), COUNTS, translator("en"), keys=keys, screen=DummyOutput()
    )
    return [each.name for each in chosen]


def test_enter_alone_picks_the_machine_with_most_failures(keys: PipeInput) -> None:
    assert picked(keys, ENTER) == ["beta-orders"]


def test_arrows_move_to_the_machine_that_enter_picks(keys: PipeInput) -> None:
    assert picked(keys, DOWN + DOWN + UP + ENTER) == ["alpha-orders"]


def test_space_picks_several_in_the_order_shown(keys: PipeInput) -> None:
    assert picked(keys, DOWN + DOWN + SPACE + UP + UP + SPACE + ENTER) == [
        "beta-orders",
        "gamma-mails",
    ]


def test_space_again_takes_a_machine_back(keys: PipeInput) -> None:
    assert picked(keys, SPACE + DOWN + SPACE + UP + SPACE + ENTER) == ["alpha-orders"]


def test_typing_filters_by_name(keys: PipeInput) -> None:
    assert picked(keys, "mails" + ENTER) == ["gamma-mails"]


def test_enter_picks_nothing_that_a_filter_did_not_find(keys: PipeInput) -> None:
    assert picked(keys, "nobody" + ENTER + 6 * BACKSPACE + "mails" + ENTER) == ["gamma-mails"]


def test_what_was_picked_before_a_filter_stays_picked(keys: PipeInput) -> None:
    assert picked(keys, "mails" + SPACE + 5 * BACKSPACE + ENTER) == ["gamma-mails"]


def test_ctrl_a_picks_all(keys: PipeInput) -> None:
    assert picked(keys, CTRL_A + ENTER) == ["beta-orders", "alpha-orders", "gamma-mails"]


def test_ctrl_c_gives_up(keys: PipeInput) -> None:
    with pytest.raises(KeyboardInterrupt):
        picked(keys, CTRL_C)


def shown(keys: PipeInput, *machines: StateMachine, columns: int = 80) -> str:
    screen = StringIO()
    output = Vt100_Output(screen, lambda: Size(rows=24, columns=columns), term="xterm")
    keys.send_text(ENTER)
    pick_machines(machines, COUNTS, translator("en"), keys=keys, screen=output)
    return screen.getvalue()


def test_each_machine_stands_with_its_failures_and_executions(keys: PipeInput) -> None:
    screen = shown(keys, ALPHA, BETA, GAMMA)
    assert "Select state machines" in screen
    for line in (
        "30 of    36 failed  beta-orders",
        " 1 of 1,001 failed  alpha-orders",
        " 0 of     7 failed  gamma-mails",
    ):
        assert line in screen


def test_a_machine_that_could_not_be_counted_comes_last_and_says_so(keys: PipeInput) -> None:
    screen = shown(keys, machine("données"), GAMMA)
    assert screen.index("gamma-mails") < screen.index("? of ? failed  données")


def test_an_express_machine_says_that_its_causes_are_not_read(keys: PipeInput) -> None:
    assert "quick (Express: read from its logs)" in shown(keys, machine("quick", express=True))


def test_a_hostile_name_sends_no_command_to_the_terminal(keys: PipeInput) -> None:
    hostile = machine("evil\x1b]0;owned\x07\x1b[31m\u202e\u200b<b>")
    screen = shown(keys, hostile)
    assert "evil]0;owned[31m<b>" in screen
    for mark in ("\x1b]0;", "\x07", "\u202e", "\u200b"):
        assert mark not in screen


def test_hundreds_of_machines_fit_a_small_terminal(keys: PipeInput) -> None:
    screen = shown(keys, *(machine(f"m-{number:03}") for number in range(400)), columns=60)
    assert "m-000" in screen
    assert "m-399" not in screen


def test_a_filter_that_finds_nothing_says_so(keys: PipeInput) -> None:
    question = _question(["1 of 2 failed  alpha"], translator("en"), keys, DummyOutput())
    layout = question.application.layout
    (control,) = (each for each in layout.find_all_controls() if isinstance(each, InquirerControl))
    assert isinstance(layout.container, HSplit)
    line = layout.container.children[0]
    assert isinstance(line, ConditionalContainer)
    told = {}
    for typed in (None, "alpha", "nobody"):
        control.search_filter = typed
        assert len(control.filtered_choices) == 1
        told[typed] = line.filter()
    assert told == {None: False, "alpha": False, "nobody": True}


def test_what_is_typed_is_shown(keys: PipeInput) -> None:
    screen = StringIO()
    output = Vt100_Output(screen, lambda: Size(rows=24, columns=80), term="xterm")
    keys.send_text("mails" + ENTER)
    pick_machines((ALPHA, GAMMA), COUNTS, translator("en"), keys=keys, screen=output)
    assert "mails" in screen.getvalue()
