"""What a person sees at a terminal before and beside the digest: picker, progress, backtest, proof.

Each is what the command itself writes, in a terminal's own codes.
"""

import asyncio
import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from io import StringIO
from unittest.mock import patch

from prompt_toolkit.application import create_app_session
from prompt_toolkit.application.current import set_app
from prompt_toolkit.data_structures import Size
from prompt_toolkit.input import DummyInput
from prompt_toolkit.output import ColorDepth
from prompt_toolkit.output.vt100 import Vt100_Output
from questionary.prompts.common import InquirerControl
from rich.console import Console

from pictures.weeks import demo_run
from sfn_digest.commands.backtest import backtest
from sfn_digest.commands.hints_and_proof import Proof
from sfn_digest.model.report import Report
from sfn_digest.pipeline.failure_reading import scan
from sfn_digest.pipeline.patching import make_patch
from sfn_digest.pipeline.run import Run
from sfn_digest.pipeline.scope import Scope, in_scope
from sfn_digest.pipeline.texts import texts_in
from sfn_digest.report.shown import Shown
from sfn_digest.report.terminal.what_if import write
from sfn_digest.retry import read_definition
from sfn_digest.terminal import picker
from sfn_digest.terminal.live import LiveProgress

COLUMNS = 110
ON = "s3-to-fargate"
"""The machine that is patched, and replayed without its retriers."""

TICKED, POINTED_AT = (0, 2), 2
"""What the person has picked, and where the pointer is."""


class Terminal(StringIO):
    """A terminal in color that keeps what is written to it."""

    def isatty(self) -> bool:
        """Say that it is one."""
        return True


@contextmanager
def colored(columns: int = COLUMNS) -> Iterator[None]:
    """The environment of such a terminal."""
    environment = {"TERM": "xterm-256color", "COLUMNS": str(columns)}
    with patch.dict("os.environ", environment, clear=True):
        yield


def sessions(week: Report) -> Iterator[tuple[str, str]]:
    """Each picture's name, and what the terminal was sent."""
    texts = texts_in("en")
    with demo_run() as run:
        scope = in_scope(run)
        yield "picker", _typed("sfn-digest report") + _picker(scope, texts)
        yield "progress", _typed("sfn-digest report --all") + _progress(week)
        one = replace(run, request=replace(run.request, machines=(ON,)))
        replayed = "sfn-digest backtest --definition without-retry.json --since 7d"
        yield "backtest", _typed(f"{replayed} --machine {ON}") + _backtest(one, texts)
        yield "prove", _typed(f"sfn-digest patch --machine {ON} --prove") + _proof(one, week)


def _typed(command: str) -> str:
    return f"\x1b[1m$ {command}\x1b[0m\n"


def _picker(scope: Scope, texts: Shown) -> str:
    """The list as it stands once the person has ticked some lines."""
    out = Terminal()
    size = Size(rows=len(scope.machines) + 4, columns=COLUMNS)
    screen = Vt100_Output(
        out, lambda: size, term="xterm-256color", default_color_depth=ColorDepth.DEPTH_8_BIT
    )
    ordered = sorted(scope.machines, key=lambda each: picker._rank(each, scope.counts))
    titles = picker._titles(ordered, scope.counts, texts.translator)
    with create_app_session(input=DummyInput(), output=screen):
        app = picker._question(titles, texts.translator, None, screen).application
        (control,) = (
            each for each in app.layout.find_all_controls() if isinstance(each, InquirerControl)
        )
        control.selected_options = list(TICKED)
        control.pointed_at = POINTED_AT

        async def render() -> None:
            with set_app(app):
                app.renderer.render(app, app.layout)

        asyncio.run(render())
    return _MOVES.sub("", out.getvalue()).replace("\r", "")


def _progress(week: Report) -> str:
    """The two lines while failures are read: a second a step, of a clock that is set."""
    out, seconds = Terminal(), iter(range(1000))
    now = [0.0]
    live = LiveProgress(out)
    live._live.get_time = lambda: now[0]
    live.stage("reading failed executions")
    live.found(week.coverage.failures_found)
    for _ in range(week.coverage.failures_found // 2):
        now[0] = next(seconds) / 5
        live.called("GetExecutionHistory")
        live.read(1)
    live.waiting("GetExecutionHistory", 0.2)
    console = Console(file=out, width=COLUMNS, force_terminal=True, color_system="256")
    console.print(*live._live.get_renderables(), sep="\n")
    return out.getvalue()


def _backtest(run: Run, texts: Shown) -> str:
    """The replay of a change that takes every Retry away."""
    (machine,) = in_scope(run).machines
    running = json.loads(run.account.evidence.definition(machine.arn) or "")
    states = {name: {**state, "Retry": []} for name, state in running["States"].items()}
    out = Terminal()
    with colored():
        write(backtest(run, read_definition({**running, "States": states})), texts, out)
    return out.getvalue()


def _proof(run: Run, week: Report) -> str:
    """What Step Functions says of the machine's hints, as the command writes it."""
    found = scan(run)
    (machine,) = found.machines
    running = read_definition(run.account.evidence.definition(machine.arn) or "")
    hints = [each for each in week.hints if each.machine_arn == machine.arn]
    proof = Proof.of(make_patch(ON, running, hints), found.failures, run.account)
    return "".join(f"{line}\n" for line in proof.lines)


_MOVES = re.compile(r"\x1b\[\??[0-9;]*[A-LN-Za-ln-z]")
"""What moves the cursor; the first look at a screen needs none of it."""
