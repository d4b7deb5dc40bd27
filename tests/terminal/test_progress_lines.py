"""Progress is shown live at a terminal and in plain lines elsewhere, from any thread."""

import re
import threading
import time
from io import StringIO

import pytest

from sfn_digest.progress import Progress
from sfn_digest.terminal.live import LiveProgress
from sfn_digest.terminal.progress_lines import terminal_progress


class Terminal(StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        return True


def plain(out: Terminal) -> str:
    return re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", out.getvalue())


@pytest.fixture(autouse=True)
def _a_wide_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("COLUMNS", "160")


def work(progress: Progress, failures: int) -> None:
    progress.stage("reading [red]failures[/red]")
    progress.found(failures)
    for _ in range(failures):
        progress.read(1)


def test_a_pipe_gets_plain_lines() -> None:
    out = StringIO()
    with terminal_progress(out) as progress:
        work(progress, 3)
        progress.called("GetExecutionHistory")
        progress.called("GetExecutionHistory")
        progress.waiting("GetExecutionHistory", 0.4)
        progress.throttled("GetExecutionHistory")
    assert out.getvalue().splitlines() == [
        "Reading [red]failures[/red]",
        "3 of 3 failures read; 2 API calls, 1 throttled",
    ]


def test_a_long_read_tells_a_pipe_now_and_then() -> None:
    out = StringIO()
    with terminal_progress(out) as progress:
        work(progress, 1_200)
    assert out.getvalue().splitlines()[1:] == [
        "500 of 1,200 failures read",
        "1,000 of 1,200 failures read",
        "1,200 of 1,200 failures read",
    ]


def test_a_pipe_gets_no_summary_of_nothing() -> None:
    out = StringIO()
    with terminal_progress(out) as progress:
        progress.stage("Counting")
    assert out.getvalue() == "Counting\n"


def test_a_stage_that_is_told_again_is_one_line() -> None:
    out = StringIO()
    with terminal_progress(out) as progress:
        for stage in ("counting", "reading", "reading", "counting"):
            progress.stage(stage)
    assert out.getvalue() == "Counting\nReading\nCounting\n"


def test_a_terminal_sees_stage_counts_calls_waits_and_throttling() -> None:
    out = Terminal()
    with terminal_progress(out) as progress:
        work(progress, 7)
        for _ in range(3):
            progress.called("ListExecutions")
        progress.throttled("ListExecutions")
        progress.throttled("ListExecutions")
        progress.waiting("GetExecutionHistory", 2.25)
    shown = out.getvalue()
    assert "Reading [red]failures[/red]" in shown
    assert (
        "7 of 7 failures read; 3 API calls, 2 throttled; GetExecutionHistory waits 2.2 s for its "
        "share of the quota"
    ) in shown


@pytest.mark.parametrize("columns", ["40", "80"])
def test_the_live_lines_stay_within_a_narrow_terminal(
    monkeypatch: pytest.MonkeyPatch, columns: str
) -> None:
    monkeypatch.setenv("COLUMNS", columns)
    out = Terminal()
    with terminal_progress(out) as progress:
        work(progress, 12_345)
        progress.waiting("GetExecutionHistory", 2.25)
    lines = plain(out).replace("\r", "\n").split("\n")
    assert max(map(len, lines)) <= int(columns)
    assert any("12,345 of 12,345 failures read"[: int(columns) - 5] in line for line in lines)


def test_the_time_left_is_told_while_failures_are_read() -> None:
    out = Terminal()
    with terminal_progress(out) as progress:
        progress.stage("reading")
        progress.found(1_000)
        for _ in range(20):
            progress.read(1)
            time.sleep(0.02)
    assert re.search(r"0:0\d:\d\d left", plain(out))


def test_a_bar_of_failures_ends_with_its_stage() -> None:
    out = Terminal()
    progress = LiveProgress(out)
    work(progress, 3)
    (task,) = progress._live.tasks
    assert (task.completed, task.total) == (3, 3)
    progress.stage("reading successes")
    progress.called("ListExecutions")
    (task,) = progress._live.tasks
    assert (task.completed, task.total) == (0, None)


def test_a_question_has_the_terminal_to_itself() -> None:
    out = Terminal()
    with terminal_progress(out) as progress:
        progress.stage("counting")
        with progress.paused():
            before = out.getvalue()
            progress.called("ListExecutions")
            assert out.getvalue() == before
        progress.stage("reading")
    assert "Reading" in out.getvalue()


def test_the_live_line_is_gone_at_the_end() -> None:
    out = Terminal()
    with terminal_progress(out) as progress:
        progress.stage("Counting")
    assert out.getvalue().endswith("\x1b[2K")


def test_an_error_leaves_the_terminal_in_order() -> None:
    out = Terminal()
    with pytest.raises(ZeroDivisionError), terminal_progress(out) as progress:
        progress.found(1 // 0)
    assert out.getvalue().count("\x1b[?25l") == out.getvalue().count("\x1b[?25h")


@pytest.mark.parametrize("stream", [StringIO, Terminal])
def test_no_count_is_lost_between_threads(stream: type[StringIO]) -> None:
    out = stream()
    with terminal_progress(out) as progress:
        progress.found(400)
        threads = [threading.Thread(target=work, args=(progress, 100)) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert "400 of 800 failures read" in out.getvalue()
