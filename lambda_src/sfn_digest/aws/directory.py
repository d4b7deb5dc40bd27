"""Which state machines there are, and of which types: those with a tag, or all."""

from collections.abc import Mapping, Sequence

from sfn_digest.aws.calls import Calls
from sfn_digest.aws.clients import Clients
from sfn_digest.aws.machines import (
    machine_types,
    name_in,
    state_machine,
    tagged_machines,
    types_of_all,
)
from sfn_digest.aws.notes import listed
from sfn_digest.aws.usage import Tally
from sfn_digest.config.machine_tags import not_understood, read_machine_tags
from sfn_digest.errors import AccountError, NoCredentialsError
from sfn_digest.i18n.message import Message
from sfn_digest.model.executions import MachineType, StateMachine, Tag
from sfn_digest.model.machine_tags import MachineTags


class Directory:
    """The state machines of one account and Region."""

    def __init__(self, calls: Calls, clients: Clients, tally: Tally) -> None:
        self._calls = calls
        self._clients = clients
        self._tally = tally

    def tagged(self, tag: Tag) -> tuple[StateMachine, ...]:
        """The state machines that carry the tag, sorted by ARN.

        Raises AccessDeniedError where tag:GetResources is denied. Where ListStateMachines is
        denied the types are None, and a note says so.
        """
        found = tagged_machines(self._calls, self._clients.tagging, tag)
        types = self._types(tuple(found)) if found else {}
        return tuple(state_machine(arn, types, said) for arn, said in self._read(found))

    def _read(self, found: Mapping[str, Mapping[str, str]]) -> Sequence[tuple[str, MachineTags]]:
        """What the machines' own tags say; a note tells of those that are not understood."""
        machines: dict[str, list[str]] = {}
        read = []
        for arn, tags in found.items():
            said, wrong = read_machine_tags(tags)
            read.append((arn, said))
            for key in wrong:
                machines.setdefault(key, []).append(name_in(arn))
        for key, names in sorted(machines.items()):
            self._tally.note(not_understood(key, listed(names)), left_out=False)
        return read

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
                "Express and Standard workflows could not be told apart: {error}",
                error=error.sentence,
            )
            self._tally.note(note, left_out=False)
            return {}
