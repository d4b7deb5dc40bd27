"""No machine waits for the whole list of another."""

from collections.abc import Iterator, Sequence

from sfn_digest.aws.backlog import ENOUGH_WAITING, Listing, ListJob, list_jobs
from sfn_digest.aws.execution_lists import Target
from sfn_digest.model.executions import Execution, StateMachine, UnsuccessfulStatus


def target(name: str, expected: int | None, status: UnsuccessfulStatus = "FAILED") -> Target:
    return Target(StateMachine(f"arn:{name}", name, "STANDARD"), status, expected)


def no_pages(_: Target) -> Iterator[Sequence[Execution]]:
    return iter(())


def order(targets: Sequence[Target], *, waiting: int, pages: int = 100) -> list[str]:
    """Which lists are taken up while each has more pages, `waiting` executions on hand."""
    listing = Listing(list_jobs(targets, no_pages))
    taken = []
    for _ in range(pages):
        job = listing.next(waiting)
        if job is None:
            break
        taken.append(job.target.machine.name)
        job.listed += 1000
        if job.on_next_page or job.target.expected is None:
            listing.put_back(job)
        else:
            listing.ended(job)
    return taken


def test_the_first_pages_of_all_machines_come_first_the_largest_machine_s_before_the_others() -> (
    None
):
    targets = [target("small", 3), target("large", 3500), target("medium", 1200)]
    assert order(targets, waiting=ENOUGH_WAITING) == [
        *("large", "medium", "small"),
        *("large", "medium"),
        *("large", "large"),
    ]


def test_where_readers_would_run_dry_the_page_with_most_failures_comes_first() -> None:
    targets = [target("small", 3), target("large", 3500)]
    assert order(targets, waiting=0) == ["large"] * 4 + ["small"]


def test_a_machine_s_other_statuses_come_after_the_first_of_each_machine() -> None:
    targets = [target("a", 5, "TIMED_OUT"), target("a", 9), target("b", 2)]
    assert order(targets, waiting=ENOUGH_WAITING) == ["a", "b", "a"]


def test_what_is_only_looked_at_in_turn_comes_last_however_few_wait() -> None:
    targets = [target("quiet", 0), target("large", 5000), target("unknown", None)]
    for waiting in (0, ENOUGH_WAITING):
        assert order(targets, waiting=waiting, pages=4).count("quiet") == 0


def test_a_list_belongs_to_who_took_it_until_it_is_put_back() -> None:
    listing = Listing(list_jobs([target("a", 5)], no_pages))
    job = listing.next(0)
    assert job is not None
    assert listing.next(0) is None
    listing.put_back(job)
    assert listing.next(0) is job


def test_a_machine_is_unlisted_until_each_of_its_lists_has_ended() -> None:
    targets = [target("a", 5), target("a", 2, "ABORTED"), target("b", None), target("quiet", 0)]
    listing = Listing(list_jobs(targets, no_pages))
    jobs: list[ListJob] = []
    while (job := listing.next(0)) is not None:
        jobs.append(job)
    names = ["a", "b"]
    for job in jobs:
        assert [each.name for each in listing.unlisted()] == names
        listing.ended(job)
        if job.target.machine.name == "b" or job.target.status == "ABORTED":
            names.remove(job.target.machine.name)
    assert listing.unlisted() == []


def test_all_machines_have_begun_once_each_that_failed_has_given_a_page_or_none() -> None:
    targets = [target("a", 2500), target("b", 1), target("c", 1), target("quiet", 0)]
    listing = Listing(list_jobs(targets, no_pages))
    jobs = [listing.next(0) for _ in range(3)]
    for job, end in zip(jobs, (listing.put_back, listing.ended, listing.refused), strict=True):
        assert job is not None
        assert not listing.all_begun
        end(job)
    assert listing.all_begun


def test_a_machine_that_is_refused_is_asked_for_no_further_list() -> None:
    listing = Listing(list_jobs([target("a", 5), target("a", 2, "ABORTED")], no_pages))
    job = listing.next(0)
    assert job is not None
    listing.refused(job)
    assert listing.next(0) is None
    assert listing.unlisted() == []


def test_while_a_machine_may_still_refuse_other_machines_are_asked_before_its_other_lists() -> None:
    targets = [target("a", 5), target("a", 5, "TIMED_OUT"), target("b", 1)]
    listing = Listing(list_jobs(targets, no_pages))
    first, second, third = (listing.next(waiting=0) for _ in range(3))
    assert first is not None
    assert second is not None
    assert third is not None
    assert [each.target.machine.name for each in (first, second, third)] == ["a", "b", "a"]
