"""What was asked of AWS and what came of it: gathered by many threads, reported once."""

import threading
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from sfn_digest.aws import coverage_notes
from sfn_digest.aws.api import Api, DeploymentApi
from sfn_digest.i18n.message import Message, Msgid
from sfn_digest.model.executions import ExecutionCounts, StateMachine, UnsuccessfulStatus
from sfn_digest.model.sample import Stratum
from sfn_digest.stream.collected_window import Collected

_TIME_RAN_OUT = "The time ran out"
_APIS: tuple[Api | DeploymentApi, ...] = (*Api, *DeploymentApi)


@dataclass(frozen=True, slots=True)
class ApiUsage:
    """The account's side of a report's coverage.

    `api_calls` counts every call sent, throttled ones too, by API name; `throttled` those
    that AWS throttled. `failures_found` were listed in the window, `failures_read` of them
    had their history read; `found` is the former by machine ARN and status (`succeeded` is
    not listed, and 0). `skipped` maps the ARN of a machine whose executions could not
    be listed to the reason, a whole sentence. `notes` are whole sentences that name the
    skipped machines too, and `left_out` those of them that say what is missing. `complete` is
    False where anything is. `strata` are those of the sample that was read; empty where that is
    all, but for histories that AWS refused.
    """

    api_calls: Mapping[str, int]
    throttled: int
    failures_found: int
    failures_read: int
    found: Mapping[str, ExecutionCounts]
    skipped: Mapping[str, str]
    notes: tuple[Message, ...]
    left_out: tuple[Message, ...]
    complete: bool
    strata: tuple[Stratum, ...] = ()
    ran_out: bool = False
    """Whether the time ran out before all failures were listed and read."""


class UsageTally:
    """The running count behind `ApiUsage`; every method may be called from any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._calls: Counter[Api | DeploymentApi] = Counter()
        self._throttled = 0
        self._found: Counter[tuple[str, UnsuccessfulStatus]] = Counter()
        self._read = 0
        self._remarks: dict[Message, None] = {}
        self._gaps: dict[Message, None] = {}
        self._skipped: dict[str, tuple[str, str]] = {}
        self._reasons: Counter[tuple[Msgid, str, str]] = Counter()
        """How often each thing happened to a machine, for each reason that was given."""
        self._vanished: Counter[str] = Counter()
        self._uncounted: Counter[str] = Counter()
        self._late_failures = 0
        self._strata: tuple[Stratum, ...] = ()
        self._late: tuple[str, ...] | None = None

    def called(self, api: Api | DeploymentApi) -> None:
        """A call goes out."""
        with self._lock:
            self._calls[api] += 1

    def throttled(self) -> None:
        """A call was throttled."""
        with self._lock:
            self._throttled += 1

    def found(
        self, machine_arn: str, status: UnsuccessfulStatus, failures: int, *, late: int = 0
    ) -> None:
        """So many more executions of a machine are to be read; `late` of them closed before the
        window.
        """
        with self._lock:
            self._found[machine_arn, status] += failures
            self._late_failures += late

    def read(self) -> None:
        """One execution's history was read."""
        with self._lock:
            self._read += 1

    def note(self, sentence: Message, *, left_out: bool) -> None:
        """Something a person should know, said once; `left_out`: the report lacks by it."""
        with self._lock:
            (self._gaps if left_out else self._remarks)[sentence] = None

    def skip(self, machine: StateMachine, reason: str) -> None:
        """The executions of a machine could not be listed, or not to the end."""
        with self._lock:
            self._skipped[machine.arn] = (machine.name, reason)

    def unread(self, machine_name: str, reason: str) -> None:
        """The history of one failure could not be read."""
        self._add(coverage_notes.UNREAD, machine_name, reason)

    def unread_child(self, machine_name: str, reason: str) -> None:
        """The history of a nested execution, in which a cause lies, could not be read."""
        self._add(coverage_notes.UNREAD_CHILD, machine_name, reason)

    def not_evaluated(self, machine_name: str, reason: str) -> None:
        """What a machine's retries are worth is not known."""
        self._add(coverage_notes.UNWEIGHED, machine_name, reason)

    def partly_evaluated(self, machine_name: str, reason: str) -> None:
        """What a machine's retries are worth rests on fewer successes than were worth reading."""
        self._add(coverage_notes.PARTLY_WEIGHED, machine_name, reason)

    def _add(self, what: Msgid, machine_name: str, reason: str) -> None:
        with self._lock:
            self._reasons[what, machine_name, reason] += 1

    def out_of_time(self, unlisted: Sequence[StateMachine]) -> None:
        """The time is up; these machines were not listed, or not to the end."""
        with self._lock:
            self._late = tuple(sorted(machine.name for machine in unlisted))
            self._skipped |= {each.arn: (each.name, _TIME_RAN_OUT) for each in unlisted}

    def vanished(self, machine_name: str, failures: int) -> None:
        """CloudWatch counted so many failures more than were listed."""
        with self._lock:
            self._vanished[machine_name] += failures

    def uncounted(self, machine_name: str, failures: int) -> None:
        """So many failures were listed of a machine and status in which CloudWatch counted none."""
        with self._lock:
            self._uncounted[machine_name] += failures

    def sampled(self, strata: tuple[Stratum, ...]) -> None:
        """Of each stratum so many failures were read."""
        with self._lock:
            self._strata += strata

    def collected(self, collected: Collected, *, read: int) -> None:
        """Events reported these failures, and so many of their histories had been read."""
        with self._lock:
            for arn, counts in collected.found.items():
                self._found[arn, "FAILED"] += counts.failed
                self._found[arn, "TIMED_OUT"] += counts.timed_out
                self._found[arn, "ABORTED"] += counts.aborted
            self._read += read
            self._strata += collected.strata

    def usage(self) -> ApiUsage:
        """Everything so far, in an order that does not depend on the threads."""
        with self._lock:
            gaps, remarks = self._sentences()
            return ApiUsage(
                api_calls={api.value: self._calls[api] for api in _APIS if self._calls[api]},
                throttled=self._throttled,
                failures_found=self._found.total(),
                failures_read=self._read,
                found={arn: self._counts(arn) for arn in sorted({arn for arn, _ in self._found})},
                skipped={arn: reason for arn, (_, reason) in sorted(self._skipped.items())},
                notes=(*gaps, *remarks),
                left_out=gaps,
                complete=not (gaps or self._skipped) and self._read == self._found.total(),
                strata=self._strata if self._left_over() else (),
                ran_out=self._late is not None,
            )

    def _counts(self, arn: str) -> ExecutionCounts:
        return ExecutionCounts(
            failed=self._found[arn, "FAILED"],
            timed_out=self._found[arn, "TIMED_OUT"],
            aborted=self._found[arn, "ABORTED"],
        )

    def _sentences(self) -> tuple[tuple[Message, ...], tuple[Message, ...]]:
        """What is missing, and what else is worth knowing."""
        gaps = (
            *self._late_notes(),
            *self._gaps,
            *coverage_notes.skipped(self._skipped_as(begun=False)),
            *coverage_notes.partly_listed(self._skipped_as(begun=True)),
            *self._grouped(coverage_notes.UNREAD),
            *self._grouped(coverage_notes.UNREAD_CHILD),
        )
        not_evaluated = (
            *self._grouped(coverage_notes.UNWEIGHED),
            *self._grouped(coverage_notes.PARTLY_WEIGHED),
        )
        odd = (
            *coverage_notes.vanished(self._vanished),
            *coverage_notes.uncounted(self._uncounted),
            *coverage_notes.late(self._late_failures),
        )
        return gaps, (*self._remarks, *not_evaluated, *odd)

    def _skipped_as(self, *, begun: bool) -> Iterator[tuple[str, str]]:
        """The machines that were skipped, or of which a part was listed, with the reason."""
        listed = {arn for arn, _ in self._found}
        for arn, (name, reason) in self._skipped.items():
            if reason != _TIME_RAN_OUT and (arn in listed) == begun:
                yield name, reason

    def _grouped(self, what: Msgid) -> Sequence[Message]:
        return coverage_notes.by_reason(
            what, {key[1:]: n for key, n in self._reasons.items() if key[0] == what}
        )

    def _left_over(self) -> int:
        """The failures that were found and neither read nor refused."""
        refused = sum(
            times for each, times in self._reasons.items() if each[0] == coverage_notes.UNREAD
        )
        return self._found.total() - self._read - refused

    def _late_notes(self) -> Iterator[Message]:
        if self._left_over():
            late = self._late is not None
            yield coverage_notes.sampled(self._read, self._found.total(), late=late)
            yield from coverage_notes.untouched(self._untouched())
        yield from coverage_notes.unlisted(self._late or ())

    def _untouched(self) -> Sequence[str]:
        """The names of the machines of which failures were found and none was read."""
        found, read = Counter[str](), Counter[str]()
        for each in self._strata:
            found[each.machine_arn] += each.found
            read[each.machine_arn] += len(each.read)
        return sorted(arn.rsplit(":", 1)[1] for arn in found if not read[arn])
