"""One execution's story, as `sfn-digest explain` tells it."""

from datetime import datetime, timedelta

from sfn_digest.i18n.message import Message, ngettext
from sfn_digest.model.described import ExecutionStatus
from sfn_digest.report.wording.labels import ENDED


def ending(status: ExecutionStatus, cause: str | None, state: str | None) -> Message:
    """Say how the execution ended, why, and in which state."""
    ended = ENDED[status]
    if cause and state:
        return Message("{ended}: {cause} in {state}", ended=ended, cause=cause, state=state)
    if cause:
        return Message("{ended}: {cause}", ended=ended, cause=cause)
    return Message("{ended} in {state}", ended=ended, state=state) if state else ended


def ran(started: datetime, stopped: datetime | None) -> Message:
    """Say from when until when it ran, and how long."""
    if stopped is None:
        return Message("Started {start:second} {zone}.", start=started)
    return Message(
        "{start:second} to {stop:second} {zone}, {length}.",
        start=started,
        stop=stopped,
        length=stopped - started,
    )


def clock(time: datetime, *, dated: bool) -> Message:
    """The time of an attempt, with its day where that is not the execution's first."""
    if dated:
        return Message("{day:day} {time:clock}", day=time, time=time)
    return Message("{time:clock}", time=time)


def redriven(times: int) -> Message:
    """Say that it was redriven."""
    return ngettext("Redriven {n} time.", "Redriven {n} times.", times)


def caught_to(state: str, fail_state: str) -> Message:
    """Say that a Catch led from the state that failed to the Fail state that ended it."""
    return Message(
        "{state} failed, and a Catch led to the Fail state {fail_state}.",
        state=state,
        fail_state=fail_state,
    )


def visit(state: str, failed: int, attempts: int) -> Message:
    """Head a visit of a state with its attempts."""
    if attempts == 1 and failed:
        return Message("{state}: its one attempt failed", state=state)
    if attempts == 1:
        return Message("{state}: one attempt", state=state)
    return Message(
        "{state}: {failed} of {attempts} attempts failed",
        state=state,
        failed=failed,
        attempts=attempts,
    )


def attempt_took(length: timedelta) -> Message:
    """Say how long an attempt took, before what came of it."""
    return Message("{length}:", length=length)


def waited(seconds: float) -> Message:
    """Say how long the execution waited before the next attempt."""
    return Message("waited {length}", length=timedelta(seconds=seconds))


def redriven_after(seconds: float) -> Message:
    """Say after how long the execution was redriven."""
    return Message("redriven after {length}", length=timedelta(seconds=seconds))


def alike(count: int) -> Message:
    """Say how many visits of the same state were cut off like the one that is shown."""
    return ngettext(
        "… and {n} more visit cut off like it", "… and {n} more visits cut off like it", count
    )


def hidden_attempts(count: int) -> Message:
    """Say how many attempts of a visit are not shown."""
    return ngettext("… {n} more failed attempt …", "… {n} more failed attempts …", count)


def more_visits(count: int) -> Message:
    """Say how many visits with failed attempts are not shown."""
    return ngettext(
        "… {n} more visit with failed attempts …", "… {n} more visits with failed attempts …", count
    )


def smooth_visits(count: int) -> Message:
    """Say how many visits of states went well at the first attempt."""
    return ngettext(
        "{n} other state visit succeeded on its first attempt.",
        "{n} other state visits succeeded on their first attempt.",
        count,
    )


def cut_visits(count: int) -> Message:
    """Say how many visits had not ended when the execution did."""
    return ngettext(
        "{n} visit cut off by the end of the execution.",
        "{n} visits cut off by the end of the execution.",
        count,
    )


def recovered(attempts: int, redriven: int = 0) -> Message:
    """Say that the attempts that failed did no lasting harm."""
    if not attempts:
        return Message("No attempt failed.")
    if redriven:
        return ngettext(
            "{n} attempt failed and was handled by a retry, a Catch or a redrive.",
            "{n} attempts failed and were handled by a retry, a Catch or a redrive.",
            attempts,
        )
    return ngettext(
        "{n} attempt failed and was handled by a retry or a Catch.",
        "{n} attempts failed and were handled by a retry or a Catch.",
        attempts,
    )


def failed_so_far(attempts: int) -> Message:
    """Say of a running execution how many attempts failed."""
    if not attempts:
        return Message("No attempt has failed so far.")
    return ngettext("{n} attempt has failed so far.", "{n} attempts have failed so far.", attempts)


def no_retry(state: str, error: str) -> Message:
    """Say that the state has no Retry at all."""
    return Message(
        "{state} has no Retry, so {error} ended the execution immediately.",
        state=state,
        error=error,
    )


def none_takes(state: str, error: str, retriers: int) -> Message:
    """Say that no retrier takes the error."""
    if retriers == 1:
        return Message(
            "The only retrier of {state} does not match {error}.", state=state, error=error
        )
    return Message(
        "None of the {number} retriers of {state} match {error}.",
        number=retriers,
        state=state,
        error=error,
    )


def used_up(state: str, error: str, place: int, attempts: int) -> Message:
    """Say that a retrier took the error, and how often."""
    return Message(
        "Retrier {place} of {state} matches {error}; retries exhausted (MaxAttempts {number:d})."
        if attempts
        else "Retrier {place} of {state} matches {error}, but its MaxAttempts is 0.",
        place=place,
        state=state,
        error=error,
        number=attempts,
    )


def taken_but_cut(state: str, error: str, place: int) -> Message:
    """Say that a retrier takes the error, and the execution ended before it was used up."""
    return Message(
        "Retrier {place} of {state} matches {error}; the execution ended before its retries "
        "were exhausted.",
        place=place,
        state=state,
        error=error,
    )


def redrive(until: datetime) -> Message:
    """Say that the execution can be redriven; the command follows."""
    return Message(
        "It can be redriven until {until} {zone} and will resume at the state that failed:",
        until=until,
    )


def redrive_after_change(until: datetime) -> Message:
    """Say the same of a cause that time does not heal; the command follows."""
    return Message(
        "Once the cause is fixed outside the definition, it can be redriven until {until} {zone}"
        " and will resume at the state that failed:",
        until=until,
    )
