import threading

import pytest

from sfn_digest.aws.backlog import Backlog, ClosedError
from tests.aws.test_sampling import a_week, execution


def test_all_that_was_found_is_given_and_it_ends_with_the_finders() -> None:
    backlog = Backlog(finders=2)
    backlog.add(a_week("orders", 5))
    backlog.finished()
    backlog.add(a_week("mail", 5))
    backlog.finished()
    assert sorted(backlog, key=lambda each: each.arn) == sorted(
        [*a_week("orders", 5), *a_week("mail", 5)], key=lambda each: each.arn
    )


def test_who_reads_waits_for_what_is_still_to_be_found() -> None:
    backlog = Backlog(finders=1)

    def find() -> None:
        for number in range(50):
            backlog.add([execution("orders", number)])
        backlog.finished()

    finder = threading.Thread(target=find)
    finder.start()
    assert len(list(backlog)) == 50
    finder.join()


def test_a_closed_backlog_wakes_all_who_wait_and_takes_nothing_up() -> None:
    backlog = Backlog(finders=1)
    left: list[list[object]] = []
    reader = threading.Thread(target=lambda: left.append(list(backlog)))
    reader.start()
    backlog.close()
    reader.join(5)
    assert left == [[]]
    with pytest.raises(ClosedError):
        backlog.add([execution("orders", 2)])


def test_what_was_read_is_told_by_stratum() -> None:
    backlog = Backlog(finders=1)
    backlog.add(a_week("orders", 14))
    backlog.finished()
    for each in backlog:
        if len(backlog) > 9:
            backlog.learned(each.arn, "kind")
    assert sum(stratum.found for stratum in backlog.strata()) == 14
    assert sum(len(stratum.read) for stratum in backlog.strata()) == 4


def test_no_machine_is_read_twice_until_a_page_of_each_has_come() -> None:
    backlog = Backlog(finders=1)
    backlog.add(a_week("orders", 5))
    taken = iter(backlog)
    first = next(taken)
    second: list[object] = []
    reader = threading.Thread(target=lambda: second.append(next(taken)))
    reader.start()
    mail = execution("mail", 1)
    backlog.add([mail])
    reader.join(5)
    assert first.machine_arn == "orders"
    assert second == [mail]
    backlog.all_begun()
    assert next(taken).machine_arn == "orders"
