"""What was asked of AWS and what came of it: gathered by many threads, told once."""

import threading
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from sfn_digest.aws.api import Api, DeploymentApi
from sfn_digest.i18n.message import Said, counted
from sfn_digest.i18n.sanitize import visible
from sfn_digest.model.executions import ExecutionCounts, StateMachine, UnsuccessfulStatus

_TIME_RAN_OUT = "The time ran out"
_APIS: tuple[Api | DeploymentApi, ...] = (*Api, *DeploymentApi)

NAMED = 10
"""How many machines a note names before it only counts the others."""


@dataclass(frozen=True, slots=True)
class ApiUsage:
    """The account's side of a report's coverage.

    `api_calls` counts every call sent, throttled ones too, by API name; `throttled` those
    that AWS throttled. `failures_found` were listed in the window, `failures_read` of them
    had their history read; `found` is the former by machine ARN and status (`succeeded` is
    not listed, and 0). `skipped` maps the ARN of a machine whose executions could not
    be listed to the reason, a whole sentence. `notes` are whole sentences that name the
    skipped machines too, and `left_out` those of them that say what is missing. `complete` is
    False where anything is.
    """

    api_calls: Mapping[str, int]
    throttled: int
    failures_found: int
    failures_read: int
    found: Mapping[str, ExecutionCounts]
    skipped: Mapping[str, str]
    notes: tuple[str, ...]
    left_out: tuple[str, ...]
    complete: bool


class Tally:
    """The running count behind `ApiUsage`; every method may be called from any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._calls: Counter[Api | DeploymentApi] = Counter()
        self._throttled = 0
        self._found: Counter[tuple[str, UnsuccessfulStatus]] = Counter()
        self._read = 0
        self._remarks: dict[str, None] = {}
        self._gaps: dict[str, None] = {}
        self._skipped: dict[str, tuple[str, str]] = {}
        self._unweighed: set[tuple[str, str]] = set()
        self._express: dict[str, str] = {}
        self._express_failed = False
        self._unread: Counter[tuple[str, str]] = Counter()
        self._vanished: Counter[str] = Counter()
        self._late: tuple[str, ...] | None = None

    def called(self, api: Api | DeploymentApi) -> None:
        """A call goes out."""
        with self._lock:
            self._calls[api] += 1

    def throttled(self) -> None:
        """A call was throttled."""
        with self._lock:
            self._throttled += 1

    def found(self, machine_arn: str, status: UnsuccessfulStatus, failures: int) -> None:
        """So many more executions of a machine are to be read."""
        with self._lock:
            self._found[machine_arn, status] += failures

    def read(self) -> None:
        """One execution's history was read."""
        with self._lock:
            self._read += 1

    def note(self, sentence: str, *, left_out: bool) -> None:
        """Something a person should know, said once; `left_out`: the report lacks by it."""
        with self._lock:
            (self._gaps if left_out else self._remarks)[sentence] = None

    def skip(self, machine: StateMachine, reason: str) -> None:
        """The executions of a machine could not be listed, or not to the end."""
        with self._lock:
            self._skipped[machine.arn] = (machine.name, reason)

    def express(self, machine: StateMachine, *, left_out: bool) -> None:
        """A machine is Express; `left_out`: it failed in the window, or may have."""
        with self._lock:
            self._express_failed |= left_out
            self._express[machine.arn] = machine.name

    def unread(self, machine_name: str, reason: str) -> None:
        """The history of one execution could not be read."""
        with self._lock:
            self._unread[machine_name, reason] += 1

    def out_of_time(self, unlisted: Sequence[StateMachine]) -> None:
        """The time is up; these machines were not listed, or not to the end."""
        with self._lock:
            self._late = tuple(sorted(machine.name for machine in unlisted))
            self._skipped |= {each.arn: (each.name, _TIME_RAN_OUT) for each in unlisted}

    def unweighed(self, machine_name: str, reason: str) -> None:
        """What a machine's retries are worth cannot be told."""
        with self._lock:
            self._unweighed.add((machine_name, reason))

    def vanished(self, machine_name: str, failures: int) -> None:
        """CloudWatch counted so many failures more than were listed."""
        with self._lock:
            self._vanished[machine_name] += failures

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
            )

    def _counts(self, arn: str) -> ExecutionCounts:
        return ExecutionCounts(
            failed=self._found[arn, "FAILED"],
            timed_out=self._found[arn, "TIMED_OUT"],
            aborted=self._found[arn, "ABORTED"],
        )

    def _sentences(self) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """What is missing, and what else is worth knowing."""
        skipped = [
            Said(
                "{machine} was skipped: {reason}"
                if len(names) == 1
                else "{machine} were skipped: {reason}",
                machine=listed(names),
                reason=reason,
            )
            for reason, names in _by_reason(self._skipped.values())
            if reason != _TIME_RAN_OUT
        ]
        unread = [
            Said(
                "{histories} of {machine} could not be read: {reason}",
                histories=counted(
                    sum(self._unread[name, reason] for name in names),
                    "{number} history",
                    "{number} histories",
                ),
                machine=listed(names),
                reason=reason,
            )
            for reason, names in _by_reason(self._unread)
        ]
        express = self._express_note()
        missing, known = (express, ()) if self._express_failed else ((), express)
        gaps = (*self._late_note(), *self._gaps, *skipped, *unread, *missing)
        return gaps, (*self._remarks, *self._unweighed_notes(), *known, *self._vanished_note())

    def _unweighed_notes(self) -> Sequence[str]:
        return [
            Said(
                "The retries of {machine} could not be weighed: {error}",
                machine=listed(names),
                error=reason,
            )
            for reason, names in _by_reason(self._unweighed)
        ]

    def _late_note(self) -> Sequence[str]:
        if self._late is None:
            return ()
        unread = self._found.total() - self._read - self._unread.total()
        if not unread and not self._late:
            return ()
        note = Said(
            "The time ran out with {failures} found but not read and {machines} not listed to the "
            "end: {names}. Report on fewer state machines or a shorter window, or allow a larger "
            "share of the quotas."
            if self._late
            else "The time ran out with {failures} found but not read. Report on fewer state "
            "machines or a shorter window, or allow a larger share of the quotas.",
            failures=counted(unread, "{number} failure", "{number} failures"),
            machines=counted(len(self._late), "{number} state machine", "{number} state machines"),
            names=listed(self._late),
        )
        return (note,)

    def _express_note(self) -> Sequence[str]:
        if not self._express:
            return ()
        note = Said(
            "The causes of Express workflows lie in CloudWatch Logs and are not read: {names}.",
            names=listed(sorted(self._express.values())),
        )
        return (note,)

    def _vanished_note(self) -> Sequence[str]:
        number = self._vanished.total()
        if not number:
            return ()
        note = Said(
            "CloudWatch counted {failures} that Step Functions no longer lists, as happens after "
            "a redrive: {machines}.",
            failures=counted(number, "{number} failure", "{number} failures"),
            machines=listed([f"{name} {count}" for name, count in self._vanished.most_common()]),
        )
        return (note,)


def _by_reason(found: Iterable[tuple[str, str]]) -> Sequence[tuple[str, Sequence[str]]]:
    """The machines' names by what is said of them: once, however many they are."""
    names: dict[str, list[str]] = {}
    for name, reason in sorted(found):
        names.setdefault(reason, []).append(name)
    return tuple(names.items())


def listed(names: Sequence[str]) -> Said:
    """Names in a sentence: the first ten, and how many more there are."""
    shown, rest = tuple(visible(name) for name in names[:NAMED]), len(names) - NAMED
    return Said("{names} and {rest} more" if rest > 0 else "{names}", names=shown, rest=rest)
