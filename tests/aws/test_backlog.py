import threading

import pytest

from sfn_digest.aws.backlog import Backlog, ClosedError


def test_work_comes_out_in_the_order_it_went_in_and_ends_with_the_finders() -> None:
    backlog: Backlog[int] = Backlog(limit=10, finders=2)
    for number in range(5):
        backlog.add(number)
    backlog.finished()
    backlog.finished()
    assert list(backlog) == [0, 1, 2, 3, 4]


def test_a_full_backlog_makes_its_finder_wait_for_room() -> None:
    backlog: Backlog[int] = Backlog(limit=2, finders=1)
    most = 0

    def find() -> None:
        for number in range(50):
            backlog.add(number)
        backlog.finished()

    finder = threading.Thread(target=find)
    finder.start()
    done = []
    for work in backlog:
        most = max(most, len(backlog._work))
        done.append(work)
    finder.join()
    assert done == list(range(50))
    assert most <= 2


def test_a_closed_backlog_wakes_all_who_wait() -> None:
    backlog: Backlog[int] = Backlog(limit=1, finders=1)
    backlog.add(0)
    outcome: list[str] = []

    def find() -> None:
        try:
            backlog.add(1)
        except ClosedError:
            outcome.append("closed")

    finder = threading.Thread(target=find)
    finder.start()
    backlog.close()
    finder.join(5)
    assert outcome == ["closed"]
    assert list(backlog) == []
    with pytest.raises(ClosedError):
        backlog.add(2)
