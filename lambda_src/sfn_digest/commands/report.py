"""`sfn-digest report`: why executions failed in a window, and what to change."""

import argparse
import os
import sys
from collections.abc import Sequence
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path

from sfn_digest.adoption import NO_HINT_MEMORY
from sfn_digest.aws import ChildRoles, open_account
from sfn_digest.causes import UserRules
from sfn_digest.commands.extras import need
from sfn_digest.commands.parsed_request import request_of
from sfn_digest.commands.sending import open_page, posted, prepare_post, say
from sfn_digest.config.request import DEFAULT_TAG, Request
from sfn_digest.config.rules_file import read_rules
from sfn_digest.config.window import DEFAULT_SINCE
from sfn_digest.errors import BadRequestError
from sfn_digest.guard import Guard
from sfn_digest.i18n.message import Message
from sfn_digest.i18n.sanitize import quoted
from sfn_digest.i18n.translator import translator
from sfn_digest.model.executions import StateMachine, Window
from sfn_digest.model.report import Report
from sfn_digest.pipeline.continuation import KeptReadings
from sfn_digest.pipeline.digest import make_report
from sfn_digest.pipeline.run import Run
from sfn_digest.pipeline.scope import Pick, Scope
from sfn_digest.pipeline.texts import texts_in
from sfn_digest.report.faces import show
from sfn_digest.terminal.memory import keep_names, open_memory, state_folder
from sfn_digest.terminal.progress_lines import TerminalProgress, terminal_progress
from sfn_digest.terminal.report_files import UnfinishedReport, read_report


def run(words: argparse.Namespace) -> int:
    """Make the report, show it and send it; gives the exit status.

    What sending needs is looked at first, so that a report nobody can get costs no calls.
    """
    _check_resume(words)
    _check_file(words)
    if (face := _face(words)) == "terminal":
        need("rich", "--format terminal")
    request, rules = request_of(words, words.machine), read_rules(words.rules)
    texts = texts_in(request.language, rules, request.zone)
    post = None if words.post is None else prepare_post(words.post, os.environ)
    if words.file is not None:
        report = read_report(Path(words.file))
    else:
        report = _made(words, request, rules)
    if face is not None:
        show(report, face, texts, sys.stdout, depth=words.depth)
    if words.open:
        open_page(report, texts)
    if post is not None:
        with terminal_progress() as progress:
            progress.stage("posting to Slack")
            where = post.send(report, texts)
        say(posted(where))
    return 0


def _made(words: argparse.Namespace, request: Request, rules: UserRules | None) -> Report:
    notes: list[str] = []
    memory = NO_HINT_MEMORY if words.no_memory else open_memory(os.environ, notes.append)
    with terminal_progress() as progress:
        behind = Guard(lambda fault: notes.append(fault.sentence))
        account = open_account(
            request.quota_share, progress, behind=behind, child_roles=ChildRoles(request.child_role)
        )
        pick = _picker(request, account.region, progress) if _may_ask(words) else None
        unfinished = None if words.no_memory else _unfinished(words, request, account.region)
        if unfinished is not None:
            request = replace(request, window=_window(words, unfinished))
        kept = KeptReadings(unfinished, behind) if unfinished else None
        making = Run(request, account, rules, guard=behind, kept=kept)
        report = make_report(making, pick=pick, memory=memory)
    if unfinished is not None:
        _end(unfinished, report)
    if not words.no_memory:
        keep_names(report, os.environ, notes.append)
    for note in notes:
        say(f"sfn-digest: {note}")
    return report


def _check_resume(words: argparse.Namespace) -> None:
    """Refuse --resume where nothing could have been kept. Raises BadRequestError."""
    for other, given in (
        ("FILE.json", words.file is not None),
        ("--no-memory", words.no_memory),
    ):
        if words.resume and given:
            raise BadRequestError(
                "--resume continues an interrupted report on one account and cannot be used "
                f"with {other}: leave one of them out."
            )


def _check_file(words: argparse.Namespace) -> None:
    """Refuse what a kept report was made with already. Raises BadRequestError."""
    if words.file is None:
        return
    for other, given in (
        ("--since", words.since != DEFAULT_SINCE),
        ("--until", words.until is not None),
        ("--machine", bool(words.machine)),
        ("--tag", words.tag != DEFAULT_TAG),
        ("--all-machines", words.all_machines),
    ):
        if given:
            raise BadRequestError(
                f"{quoted(other)} cannot be used with FILE.json: leave it out to show that "
                "report, or leave out the file to make a new one."
            )


def _unfinished(
    words: argparse.Namespace, request: Request, region: str
) -> UnfinishedReport | None:
    """What a report in the same words has read before it was interrupted; None without a home."""
    rules = Path(words.rules).read_text(encoding="utf-8") if words.rules else ""
    asked = (
        *(words.since, words.until, sorted(words.machine), words.all, str(request.tag)),
        *(request.all_machines, request.express_scan_gb, words.map_results, rules),
        *(region, os.environ.get("AWS_PROFILE", "")),
    )
    try:
        folder = state_folder(os.environ)
    except RuntimeError:
        # What keeps hints has said so.
        return None
    return UnfinishedReport(folder, asked, request.window)


def _window(words: argparse.Namespace, unfinished: UnfinishedReport) -> Window:
    """The window of the report that is resumed, or of the new one, which a line says."""
    if words.resume:
        if not unfinished.found:
            say("sfn-digest: no report with these options was interrupted, so this one is new.")
        return unfinished.resume()
    if unfinished.found:
        say("sfn-digest: a report with these options was interrupted; --resume continues it.")
    return unfinished.window


def _end(unfinished: UnfinishedReport, report: Report) -> None:
    """Remove what was kept, unless failures are left that another run may read."""
    coverage = report.coverage
    skipped = [each for each in report.machines if each.arn in coverage.skipped]
    # What AWS does not let anybody list is not read by asking once more.
    refused = sum(each.failed + each.timed_out for each in skipped)
    left = coverage.failures_found - coverage.failures_read - refused
    if left > 0 and unfinished.found:
        say(f"sfn-digest: failures that could not be read: {left}; --resume reads the rest.")
    else:
        unfinished.remove()


def _face(words: argparse.Namespace) -> str | None:
    """What goes to standard output, if anything: what was asked for, save a page that is opened."""
    if words.open and words.format == "html":
        return None
    unasked = None if words.open or words.post else "terminal"
    face: str | None = words.format or unasked
    return face


def _may_ask(words: argparse.Namespace) -> bool:
    """Whether somebody is there to be asked for state machines, and has not said which."""
    named = words.machine or words.all
    attended = all(stream.isatty() for stream in (sys.stdin, sys.stdout, sys.stderr))
    able = os.environ.get("TERM") != "dumb" and find_spec("questionary") is not None
    return not named and attended and able


def _picker(request: Request, region: str, progress: TerminalProgress) -> Pick:
    """Ask the person, while nothing else is shown."""

    def pick(scope: Scope) -> Sequence[StateMachine]:
        from sfn_digest.terminal.picker import pick_machines  # noqa: PLC0415 - only to ask

        texts = translator(request.language)
        with progress.paused():
            if scope.all_machines and not request.all_machines:
                say(texts.translate(_none_tagged(str(request.tag), region)))
            return pick_machines(scope.machines, scope.counts, texts)

    return pick


def _none_tagged(tag: str, region: str) -> Message:
    """Say why all machines are shown to pick from."""
    return Message(
        "No state machine in {region} has the tag {tag}; all state machines are listed.",
        region=region,
        tag=tag,
    )
