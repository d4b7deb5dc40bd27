"""Replies that an earlier run of the period posted and this one has nothing to put into."""

import uuid
from dataclasses import replace

from sfn_digest.delivery.keys import part_key
from sfn_digest.delivery.notes import Note
from sfn_digest.delivery.part import Tools
from sfn_digest.delivery.patience import Patience
from sfn_digest.delivery.states import Record, record_of
from sfn_digest.slack.errors import SlackPostError


def remove_rest(delivery: str, tools: Tools, thread: str, replies: int) -> None:
    """Remove the thread's replies after so many, which would tell what no longer holds.

    What cannot be removed stays, with a note. Raises AccountError where the ledger cannot be
    reached.
    """
    index = replies + 1
    while (entry := tools.ledger.read(part_key(delivery, index))) is not None:
        record = record_of(entry)
        if record.state == "sent" and record.thread == thread and _removed(record, tools):
            gone = replace(record, state="refused", token=uuid.uuid4().hex)
            tools.ledger.write(part_key(delivery, index), gone.entry(), replacing=record.token)
        index += 1


def _removed(record: Record, tools: Tools) -> bool:
    patience = Patience(tools.time)
    while True:
        try:
            tools.channel.remove(str(record.ts))
        except SlackPostError as error:
            if error.code == "message_not_found":
                return True
            # Removing twice does no harm, so that an unknown outcome is tried again.
            if error.kind not in ("transient", "ambiguous") or not patience.outlast(error):
                sentence = f"A reply of an earlier run was to go and still stands: {error}"
                tools.tell(Note("LeftStanding", sentence))
                return False
        else:
            return True
