"""`sfn-digest backtest`: what a changed definition would have recovered and lost."""

import argparse
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from sfn_digest.asl.infrastructure_code import FoundDefinition, NoDefinitionError, definitions_in
from sfn_digest.aws import open_account
from sfn_digest.commands.extras import need
from sfn_digest.config.request import (
    Request,
    parse_language,
    parse_share,
    parse_successes,
    parse_tag,
)
from sfn_digest.config.rules_file import read_rules
from sfn_digest.config.window import parse_window
from sfn_digest.errors import BadDefinitionError, BadRequestError
from sfn_digest.i18n.sanitize import quoted
from sfn_digest.pipeline.backtesting import backtest
from sfn_digest.pipeline.run import Run
from sfn_digest.pipeline.texts import texts_in
from sfn_digest.report.change import show_change, would_lose
from sfn_digest.retry import read_definition
from sfn_digest.terminal.progress import terminal_progress

LOSS = 3


def run(words: argparse.Namespace) -> int:
    """Make the backtest and show it; gives the exit status.

    Raises BadDefinitionError for a file without the definition, NothingToReplayError where there
    is no history.
    """
    if words.format == "terminal":
        need("rich", "--format terminal")
    found = chosen(read_definitions(Path(words.definition)), words.resource, words.definition)
    request, rules = _request(words, found), read_rules(words.rules)
    texts = texts_in(parse_language(words.language), rules)
    with terminal_progress() as progress:
        account = open_account(request.quota_share, progress)
        made = backtest(Run(request, account, rules), read_definition(found.asl))
    show_change(made, words.format, texts, sys.stdout)
    return LOSS if words.fail_on_loss and would_lose(made) else 0


def read_definitions(path: Path) -> list[FoundDefinition]:
    """The definitions in a file. Raises BadDefinitionError."""
    try:
        return definitions_in(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not text"
        raise BadDefinitionError(
            f"{quoted(str(path))} cannot be read ({reason}): give a file with a definition."
        ) from None
    except NoDefinitionError as error:
        raise BadDefinitionError(
            f"{quoted(str(path))} {error}: give Amazon States Language, a synthesized template, or "
            "what terraform show -json writes."
        ) from None


def chosen(found: Sequence[FoundDefinition], resource: str | None, file: str) -> FoundDefinition:
    """The definition that is meant, of those in a file. Raises BadDefinitionError."""
    named = [each for each in found if resource in (None, each.resource, each.name)]
    if len(named) == 1:
        return named[0]
    known = ", ".join(quoted(each.resource) for each in found if each.resource)
    if not named:
        there = f"it holds {known}" if known else "it is one definition, which has no name"
        raise BadDefinitionError(f"{quoted(file)} holds no {quoted(str(resource))}: {there}.")
    raise BadDefinitionError(
        f"{quoted(file)} holds {len(named)} state machines: name one with --resource, of {known}."
    )


def _request(words: argparse.Namespace, found: FoundDefinition) -> Request:
    machine = words.machine or found.name
    if not machine:
        raise BadRequestError(
            "The file does not say which state machine this is: name the one that runs with "
            "--machine."
        )
    if set("*?[") & set(machine):
        raise BadRequestError(
            f"The state machine is {quoted(machine)}, which is no name: a backtest is one state "
            "machine's, so give its name or ARN."
        )
    return Request(
        window=parse_window(words.since, words.until, now=datetime.now(UTC)),
        machines=(machine,),
        tag=parse_tag(words.tag),
        quota_share=parse_share(words.quota_share),
        successes=parse_successes(words.successes),
        language=parse_language(words.language),
    )
