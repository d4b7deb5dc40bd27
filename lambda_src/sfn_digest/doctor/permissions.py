"""The tag, and each permission that the digest reads with, tried by the smallest call."""

from collections import defaultdict
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeVar

from sfn_digest.aws.account_errors import GoneError
from sfn_digest.aws.api import Api
from sfn_digest.aws.checks import Checks
from sfn_digest.config.request import parse_tag
from sfn_digest.config.tag_settings import channels_of, tags_not_understood
from sfn_digest.doctor.result import Check, failing, ok, skipped
from sfn_digest.errors import AccountError, BadTagError, NoCredentialsError, NoEndpointError
from sfn_digest.i18n.sanitize import listed
from sfn_digest.model.executions import Tag

T = TypeVar("T")


@dataclass(slots=True)
class TriedCalls:
    """What trying one API on machines came to: how often allowed, and who refused with what."""

    allowed: int = 0
    refused: dict[str, list[str]] = field(default_factory=dict)
    """Names of machines, by the sentence they were refused with."""

    @property
    def machines(self) -> int:
        """How many machines it was tried on."""
        return self.allowed + sum(map(len, self.refused.values()))


def try_machines(checks: Checks, arns: Sequence[str]) -> dict[Api, TriedCalls]:
    """Describe each machine, list one execution, read one event of it and describe what it ran.

    Ends early where no other machine could answer. Express workflows and machines that were
    deleted meanwhile are only described.
    """
    tried: defaultdict[Api, TriedCalls] = defaultdict(TriedCalls)
    try:
        for arn in arns:
            _try_machine(checks, arn, tried)
    except _HopelessError:
        pass
    return tried


class _HopelessError(Exception):
    """No other machine would answer; what was refused is in the tally already."""


def _try_machine(checks: Checks, arn: str, tried: dict[Api, TriedCalls]) -> None:
    name = arn.rsplit(":", 1)[1]

    def attempt(api: Api, ask: Callable[[str], T], of: str) -> T | None:
        try:
            answer = ask(of)
        except GoneError:
            return None
        except AccountError as error:
            tried[api].refused.setdefault(str(error), []).append(name)
            if isinstance(error, NoCredentialsError | NoEndpointError):
                raise _HopelessError from error
            return None
        tried[api].allowed += 1
        return answer

    kind = attempt(Api.DESCRIBE_STATE_MACHINE, checks.describe, arn)
    if kind == "EXPRESS":
        return
    newest = attempt(Api.LIST_EXECUTIONS, checks.newest_execution, arn)
    if newest is not None:
        attempt(Api.GET_EXECUTION_HISTORY, checks.read_an_event, newest)
        attempt(Api.DESCRIBE_STATE_MACHINE_FOR_EXECUTION, checks.describe_for, newest)


ENDPOINT, TAG = "Step Functions", "tag"
MOST_TRIED = 50
"""Machines tried: all of most accounts. Each may refuse for reasons of its own, such as its key,
but nobody waits for thousands. Those that the last digest could not read are tried besides."""

ON_MACHINES = (
    Api.DESCRIBE_STATE_MACHINE,
    Api.LIST_EXECUTIONS,
    Api.GET_EXECUTION_HISTORY,
    Api.DESCRIBE_STATE_MACHINE_FOR_EXECUTION,
)
NAMES = (
    ENDPOINT,
    Api.LIST_STATE_MACHINES.action,
    Api.GET_METRIC_DATA.action,
    Api.GET_RESOURCES.action,
    TAG,
    *(api.action for api in ON_MACHINES),
)
"""The checks made here, in their order."""

_NOT_REACHED = "Step Functions was not reached."
_NO_MACHINE = "There is no tagged state machine to test it on."
_NOTHING_TO_TRY = {
    Api.DESCRIBE_STATE_MACHINE: "The tagged machines to test have been deleted.",
    Api.LIST_EXECUTIONS: "None of the machines tested is a Standard workflow to test it on.",
    Api.GET_EXECUTION_HISTORY: "The machines tested have no execution to test it on.",
    Api.DESCRIBE_STATE_MACHINE_FOR_EXECUTION: (
        "The machines tested have no execution to test it on."
    ),
}


def check_permissions(
    checks: Checks, tag: str, now: datetime, unread: Sequence[str] = ()
) -> Generator[Check, None, Mapping[str, Sequence[str]]]:
    """Try everything the digest asks of Step Functions, CloudWatch and the tag index; gives the
    machines' names by the channel that their own tag names.

    Machines that were `unread` in the last digest are tried beyond the most that are.
    """
    reached = yield from _endpoint(checks)
    yield _allowed(Api.GET_METRIC_DATA, lambda: checks.read_a_metric(now))
    found = yield from _tagged(checks, tag)
    if reached and found:
        yield from _on_machines(try_machines(checks, _chosen(tuple(found), unread)), len(found))
    else:
        why = _NO_MACHINE if reached else _NOT_REACHED
        yield from (skipped(api.action, why) for api in ON_MACHINES)
    return channels_of(found)


def _endpoint(checks: Checks) -> Generator[Check, None, bool]:
    action = Api.LIST_STATE_MACHINES.action
    try:
        checks.list_state_machines()
    except (NoCredentialsError, NoEndpointError) as error:
        yield failing(ENDPOINT, error)
        yield skipped(action, _NOT_REACHED)
        return False
    except AccountError as error:
        # A refusal is an answer too.
        yield ok(ENDPOINT, f"It answers in {checks.region}.")
        yield failing(action, error)
        return True
    yield ok(ENDPOINT, f"It answers in {checks.region}.")
    yield ok(action, "It is allowed.")
    return True


def _allowed(api: Api, ask: Callable[[], object]) -> Check:
    try:
        ask()
    except AccountError as error:
        return failing(api.action, error)
    return ok(api.action, "It is allowed.")


def _tagged(checks: Checks, tag: str) -> Generator[Check, None, Mapping[str, Mapping[str, str]]]:
    action = Api.GET_RESOURCES.action
    try:
        wanted = parse_tag(tag)
        found = checks.tagged(wanted)
    except BadTagError as error:
        yield skipped(action, "There is no tag to look for.")
        yield failing(TAG, error)
        return {}
    except AccountError as error:
        yield failing(action, error)
        yield skipped(TAG, "The tag index was not read.")
        return {}
    yield ok(action, "It is allowed.")
    yield _carried(wanted, len(found), checks.region)
    yield from (failing(TAG, sentence) for sentence in tags_not_understood(found))
    return found


def _carried(tag: Tag, machines: int, region: str) -> Check:
    if machines:
        carry = "state machine carries" if machines == 1 else "state machines carry"
        return ok(TAG, f"{machines:,} {carry} {tag}.")
    return skipped(
        TAG,
        f"No state machine in {region} has the tag {tag}: report on all with `sfn-digest "
        "report --all-machines`, tag each one to report on with `aws stepfunctions "
        f"tag-resource --resource-arn ARN --tags 'key={tag.key},value={tag.value}'`, or name "
        "another tag with --tag.",
    )


def _chosen(arns: Sequence[str], unread: Sequence[str]) -> Sequence[str]:
    """At most MOST_TRIED of them, from all over the list, and those that were unread last time."""
    count = min(len(arns), MOST_TRIED)
    spread = [arns[index * len(arns) // count] for index in range(count)]
    return list(dict.fromkeys([*spread, *(arn for arn in unread if arn in set(arns))]))


def _on_machines(tried: Mapping[Api, TriedCalls], tagged: int) -> Iterator[Check]:
    for api in ON_MACHINES:
        outcome = tried.get(api)
        if outcome is None:
            yield skipped(api.action, _NOTHING_TO_TRY[api])
        elif outcome.refused:
            yield from (
                failing(api.action, _refused(sentence, names, outcome.machines))
                for sentence, names in outcome.refused.items()
            )
        else:
            yield ok(api.action, f"It is allowed on {_of(outcome.allowed, tagged)}.")


def _refused(sentence: str, names: Sequence[str], machines: int) -> str:
    if len(names) == machines > 1:
        return f"{sentence.rstrip('.')} (refused for all {machines} machines tested)."
    return f"{sentence.rstrip('.')} (refused for {listed(names)}, of {machines} tested)."


def _of(allowed: int, tagged: int) -> str:
    if allowed == tagged:
        return "the tagged machine" if tagged == 1 else f"all {tagged} tagged machines"
    return f"the {allowed} tested of {tagged:,} tagged machines"
