"""The patch of one state machine's definition: which hints it applies, and its text."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from sfn_digest.asl.definition import Json, State, read_retrier
from sfn_digest.asl.ecs_branch import CannotBranchError, branch_states, branched
from sfn_digest.asl.edit import apply_hints, diff, text_of
from sfn_digest.asl.export import cdk_branch, cdk_python, cdk_timeout, terraform
from sfn_digest.i18n.message import NO_MESSAGE, Message
from sfn_digest.model.report import Hint
from sfn_digest.retry import Definition, read_definition
from sfn_digest.retry.hints.ecs_tasks import BRANCH

Format = Literal["asl", "diff", "cdk", "terraform"]


@dataclass(frozen=True, slots=True)
class Choice:
    """A hint by its number, from 1; `left` says why the patch leaves it out, if it does."""

    number: int
    hint: Hint
    left: Message = NO_MESSAGE


@dataclass(frozen=True, slots=True)
class Patch:
    """A machine's definition as it runs, and as the hints that were not left out change it."""

    machine: str
    running: Definition
    patched: Mapping[str, Any]
    choices: tuple[Choice, ...]

    @property
    def applied(self) -> tuple[Hint, ...]:
        """The hints that it applies, best first."""
        return tuple(each.hint for each in self.choices if not each.left)

    @property
    def changes(self) -> bool:
        """Whether it changes anything."""
        return self.patched != self.running.asl


def make_patch(
    machine: str, running: Definition, hints: Sequence[Hint], asked_for: Collection[int] = ()
) -> Patch:
    """The patch of a machine by its hints, or by those alone whose numbers are asked for.

    Hints from which one only learns are left out unless they are asked for by number.
    """
    choices: list[Choice] = []
    patched: Mapping[str, Any] = running.asl
    for number, hint in enumerate(hints, start=1):
        taken = [each for each in choices if not each.left]
        left = _unwanted(number, hint, asked_for) or _conflict(hint, taken)
        if not left and hint.kind != BRANCH and hint.patched is None:
            left = Message("this change has to be made by hand")
        choices.append(Choice(number, hint, left))
    patched = apply_hints(running, [c.hint for c in choices if not c.left])
    for place, choice in enumerate(choices):
        if not choice.left and choice.hint.kind == BRANCH:
            try:
                patched = branched(read_definition(patched), str(choice.hint.state))
            except CannotBranchError as error:
                choices[place] = Choice(choice.number, choice.hint, error.why)
    return Patch(machine, running, patched, tuple(choices))


def _unwanted(number: int, hint: Hint, asked_for: Collection[int]) -> Message:
    if asked_for and number not in asked_for:
        return Message("it was not selected")
    if hint.sure == "learn" and number not in asked_for:
        return Message("it is an experiment; select it with --hint {number:d}", number=number)
    return NO_MESSAGE


def _conflict(hint: Hint, taken: Iterable[Choice]) -> Message:
    """Why a hint's retrier would undo that of one before it."""
    errors = _errors(hint)
    for other in taken:
        if other.hint.state == hint.state and not errors.isdisjoint(_errors(other.hint)):
            return Message(
                "hint {number:d} already sets the retrier for these errors", number=other.number
            )
    return NO_MESSAGE


def _errors(hint: Hint) -> frozenset[str]:
    names = hint.retrier.get("ErrorEquals") if hint.retrier else None
    return frozenset(str(name) for name in names) if isinstance(names, Sequence) else frozenset()


def written(patch: Patch, form: Format) -> str:
    """The patch as text: the definition whole, what changes of it, or as CDK or Terraform."""
    if form == "asl":
        return text_of(patch.patched)
    if form == "diff":
        return diff(patch.running, patch.patched, patch.machine)
    after = read_definition(patch.patched)
    texts = []
    for name, state in after.states.items():
        before = patch.running.states.get(name)
        if before is None:
            texts.append(terraform(name, {name: state.asl}, whole=True))
        elif new := _changed(before.asl, state.asl):
            texts.append(terraform(name, new))
    return "\n".join(texts) if form == "terraform" else _cdk(patch)


def _changed(before: Json, after: Json) -> dict[str, Any]:
    """The fields that a patch sets; the states inside one have texts of their own."""
    inner = ("ItemProcessor", "Iterator", "Branches")
    return {k: v for k, v in after.items() if k not in inner and v != before.get(k)}


def _cdk(patch: Patch) -> str:
    texts = []
    after = _without_branches(patch)
    for hint in patch.applied:
        state, timeout = str(hint.state), (hint.patched or {}).get("TimeoutSeconds")
        if hint.kind == BRANCH:
            texts.append(cdk_branch(state, branch_states(after[state])))
        elif hint.retrier is not None:
            texts.append(cdk_python(state, read_retrier(hint.retrier)))
        else:
            texts.append(cdk_timeout(state, int(str(timeout))))
    return "\n".join(texts)


def _without_branches(patch: Patch) -> Mapping[str, State]:
    """The states as the other hints leave them: what a branch starts from."""
    return read_definition(apply_hints(patch.running, patch.applied)).states
