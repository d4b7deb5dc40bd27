"""Asks a person at a terminal which state machines to report on.

Needs the optional package questionary. Names come from an account, so they are cleaned; the
list, being no markup, holds no command to the terminal.
"""

import sys
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from sfn_digest.i18n.message import Message
from sfn_digest.i18n.sanitize import clean
from sfn_digest.i18n.translator import Translator
from sfn_digest.model.executions import ExecutionCounts, StateMachine

if TYPE_CHECKING:
    from prompt_toolkit.input import Input
    from prompt_toolkit.key_binding import KeyBindings
    from prompt_toolkit.key_binding.key_processor import KeyPressEvent
    from prompt_toolkit.output import Output
    from questionary import Question
    from questionary.prompts.common import InquirerControl

_NAME_LIMIT = 80
"""The most characters that a state machine's name has."""


def pick_machines(
    machines: Sequence[StateMachine],
    counts: Mapping[str, ExecutionCounts],
    translator: Translator,
    *,
    keys: "Input | None" = None,
    screen: "Output | None" = None,
) -> tuple[StateMachine, ...]:
    """The machines that a person picks, most failures first: at least one.

    Asks on standard error, so that standard output stays the report's; `keys` and `screen`
    stand in for the terminal. Raises KeyboardInterrupt where the person gives up.
    """
    ordered = sorted(machines, key=lambda each: _rank(each, counts))
    question = _question(_titles(ordered, counts, translator), translator, keys, screen)
    picked = frozenset(question.unsafe_ask())
    return tuple(machine for index, machine in enumerate(ordered) if index in picked)


def _rank(machine: StateMachine, counts: Mapping[str, ExecutionCounts]) -> tuple[int, int, str]:
    """Most failures first, then most executions; what could not be counted comes last."""
    count = counts.get(machine.arn)
    if count is None:
        return 1, 0, machine.name
    return -count.failures, -_executions(count), machine.name


def _executions(count: ExecutionCounts) -> int:
    return count.succeeded + count.unsuccessful


def _titles(
    machines: Sequence[StateMachine], counts: Mapping[str, ExecutionCounts], translator: Translator
) -> list[str]:
    """A line for each machine, its numbers aligned with the others'."""
    rows = [_numbers(counts.get(machine.arn), translator) for machine in machines]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return [
        f"{translator.translate(_failures(*_aligned(row, widths)))}  {_name(machine, translator)}"
        for machine, row in zip(machines, rows, strict=True)
    ]


def _numbers(count: ExecutionCounts | None, translator: Translator) -> tuple[str, str]:
    if count is None:
        return "?", "?"
    number = translator.formats.number
    return number(count.failures), number(_executions(count))


def _failures(failed: str, executions: str) -> Message:
    return Message("{failed} of {total} failed", failed=failed, total=executions)


def _aligned(row: tuple[str, str], widths: Sequence[int]) -> tuple[str, str]:
    return row[0].rjust(widths[0]), row[1].rjust(widths[1])


def _name(machine: StateMachine, translator: Translator) -> str:
    name = clean(machine.name, _NAME_LIMIT)
    if machine.type != "EXPRESS":
        return name
    return f"{name} ({translator.translate(Message('Express: read from its logs'))})"


def _question(
    titles: Sequence[str], translator: Translator, keys: "Input | None", screen: "Output | None"
) -> "Question":
    """A list to tick; its answers are the titles' places."""
    # Only a person who is asked waits for these to be imported.
    from prompt_toolkit.key_binding import merge_key_bindings  # noqa: PLC0415
    from prompt_toolkit.output import create_output  # noqa: PLC0415
    from questionary import Choice, checkbox  # noqa: PLC0415
    from questionary.prompts.common import InquirerControl  # noqa: PLC0415

    question = checkbox(
        translator.translate(Message("Select state machines")),
        [Choice(title, value=place) for place, title in enumerate(titles)],
        use_search_filter=True,
        use_jk_keys=False,
        instruction=translator.translate(
            Message("(arrow keys to move, type to filter, space to select, enter to confirm)")
        ),
        input=keys,
        output=screen or create_output(stdout=sys.stderr),
        erase_when_done=True,
    )
    asked = question.application
    (control,) = (
        each for each in asked.layout.find_all_controls() if isinstance(each, InquirerControl)
    )
    own = [asked.key_bindings] if asked.key_bindings else []
    asked.key_bindings = merge_key_bindings([*own, _enter(control)])
    _show_misses(question, control, translator)
    return question


def _show_misses(question: "Question", control: "InquirerControl", translator: Translator) -> None:
    """Add a line for a filter that finds nothing, for which all lines are shown."""
    from prompt_toolkit.filters import Condition  # noqa: PLC0415
    from prompt_toolkit.layout import ConditionalContainer, HSplit, Layout, Window  # noqa: PLC0415
    from prompt_toolkit.layout.controls import FormattedTextControl  # noqa: PLC0415

    missed = Condition(lambda: bool(control.search_filter) and not control.found_in_search)
    said = translator.translate(Message("No state machine matches; all are shown."))
    line = ConditionalContainer(Window(FormattedTextControl(said), height=1), filter=missed)
    layout = question.application.layout
    focused = layout.current_window
    question.application.layout = Layout(HSplit([line, layout.container]), focused_element=focused)


def _enter(control: "InquirerControl") -> "KeyBindings":
    """Enter takes what is ticked, or where nothing is, the line that the pointer is on.

    Where a filter finds nothing all lines are shown, and none of them was meant.
    """
    from prompt_toolkit.key_binding import KeyBindings  # noqa: PLC0415

    bindings = KeyBindings()

    @bindings.add("enter", eager=True)
    def _end(event: "KeyPressEvent") -> None:
        pointed = control.get_pointed_at()
        missed = control.search_filter is not None and not control.found_in_search
        if missed and not control.selected_options:
            return
        control.is_answered = True
        event.app.exit(result=control.selected_options or [pointed.value])

    return bindings
