"""The words of one execution's story, in English."""

from collections.abc import Mapping
from datetime import UTC, datetime
from itertools import pairwise

from sfn_digest.i18n.english.plain import Plain
from sfn_digest.model.described import ExecutionStatus


class ExplainWords(Plain):
    """What `sfn-digest explain` says; names come in safe to show."""

    ENDED: Mapping[ExecutionStatus, str] = {
        "RUNNING": "Running",
        "SUCCEEDED": "Succeeded",
        "FAILED": "Failed",
        "TIMED_OUT": "Timed out",
        "ABORTED": "Aborted",
        "PENDING_REDRIVE": "Waits to be redriven",
    }
    TRIED = "What it tried"
    CHILDREN = "Child executions that failed with it, outermost first"
    HELPED = "What would have helped"
    SUCCEEDED_ATTEMPT = "succeeded"
    CUT_OFF = "cut off by the end of the execution"
    RUNNING_ATTEMPT = "still running"
    NO_ATTEMPTS = "No state that calls something was reached."

    def ending(self, status: ExecutionStatus, cause: str | None, state: str | None) -> str:
        """Say how the execution ended, why, and in which state."""
        where = f" in {state}" if state else ""
        return f"{self.ENDED[status]}: {cause}{where}" if cause else f"{self.ENDED[status]}{where}"

    def seconds(self, length: float) -> str:
        """Give a length of time in its two largest units: 42 s, 3 min 10 s, 2 d 4 h."""
        if length < 10:
            return f"{length:.1f}".removesuffix(".0") + " s"
        rest = round(length)
        units = ((86_400, "d"), (3_600, "h"), (60, "min"), (1, "s"))
        for (size, unit), (smaller, smaller_unit) in pairwise(units):
            if rest >= size:
                more = rest % size // smaller
                return f"{rest // size} {unit}" + (f" {more} {smaller_unit}" if more else "")
        return f"{rest} s"

    def clock(self, time: datetime, *, dated: bool) -> str:
        """The time of an attempt in UTC, with its day where that is not the execution's first."""
        return f"{time.astimezone(UTC):{'%Y-%m-%d ' if dated else ''}%H:%M:%S}"

    def ran(self, started: datetime, stopped: datetime | None) -> str:
        """Say from when until when it ran, and how long."""
        if stopped is None:
            return f"Started {self.moment(started)} UTC."
        took = self.seconds((stopped - started).total_seconds())
        return f"{self.moment(started)} to {self.moment(stopped)} UTC, {took}."

    def redriven(self, times: int) -> str:
        """Say that it was redriven."""
        return f"Redriven {self.counted(times, 'time', 'times')}."

    def caught_to(self, state: str, fail_state: str) -> str:
        """Say that a Catch led from the state that failed to the Fail state that ended it."""
        return f"{state} failed, and a Catch led to the Fail state {fail_state}."

    def visit(self, state: str, failed: int, attempts: int) -> str:
        """Head a visit of a state with its attempts."""
        if attempts == 1:
            return f"{state}: {'its one attempt failed' if failed else 'one attempt'}"
        return f"{state}: {self.number(failed)} of {self.number(attempts)} attempts failed"

    def attempt_took(self, length: float) -> str:
        """Say how long an attempt took, before what came of it."""
        return f"{self.seconds(length)}:"

    def waited(self, length: float) -> str:
        """Say how long the execution waited before the next attempt."""
        return f"waited {self.seconds(length)}"

    def hidden_attempts(self, count: int) -> str:
        """Say how many attempts of a visit are not shown."""
        return f"… {self.counted(count, 'more failed attempt', 'more failed attempts')} …"

    def more_visits(self, count: int) -> str:
        """Say how many visits with failed attempts are not shown."""
        return f"… {self.counted(count, 'more visit', 'more visits')} with failed attempts …"

    def smooth_visits(self, count: int) -> str:
        """Say how many visits of states went well at the first attempt."""
        if count == 1:
            return "One visit of another state succeeded at its first attempt."
        return f"{self.number(count)} other visits of states succeeded at their first attempt."

    def cut_visits(self, count: int) -> str:
        """Say how many visits had not ended when the execution did."""
        return f"{self.counted(count, 'visit', 'visits')} cut off by the end of the execution."

    def recovered(self, attempts: int) -> str:
        """Say that the attempts that failed did no lasting harm."""
        if not attempts:
            return "No attempt failed."
        failed = self.counted(attempts, "attempt", "attempts")
        return f"{failed} failed, and a retry or a Catch went on from there."

    def failed_so_far(self, attempts: int) -> str:
        """Say of a running execution how many attempts failed."""
        if not attempts:
            return "No attempt has failed so far."
        return f"{self.counted(attempts, 'attempt has', 'attempts have')} failed so far."

    def no_retry(self, state: str, error: str) -> str:
        """Say that the state has no Retry at all."""
        return f"{state} has no Retry, so {error} ended it at once."

    def none_takes(self, state: str, error: str, retriers: int) -> str:
        """Say that no retrier takes the error."""
        if retriers == 1:
            return f"The one retrier of {state} does not take {error}."
        return f"None of the {self.number(retriers)} retriers of {state} takes {error}."

    def used_up(self, state: str, error: str, place: int, attempts: int) -> str:
        """Say that a retrier took the error, and how often."""
        taken = f"Retrier {self.number(place)} of {state} takes {error}"
        if not attempts:
            return f"{taken}, but its MaxAttempts is 0."
        return f"{taken}, and its MaxAttempts of {self.number(attempts)} was used up."

    def taken_but_cut(self, state: str, error: str, place: int) -> str:
        """Say that a retrier takes the error, and the execution ended before it was used up."""
        return (
            f"Retrier {self.number(place)} of {state} takes {error}; the execution ended before "
            "it was used up."
        )

    def redrive(self, until: datetime) -> str:
        """Say that the execution can be redriven; the command follows."""
        return (
            f"It can be redriven until {self.minute(until)} UTC, and goes on at the state that "
            "failed:"
        )

    def redrive_after_change(self, until: datetime) -> str:
        """Say the same of a cause that time does not heal; the command follows."""
        return (
            f"Once the cause is mended outside the definition, it can be redriven until "
            f"{self.minute(until)} UTC, and goes on at the state that failed:"
        )

    def start_anew(self) -> str:
        """Say that a redrive would not help after a Catch."""
        return "A redrive would go on at the Fail state: start a new execution instead."

    def not_redrivable(self) -> str:
        """Say that Step Functions does not redrive it any more."""
        return "Step Functions does not redrive it: start a new execution."
