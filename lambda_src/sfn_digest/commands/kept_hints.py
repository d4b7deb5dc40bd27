"""The hints that reports gave: in a report's file, a deployment's table, or the own memory."""

import argparse
import os
from collections.abc import Callable, Collection
from dataclasses import dataclass
from pathlib import Path

from sfn_digest.adoption import GivenHint, HintScope
from sfn_digest.adoption.given_hints import latest_of
from sfn_digest.aws.deployed import Deployment
from sfn_digest.aws.dynamodb_table import open_table
from sfn_digest.commands.report import read_report
from sfn_digest.config.request import parse_tag
from sfn_digest.config.settings import read_settings
from sfn_digest.errors import BadRequestError
from sfn_digest.i18n.sanitize import quoted
from sfn_digest.model.report import Hint
from sfn_digest.pipeline.hint_ledger import LedgerMemory
from sfn_digest.terminal.memory import LocalMemory, state_folder


@dataclass(frozen=True, slots=True)
class KeptHints:
    """Hints that reports gave, and where they are kept, in words."""

    hints: tuple[GivenHint, ...]
    where: str

    def of_machine(self, machine: str) -> tuple[GivenHint, ...]:
        """The hints on the machine of this name or ARN, of the last report that had any."""
        arns = [each.hint.machine_arn for each in self.hints if _is(each.hint, machine)]
        return latest_of(self.hints, arns[0]) if arns else ()

    def of_ids(self, ids: Collection[str]) -> tuple[GivenHint, ...]:
        """The hints of a machine on which there are all of these ids, with its others.

        Nothing where one of the ids is not kept. Raises BadRequestError where they are about
        several machines.
        """
        chosen = [each for each in self.hints if each.hint.id in ids]
        if {each.hint.id for each in chosen} != set(ids):
            return ()
        arns = {each.hint.machine_arn for each in chosen}
        if len(arns) > 1:
            names = " and ".join(sorted(quoted(arn.rsplit(":", 1)[-1]) for arn in arns))
            raise BadRequestError(
                f"The hints are on {names}: a patch is one state machine's, so give the ids of one."
            )
        return tuple(each for each in self.hints if each.hint.machine_arn in arns)


def _is(hint: Hint, machine: str) -> bool:
    return machine in (hint.machine_arn, hint.machine_arn.rsplit(":", 1)[-1])


def kept_hints(words: argparse.Namespace, region: str, tell: Callable[[str], None]) -> KeptHints:
    """The hints where the words say they are: by default in the memory of the person at work.

    Raises BadReportError where the file holds no report, BadRequestError where the function keeps
    nothing, and AccountError where AWS refuses.
    """
    if words.report is not None:
        return _reported(Path(words.report))
    if words.function is not None:
        return _deployed(words.function, region, tell)
    try:
        memory = LocalMemory(state_folder(os.environ), tell)
    except RuntimeError:
        return KeptHints((), "the reports of this computer")
    return KeptHints(memory.all_given(), "the reports of this computer")


def _reported(path: Path) -> KeptHints:
    report = read_report(path)
    given = tuple(GivenHint(report.window.end, hint) for hint in report.hints)
    return KeptHints(given, f"the report in {path.name}")


def _deployed(function: str, region: str, tell: Callable[[str], None]) -> KeptHints:
    deployment = Deployment(region)
    settings = read_settings(deployment.environment(function))
    if settings.table is None:
        raise BadRequestError(
            f"The function {quoted(function)} has no table that keeps hints: give its report in "
            "a file with --report."
        )
    tag = parse_tag(settings.defaults.tag)
    place = HintScope(deployment.account_id(), region, tag)
    memory = LedgerMemory(open_table(settings.table), lambda note: tell(note.sentence))
    return KeptHints(memory.given(place), f"the table of {function}")
