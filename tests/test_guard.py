"""The guard: what goes wrong behind it is told once, noted, and costs nobody the rest."""

import threading

import pytest

from sfn_digest.errors import AccountError
from sfn_digest.guard import ADOPTION, HINTS, HISTORY, MOST_LINES, TREND, Fault, Guard, stack_trace

TOKEN = "xoxb-" + "1234567890-abcdefghijklmnop"


def broken() -> int:
    raise KeyError(f"password={TOKEN}")


def test_what_works_is_given_as_it_is() -> None:
    guard = Guard()
    assert guard.result_of(HINTS, lambda: 7, None) == 7
    assert guard.notes == ()


def test_what_fails_is_replaced_told_and_noted_in_a_sentence_without_what_the_error_says() -> None:
    faults: list[Fault] = []
    guard = Guard(faults.append)
    assert guard.result_of(HINTS, broken, 0) == 0
    (note,) = guard.notes
    assert note == "The retry hints are missing: an internal error in sfn-digest (KeyError)."
    (fault,) = faults
    assert (fault.part, fault.sentence, type(fault.error)) == (HINTS, note, KeyError)


def test_a_refusal_is_noted_in_its_own_words() -> None:
    def refused() -> None:
        raise AccountError("AWS keeps throttling it.")

    guard = Guard()
    guard.result_of(TREND, refused, None)
    assert guard.notes == ("The trend is missing: AWS keeps throttling it.",)


def test_the_same_fault_is_told_once_however_often_and_in_how_many_threads_it_strikes() -> None:
    faults: list[Fault] = []
    guard = Guard(faults.append)

    def work() -> None:
        for _ in range(50):
            guard.result_of(HINTS, broken, None)
            guard.caught(HISTORY, ValueError())

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    guard.result_of(ADOPTION, broken, None)
    assert sorted(fault.part.name for fault in faults) == ["adoption", "hints", "history"]
    assert len(guard.notes) == 2


@pytest.mark.parametrize("end", [KeyboardInterrupt, SystemExit])
def test_who_wants_to_stop_is_not_held_up(end: type[BaseException]) -> None:
    def stopped() -> None:
        raise end

    with pytest.raises(end):
        Guard().result_of(HINTS, stopped, None)


def caught(depth: int = 0) -> Exception:
    try:
        broken() if not depth else caught_deep(depth)
    except Exception as error:  # noqa: BLE001 - as the guard does
        return error
    raise AssertionError


def caught_deep(depth: int) -> None:
    if depth:
        caught_deep(depth - 1)
    broken()


def test_a_stack_trace_names_where_it_was_and_holds_no_secret_it_speaks_of() -> None:
    trace = stack_trace(caught())
    assert "in broken" in trace
    assert "KeyError" in trace
    assert TOKEN not in trace


def test_a_stack_trace_is_cut_and_shows_no_control_characters() -> None:
    assert len(stack_trace(caught(500)).splitlines()) <= MOST_LINES
    error = ValueError("x" * 10_000 + "\x1b[31m")
    assert "\x1b" not in stack_trace(error)
    assert max(map(len, stack_trace(error).splitlines())) <= 300


def test_a_stack_trace_shows_no_secret_whose_name_held_what_shows_nothing() -> None:
    trace = stack_trace(ValueError("pass\u200bwo\ufe0frd: hunter2!x of the user"))
    assert "hunter2" not in trace
    assert "\u200b" not in trace
