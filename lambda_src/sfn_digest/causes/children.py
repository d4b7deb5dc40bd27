"""Which child executions a cause tells of, from the parent's own to the leaf's."""

from sfn_digest.causes.documents import parse, pick, words
from sfn_digest.causes.nested import usable

MOST_LEVELS = 12


def child_executions(cause: str | None) -> tuple[str, ...]:
    """ARNs of the failed child executions in a cause, outermost first; none where it has none.

    `startExecution.sync` writes the child's DescribeExecution into its parent's cause, and
    the child's own cause lies inside it as text.
    """
    found: list[str] = []
    for _ in range(MOST_LEVELS):
        document, _whole = parse(cause or "")
        arn = usable(words(pick(document, "ExecutionArn"))) if isinstance(document, dict) else None
        if arn is None:
            break
        found.append(arn)
        cause = words(pick(document, "Cause"))
    return tuple(found)
