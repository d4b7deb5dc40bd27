"""The files of a digest, attached to its thread at most once: CSV, JSON, and a picture.

Slack carries no metadata with a file, so one whose outcome is unknown cannot be looked for. It is
then not attached again, and a note says so; a file never costs anybody the digest.
"""

import json
import uuid
from collections.abc import Iterator

from sfn_digest.delivery.kept import Kept
from sfn_digest.delivery.keys import files_key
from sfn_digest.delivery.notes import Note
from sfn_digest.delivery.part import Tools
from sfn_digest.delivery.patience import Patience
from sfn_digest.report.csv_face import to_csv
from sfn_digest.slack.channel import File
from sfn_digest.slack.errors import SlackPostError

MOST_BYTES = 10_000_000
"""The largest file that is attached: it must be sent within the time of one call."""


def attach(delivery: str, kept: Kept, tools: Tools, thread: str) -> None:
    """Attach the files to the thread (its root's ts), unless an earlier run did or may have.

    Raises AccountError where the ledger cannot be reached.
    """
    files = [file for file in _files(kept) if _fits(file, tools)]
    if not files or not (claim := _claimed(delivery, tools, thread)):
        return
    try:
        _send(files, tools, thread)
    except SlackPostError as error:
        lost = error.kind == "ambiguous"
        _write(delivery, tools, "lost" if lost else "refused", thread, claim)
        tools.tell(Note("FilesInDoubt" if lost else "FilesLeftOut", _unattached(error)))
    else:
        _write(delivery, tools, "sent", thread, claim)


def _files(kept: Kept) -> Iterator[File]:
    if not kept.report["failures"]:
        return
    window = kept.report["window"]
    name = f"sfn-digest-{window['start'][:10]}-{window['end'][:10]}"
    if kept.picture is not None:
        yield File(f"{name}.png", kept.picture, kept.messages[0].text[:_ALT_LIMIT])
    yield File(f"{name}.csv", to_csv(kept.report).encode("utf-8-sig"))
    yield File(f"{name}.json", json.dumps(kept.report, separators=(",", ":")).encode())


_ALT_LIMIT = 1_000
"""Characters of a picture's alternative text that Slack takes."""


def _fits(file: File, tools: Tools) -> bool:
    fits = len(file.content) <= MOST_BYTES
    if not fits:
        megabytes = len(file.content) / 1e6
        sentence = f"{file.name} was not attached: {megabytes:.0f} MB is more than 10 MB."
        tools.tell(Note("FilesLeftOut", sentence))
    return fits


def _claimed(delivery: str, tools: Tools, thread: str) -> str | None:
    """The token of this run's claim; None where it is not this run's to attach."""
    standing = tools.ledger.read(files_key(delivery))
    token = standing["token"] if standing else None
    # A root that was removed and posted anew has a thread without files.
    if not standing or standing["thread"] != thread or standing["state"] == "refused":
        return _write(delivery, tools, "claimed", thread, token)
    # The run that claimed them was killed, or is at it; it is told once.
    if standing["state"] == "claimed" and _write(delivery, tools, "lost", thread, token):
        sentence = "Another run may have attached the files, so they are not sent again."
        tools.tell(Note("FilesInDoubt", sentence))
    return None


def _write(
    delivery: str, tools: Tools, state: str, thread: str, replacing: str | None
) -> str | None:
    token = uuid.uuid4().hex
    entry = {"token": token, "state": state, "thread": thread}
    return token if tools.ledger.write(files_key(delivery), entry, replacing=replacing) else None


def _send(files: list[File], tools: Tools, thread: str) -> None:
    patience = Patience(tools.time)
    while True:
        try:
            tools.channel.attach(files, thread)
        except SlackPostError as error:
            if error.kind != "transient" or not patience.outlast(error):
                raise
        else:
            return


def _unattached(error: SlackPostError) -> str:
    if error.code == "missing_scope":
        return (
            "CSV, JSON and chart were not attached: add the scope files:write under OAuth & "
            "Permissions of the Slack app, reinstall the app, and store the new token."
        )
    return f"CSV, JSON and chart were not attached: {error}"
