"""Which state machines there are, of which types, and which versions and aliases they have."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING

from sfn_digest.aws.answers import Answer
from sfn_digest.aws.api import Api
from sfn_digest.aws.calls import Calls
from sfn_digest.aws.clients import Clients
from sfn_digest.aws.pages import A_PAGE, pages
from sfn_digest.aws.usage import UsageTally
from sfn_digest.config.tag_settings import read_machine_tags, tags_not_understood
from sfn_digest.errors import AccountError, NoCredentialsError
from sfn_digest.i18n.message import Message
from sfn_digest.model.executions import MachineType, StateMachine, Tag
from sfn_digest.model.machine_tags import NO_TAGS, MachineTags
from sfn_digest.model.releases import Alias, Route

if TYPE_CHECKING:
    from mypy_boto3_resourcegroupstaggingapi import ResourceGroupsTaggingAPIClient
    from mypy_boto3_stepfunctions import SFNClient


Met = Callable[[Iterable[str]], None]
"""Is notified of machines, by their ARNs, of which one may come twice."""


class Directory:
    """The state machines of one account and Region."""

    def __init__(self, calls: Calls, clients: Clients, tally: UsageTally) -> None:
        self._calls = calls
        self._clients = clients
        self._tally = tally

    def tagged(self, tag: Tag, met: Met = lambda _: None) -> tuple[StateMachine, ...]:
        """The state machines that carry the tag, sorted by ARN; `met` is given their ARNs as they
        are found.

        Raises AccessDeniedError where tag:GetResources is denied. Where ListStateMachines is
        denied the types are None, and a note says so.
        """
        found = tagged_machines(self._calls, self._clients.tagging, tag, met)
        types = self._types(tuple(found)) if found else {}
        return tuple(state_machine(arn, types, said) for arn, said in self._read(found))

    def _read(self, found: Mapping[str, Mapping[str, str]]) -> Sequence[tuple[str, MachineTags]]:
        """What the machines' own tags say; a note names those that are not understood."""
        for note in tags_not_understood(found):
            self._tally.note(note, left_out=False)
        return [(arn, read_machine_tags(tags)[0]) for arn, tags in found.items()]

    def all(self) -> tuple[StateMachine, ...]:
        """Every state machine, sorted by ARN; a call for each 1,000.

        Raises AccessDeniedError where states:ListStateMachines is denied.
        """
        types = types_of_all(self._calls, self._clients.states)
        return tuple(state_machine(arn, types) for arn in sorted(types))

    def _types(self, arns: Sequence[str]) -> Mapping[str, MachineType]:
        try:
            return machine_types(self._calls, self._clients.states, arns)
        except NoCredentialsError:
            raise
        except AccountError as error:
            note = Message(
                "Express and Standard workflows could not be distinguished: {error}",
                error=error.sentence,
            )
            self._tally.note(note, left_out=False)
            return {}


class Versions:
    """Versions and aliases: a call each. They raise an AccountError where AWS refuses."""

    def __init__(self, calls: Calls, states: "SFNClient") -> None:
        self._calls = calls
        self._states = states

    def released_at(self, version_arn: str) -> datetime:
        """When a version was published."""
        ask = partial(
            self._states.describe_state_machine,
            stateMachineArn=version_arn,
            includedData="METADATA_ONLY",
        )
        return self._calls.make(
            Api.DESCRIBE_STATE_MACHINE, ask, lambda answer: answer.moment("creationDate")
        )

    def alias(self, alias_arn: str) -> Alias:
        """Which versions an alias leads to, and how much of what is started through it."""
        ask = partial(self._states.describe_state_machine_alias, stateMachineAliasArn=alias_arn)
        return self._calls.make(Api.DESCRIBE_STATE_MACHINE_ALIAS, ask, _alias)


def _alias(answer: Answer) -> Alias:
    routes = answer.structures("routingConfiguration")
    return Alias(
        answer.text("name"),
        tuple(
            Route(e.text("stateMachineVersionArn").rpartition(":")[2], e.whole("weight", 0))
            for e in routes
        ),
    )


_ARN_FIELDS = 7
"""arn:partition:states:region:account:stateMachine:name, and no version or alias after it."""


def tagged_machines(
    calls: Calls,
    tagging: "ResourceGroupsTaggingAPIClient",
    tag: Tag,
    met: Met = lambda _: None,
) -> Mapping[str, Mapping[str, str]]:
    """All tags of each state machine that carries the tag, by its ARN, in the ARNs' order.

    Versions, aliases and anything else that AWS may answer with are left out.
    """
    ask = partial(
        tagging.get_resources,
        ResourceTypeFilters=["states:stateMachine"],
        TagFilters=[{"Key": tag.key, "Values": [tag.value]}],
        ResourcesPerPage=100,
    )

    def fetch(token: str) -> tuple[Tagged, str]:
        request = partial(ask, PaginationToken=token) if token else ask
        return calls.make(Api.GET_RESOURCES, request, _tagged)

    found: dict[str, Mapping[str, str]] = {}
    for page in pages(fetch):
        machines = {arn: tags for arn, tags in page if _is_state_machine(arn)}
        met(machines)
        found |= machines
    return dict(sorted(found.items()))


def machine_types(
    calls: Calls, states: "SFNClient", wanted: Sequence[str]
) -> Mapping[str, MachineType]:
    """The type of each wanted machine that ListStateMachines knows; stops once all are met."""
    missing = set(wanted)
    types: dict[str, MachineType] = {}
    for page in _listed(calls, states):
        types.update((arn, kind) for arn, kind in page if arn in missing)
        missing -= types.keys()
        if not missing:
            break
    return types


def types_of_all(calls: Calls, states: "SFNClient") -> Mapping[str, MachineType]:
    """The type of every state machine of the Region, by ARN."""
    return {arn: kind for page in _listed(calls, states) for arn, kind in page}


def state_machine(
    arn: str, types: Mapping[str, MachineType], tags: MachineTags = NO_TAGS
) -> StateMachine:
    """The record of one machine, named as its ARN names it."""
    return StateMachine(arn, name_in(arn), types.get(arn), tags)


def name_in(arn: str) -> str:
    """The name at the end of an ARN."""
    return arn.rsplit(":", 1)[1]


def _listed(calls: Calls, states: "SFNClient") -> Iterator[Sequence[tuple[str, MachineType]]]:
    ask = partial(states.list_state_machines, maxResults=A_PAGE)

    def fetch(token: str) -> tuple[Sequence[tuple[str, MachineType]], str]:
        request = partial(ask, nextToken=token) if token else ask
        return calls.make(Api.LIST_STATE_MACHINES, request, _types)

    return pages(fetch)


Tagged = Sequence[tuple[str, Mapping[str, str]]]
"""Resources by their ARN, with all of their tags."""


def _tagged(answer: Answer) -> tuple[Tagged, str]:
    found = answer.structures("ResourceTagMappingList")
    resources = [(each.text("ResourceARN"), _tags(each)) for each in found]
    return resources, answer.token("PaginationToken")


def _tags(resource: Answer) -> Mapping[str, str]:
    tags = resource.structures_or_none("Tags")
    return {tag.text("Key"): tag.text_or_none("Value") or "" for tag in tags}


def _types(answer: Answer) -> tuple[Sequence[tuple[str, MachineType]], str]:
    found = answer.structures("stateMachines")
    return [(each.text("stateMachineArn"), machine_type(each)) for each in found], answer.token()


def machine_type(machine: Answer) -> MachineType:
    """The type that an answer on a machine tells."""
    return "EXPRESS" if machine.text("type") == "EXPRESS" else "STANDARD"


def _is_state_machine(arn: str) -> bool:
    fields = arn.split(":")
    return len(fields) == _ARN_FIELDS and fields[2] == "states" and fields[5] == "stateMachine"
