"""The report that the digest of the period before has kept."""

import zlib
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from sfn_digest.delivery.kept import decode
from sfn_digest.delivery.ledger import Ledger
from sfn_digest.delivery.notes import Note, Tell
from sfn_digest.errors import AccountError
from sfn_digest.model.executions import Window


def report_before(
    windows: Iterable[Window], delivery: Callable[[Window], str], ledger: Ledger, tell: Tell
) -> Mapping[str, Any] | None:
    """The first report that is kept for one of the windows; None where there is none.

    `delivery` gives the id of a window's delivery. A ledger that cannot be read, and content
    that is none of ours, must not cost anybody the digest: they are told of.
    """
    try:
        contents = (ledger.kept(delivery(window)) for window in windows)
        content = next((each for each in contents if each is not None), None)
        return None if content is None else decode(content).report
    except (AccountError, KeyError, TypeError, ValueError, zlib.error) as error:
        reason = str(error) if isinstance(error, AccountError) else type(error).__name__
        sentence = f"The period before is counted anew: its report could not be read: {reason}"
        tell(Note("PastUnread", sentence))
        return None
