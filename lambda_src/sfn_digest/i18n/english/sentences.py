"""The sentences of the digest, in English."""

from collections.abc import Sequence
from datetime import datetime

from sfn_digest.i18n.english.labels import Labels
from sfn_digest.i18n.english.nouns import CAUSES
from sfn_digest.i18n.english.plain import Plain
from sfn_digest.model.executions import Coverage, UnsuccessfulStatus


class Sentences(Plain, Labels):
    """Functions take plain values and give plain text: escaping is each face's own."""

    CAUSES = CAUSES

    def causes(self, count: int, cause: str, title: str) -> str:
        """Name a cause in a sentence, for one or many: Spot interruptions."""
        one, many = self.CAUSES.get(cause, (title, title))
        return one if count == 1 else many

    def counted_cause(self, count: int, cause: str, title: str) -> str:
        """Count a cause: 5 Spot interruptions, or 5 times the title of a user's own."""
        times = "" if cause in self.CAUSES else "\N{MULTIPLICATION SIGN} "
        return f"{self.number(count)} {times}{self.causes(count, cause, title)}"

    def finding(
        self, unsuccessful: int, executions: int | None, mostly: str | None, *, wholly: bool = False
    ) -> str:
        """Say in one line what was found; `mostly` names the cause of half of it or more, and
        `wholly` that it is the only one. How many `executions` there were may not be known.
        """
        if executions is None:
            said = f"{self.executions(unsuccessful)} failed"
        else:
            said = f"{self.number(unsuccessful)} of {self.executions(executions)} failed"
        share = "all " if wholly and unsuccessful > 1 else "" if wholly else "mostly "
        return f"{said}, {share}by {mostly}" if mostly else said

    def news(self, causes: Sequence[tuple[str, str]], more: int) -> str:
        """Name what is new: a cause and the machine it struck each, and how many more."""
        named = [f"{cause} in {machine}" for cause, machine in causes]
        rest = [f"{self.number(more)} more"] if more else []
        return f"New: {', '.join([*named, *rest])}."

    def repeated(self, parents: int) -> str:
        """Say how many executions failed only because a child that is counted too had failed."""
        repeat = self.counted(parents, "failure repeats", "failures repeat")
        return f"{repeat} that of a child execution, which is counted too."

    def quiet(self, executions: int, machines: int) -> str:
        """Say that nothing failed."""
        where = self.counted(machines, "state machine", "state machines")
        if executions == 0:
            return f"No failures: no execution of {where} ended."
        if executions == 1:
            return f"No failures: the one execution of {where} succeeded."
        return f"No failures: all {self.number(executions)} executions of {where} succeeded."

    def quiet_but_partial(self, machines: int) -> str:
        """Say that no failure was seen where not everything could be read."""
        return (
            f"No failures were seen in {self.counted(machines, 'state machine', 'state machines')}."
        )

    def leader(self, failures: int, total: int) -> str:
        """Say after a machine's name how many of all failures it has."""
        if failures == total:
            return "has the one failure" if total == 1 else f"has all {self.number(total)} failures"
        return f"has {self.number(failures)} of the {self.number(total)} failures"

    def brought(self, count: int, failures: int, named: str) -> str:
        """Say how many of a machine's failures one cause brought."""
        if count == failures:
            return f"{'' if count == 1 else 'all '}by {named}"
        return f"{self.number(count)} by {named}"

    def in_state(self, *, elsewhere: bool) -> str:
        """Lead over from a cause to the state that it struck, alone or most often."""
        return " mostly in " if elsewhere else " in "

    def machines_with_failures(self, failing: int, tagged: int) -> str:
        """Say how many machines had failures."""
        machines = self.counted(tagged, "state machine", "state machines")
        return f"{self.number(failing)} of {machines} had failures"

    def machine_failures(self, unsuccessful: int, executions: int | None) -> str:
        """Say how much of one machine failed."""
        if executions is None:
            return f"{self.number(unsuccessful)} failed"
        return f"{self.number(unsuccessful)} of {self.number(executions)} failed"

    def attempts_of_one_cause(self, total: int, named: str, *, complete: bool) -> str:
        """Say what failed attempts were where all are alike: 72 failed attempts, all …"""
        link = ":" if total == 1 else ", all"
        return f"{self._at_least(complete)}{self.failed_attempts(total)}{link} {named}"

    def attempts(self, total: int, counted_causes: Sequence[str], *, complete: bool) -> str:
        """Say what failed attempts were: 6 failed attempts: 5 Spot interruptions, …"""
        return (
            f"{self._at_least(complete)}{self.failed_attempts(total)}: {', '.join(counted_causes)}"
        )

    def _at_least(self, complete: bool) -> str:
        return "" if complete else "at least "

    def more_machines(self, machines: int, failures: int) -> str:
        """Say what is not shown of the machines."""
        return (
            f"and {self.number(machines)} more with {self.counted(failures, 'failure', 'failures')}"
        )

    def more_hints(self, hints: int) -> str:
        """Say how many hints are not shown."""
        return f"and {self.counted(hints, 'more hint', 'more hints')}"

    def more_causes(self, causes: int) -> str:
        """Say how many causes are not shown."""
        return f"and {self.counted(causes, 'more cause', 'more causes')}"

    def more_notes(self, notes: int) -> str:
        """Say how many notes on coverage are not shown."""
        return f"and {self.counted(notes, 'more note', 'more notes')} in the full report"

    def more_executions(self, count: int) -> str:
        """Say how many failed executions are not shown, and where they are."""
        return f"and {self.counted(count, 'more execution', 'more executions')} in the JSON report"

    def cause_in(self, title: str, state: str | None) -> str:
        """Name a cause and the state that it struck."""
        return f"{title} in {state}" if state else title

    def ended(self, status: UnsuccessfulStatus, time: datetime) -> str:
        """Say how and when an execution ended."""
        return f"{self.STATUS[status]} {self.minute(time)} UTC"

    def executions(self, count: int) -> str:
        """Give a number of executions."""
        return self.counted(count, "execution", "executions")

    def failed_attempts(self, count: int) -> str:
        """Give a number of failed attempts."""
        return self.counted(count, "failed attempt", "failed attempts")

    def place(self, account_id: str, region: str, alias: str) -> str:
        """Say which account and Region were read; `alias` is empty where there is none."""
        return (
            f"Account {alias} ({account_id}), {region}"
            if alias
            else (f"Account {account_id}, {region}")
        )

    def coverage(self, read: Coverage) -> str:
        """Say what was read and what it took."""
        failures = self.counted(read.failures_found, "failure", "failures")
        tagged = "" if read.all_machines else "tagged "
        machines = self.counted(
            read.machines_tagged, f"{tagged}state machine", f"{tagged}state machines"
        )
        calls = self.counted(sum(read.api_calls.values()), "API call", "API calls")
        throttled = self.number(read.throttled) if read.throttled else "none"
        return (
            f"Read {self.number(read.failures_read)} of {failures}"
            f" and {self.number(read.machines_scanned)} of {machines};"
            f" {calls}, {throttled} throttled."
        )

    def partial(self, read: Coverage, machines: int, notes: Sequence[str]) -> str:
        """Say what is missing of so many machines; `notes` are shown as they are."""
        missing = []
        if read.machines_scanned < machines:
            missing.append(
                f"{self.number(read.machines_scanned)} of {self.number(machines)} state machines"
            )
        if read.failures_read < read.failures_found:
            missing.append(
                f"{self.number(read.failures_read)} of {self.number(read.failures_found)} failures"
            )
        said = [f"only {' and '.join(missing)} could be read."] if missing else []
        return " ".join([*said, *notes]) or "something was left out."
