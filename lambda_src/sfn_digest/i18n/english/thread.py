"""What Slack's messages say besides: the period before in brackets, and the thread, in English."""

from datetime import UTC, datetime, timedelta

from sfn_digest.i18n.english.plain import Plain

_WEEK = timedelta(days=7)
_CLOCK_CHANGE = timedelta(hours=1)


class ThreadWords(Plain):
    """A length is the report's period, which is a week unless somebody asked for another."""

    ADOPTED = "Hints that were adopted"
    CAUSES_BY_STATE = "Causes by state machine and state"
    ATTEMPTS_BY_EXECUTION = "Failed attempts by execution, from each state machine in turn"
    REDRIVE = "What can still be redriven"
    PERIOD = "From (UTC)"
    SHARE = "Share"
    BAR = "Trend"
    CAUSES_CHART = "Executions by root cause"
    CUT = "… cut"

    def earlier(self, length: timedelta) -> str:
        """Name the period before: last week, or 1 day before."""
        return "last week" if self._is_week(length) else f"{self.length(length)} before"

    def length(self, length: timedelta) -> str:
        """Give a length of time in the largest unit that it is a whole number of."""
        units = ((timedelta(days=1), "day", "days"), (timedelta(hours=1), "hour", "hours"))
        for unit, one, many in units:
            if length >= unit and not length % unit:
                return self.counted(length // unit, one, many)
        return self.counted(round(length / timedelta(minutes=1)), "minute", "minutes")

    def _is_week(self, length: timedelta) -> bool:
        return abs(length - _WEEK) <= _CLOCK_CHANGE

    def _before(self, number: str, length: timedelta) -> str:
        """Give a number of the period before: last week 30, or 1 day before: 30."""
        return f"{self.earlier(length)}{'' if self._is_week(length) else ':'} {number}"

    def number_and_before(self, now: int, before: int | None, length: timedelta) -> str:
        """Give a number with that of the period before: 12 (last week 30).

        "new" where there was none, and nothing where it is not known.
        """
        if before is None:
            return self.number(now)
        told = "new" if now and not before else self._before(self.number(before), length)
        return f"{self.number(now)} ({told})"

    def moved(self, now: int, before: int, length: timedelta) -> str:
        """Say by how much a machine's failures changed: +3, last week 8."""
        if not before:
            return f"new, {self._before('none', length)}"
        if now == before:
            return f"unchanged, {self._before(self.number(before), length)}"
        sign = "+" if now > before else "\N{MINUS SIGN}"
        was = self._before(self.number(before), length)
        return f"{sign}{self.number(abs(now - before))}, {was}"

    def cause_since(self, before: int, length: timedelta) -> str:
        """Say whether a cause is new."""
        if before:
            return self._before(self.number(before), length)
        return f"new since {self.earlier(length)}" if self._is_week(length) else "new"

    def grown(self, now: int, before: int, length: timedelta) -> str:
        """Say how many more or fewer failed than in the period before, after the finding."""
        earlier = "last week" if self._is_week(length) else f"in the {self.length(length)} before"
        if now == before:
            return f"as many as {earlier}"
        return (
            f"{self.number(abs(now - before))} {'more' if now > before else 'fewer'} than {earlier}"
        )

    def failed_before(self, before: int, length: timedelta) -> str:
        """Say, where nothing failed, how many executions failed in the period before."""
        earlier = self.earlier(length)
        return f"{earlier[0].upper()}{earlier[1:]}, {self.number(before)} failed."

    def continued(self, title: str, number: int) -> str:
        """Head the second or a later message of the same kind."""
        return f"{title} ({number})"

    def more_hints_told(self, count: int) -> str:
        """Say how many hints are not shown, and where they are."""
        return self._in_report(count, "hint", "hints")

    def more_causes_told(self, count: int) -> str:
        """Say how many causes are not shown, and where they are."""
        return self._in_report(count, "cause", "causes")

    def more_machines_told(self, count: int) -> str:
        """Say how many state machines are not shown, and where they are."""
        return self._in_report(count, "state machine", "state machines")

    def more_adopted(self, count: int) -> str:
        """Say how many adopted hints are not shown, and where they are."""
        return self._in_report(count, "adopted hint", "adopted hints")

    def more_executions_told(self, count: int) -> str:
        """Say how many executions are not shown, and where they are."""
        return self._in_report(count, "execution", "executions")

    def _in_report(self, count: int, one: str, many: str) -> str:
        return f"and {self.counted(count, f'more {one}', f'more {many}')} in the JSON report"

    def see_patch(self, command: str) -> str:
        """Name the command that gives a change whole."""
        return f"The whole change, as a diff: {command}"

    def for_example(self) -> str:
        """Lead over to the link of an example."""
        return "for example"

    def redrivable(self, executions: int, machines: int, until: datetime) -> str:
        """Say how much can be redriven, and until when the first of it."""
        ended = self.counted(executions, "execution", "executions")
        where = self.counted(machines, "state machine", "state machines")
        return (
            f"{ended} of {where} ended by causes that pass with time. A redrive goes on at the "
            f"state that failed. AWS allows it for 14 days: until {self.minute(until)} UTC for "
            f"the first."
        )

    def caught_in_fail_state(self, executions: int) -> str:
        """Say how many executions a redrive would only bring back to their Fail state."""
        ended = self.counted(executions, "more such execution", "more such executions")
        return f"{ended} ended in a Fail state after a Catch: start anew, do not redrive."

    def redrivable_of_machine(self, executions: int, until: datetime) -> str:
        """Say after a machine's name how many of its executions can be redriven."""
        ended = self.counted(executions, "execution", "executions")
        return f"{ended}, the first until {self.minute(until)} UTC"

    def began(self, time: datetime, length: timedelta) -> str:
        """Give the beginning of one period of a trend."""
        day = f"{time.astimezone(UTC):%Y-%m-%d}"
        return day if length >= timedelta(days=1) else self.minute(time)

    def period_failed(self, began: str, failed: int, executions: int) -> str:
        """Say in a line what failed in one period."""
        ended = self.counted(executions, "execution", "executions")
        return f"{began}: {self.number(failed)} of {ended} failed"
