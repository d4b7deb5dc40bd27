"""The patch of one state machine's definition: which hints it applies, and its text."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from sfn_digest.asl.definition import Json, State, read_retrier
from sfn_digest.asl.ecs_branch import CannotBranchError, branch_states, branched
from sfn_digest.asl.edit import apply_hints, diff, fits, text_of
from sfn_digest.asl.infrastructure_code import cdk_branch, cdk_field, cdk_python, terraform
from sfn_digest.i18n.message import NO_MESSAGE, Message
from sfn_digest.model.report import Hint
from sfn_digest.retry import Definition, read_definition
from sfn_digest.retry.hints.dead_retriers import KIND as DEAD
from sfn_digest.retry.hints.ecs_tasks import BRANCH
from sfn_digest.retry.hints.plans import is_remedy

Format = Literal["asl", "diff", "cdk", "terraform"]


@dataclass(frozen=True, slots=True)
class Choice:
    """A hint; `left` says why the patch leaves it out, if it does.

    One that is left out `on_request` is applied where its id is named.
    """

    hint: Hint
    left: Message = NO_MESSAGE
    on_request: bool = False


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
    machine: str, running: Definition, hints: Sequence[Hint], asked_for: Collection[str] = ()
) -> Patch:
    """The patch of a machine by those of its hints that are asked for by their ids.

    Where none is, by those that are sure, and by the first step of each plan.
    """
    choices: list[Choice] = []
    for hint in hints:
        taken = [each.hint for each in choices if not each.left]
        unwanted, impossible = _unwanted(hint, asked_for), _impossible(hint, running)
        left = unwanted or impossible or _conflict(hint, taken)
        choices.append(Choice(hint, left, bool(unwanted) and not impossible))
    applied = [each.hint for each in choices if not each.left]
    patched: Mapping[str, Any] = apply_hints(running, _plain(applied))
    for place, choice in enumerate(choices):
        if not choice.left and choice.hint.kind == BRANCH:
            try:
                patched = branched(read_definition(patched), str(choice.hint.state))
            except CannotBranchError as error:
                choices[place] = Choice(choice.hint, error.why)
    return Patch(machine, running, patched, tuple(choices))


def _plain(hints: Iterable[Hint]) -> list[Hint]:
    """The hints that change fields of a state alone."""
    return [hint for hint in hints if hint.kind != BRANCH]


def _unwanted(hint: Hint, asked_for: Collection[str]) -> Message:
    if asked_for:
        return NO_MESSAGE if hint.id in asked_for else Message("it was not selected")
    if hint.sure == "learn":
        return Message("it is an experiment; select it with --hint {id}", id=hint.id)
    if hint.step > 1:
        return Message(
            "it is step {step:d} of a plan, for what the steps before it leave; select it with "
            "--hint {id}",
            step=hint.step,
            id=hint.id,
        )
    if hint.sure != "sure" and not is_remedy(hint):
        return Message("it is likely but not sure; select it with --hint {id}", id=hint.id)
    return NO_MESSAGE


def _impossible(hint: Hint, running: Definition) -> Message:
    """Why the change cannot be written into the definition that runs."""
    state = running.states.get(hint.state or "")
    if hint.state is not None and state is None:
        return Message("the state {state} no longer exists", state=hint.state)
    if hint.kind == BRANCH:
        return NO_MESSAGE
    if hint.patched is None or state is None:
        return Message("this change must be made by hand")
    if not fits(running, hint):
        return Message("the state has changed since the report; make a new one")
    if apply_hints(running, [hint]) == running.asl:
        return Message("the definition already has this change")
    return NO_MESSAGE


def _conflict(hint: Hint, taken: Iterable[Hint]) -> Message:
    """Why a hint would undo what one before it sets."""
    for other in taken:
        if other.state != hint.state:
            continue
        if not _errors(hint).isdisjoint(_errors(other)):
            return Message("hint {id} already sets the retrier for these errors", id=other.id)
        both = _settings(hint) & _settings(other)
        if both:
            return Message("hint {id} already sets {field}", id=other.id, field=min(both))
    return NO_MESSAGE


def _settings(hint: Hint) -> frozenset[str]:
    """The fields that a hint sets whole: of lists it changes one element."""
    return frozenset(hint.patched or ()) - {"Retry", "Catch"}


def _errors(hint: Hint) -> frozenset[str]:
    """The errors whose retrier a hint sets: of one that mends a name, that alone."""
    if hint.kind == DEAD:
        return frozenset(hint.errors if hint.retrier else ())
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
        state = str(hint.state)
        if hint.kind == BRANCH:
            texts.append(cdk_branch(state, branch_states(after[state])))
        elif hint.retrier is not None:
            texts.append(cdk_python(state, read_retrier(hint.retrier)))
        else:
            texts += [cdk_field(state, field, value) for field, value in _given(hint)]
    return "\n".join(texts)


def _given(hint: Hint) -> Iterable[tuple[str, object]]:
    return (hint.patched or {}).items()


def _without_branches(patch: Patch) -> Mapping[str, State]:
    """The states as the other hints leave them: what a branch starts from."""
    return read_definition(apply_hints(patch.running, _plain(patch.applied))).states
