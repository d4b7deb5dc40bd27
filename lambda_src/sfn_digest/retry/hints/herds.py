"""Herds: failures that come together because starts do; and payloads that are too large."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace
from math import inf

from sfn_digest.asl.definition import Retrier, State
from sfn_digest.asl.edit import as_asl, retry_field
from sfn_digest.asl.matching import retrier_for
from sfn_digest.i18n.message import NO_MESSAGE, Message, Msgid, ngettext, sentences
from sfn_digest.model.report import Hint
from sfn_digest.retry.hints.machine import NOTHING, MachineView, hint_on, shown
from sfn_digest.retry.observations.crowds import REFUSED, drain_of, herd_sizes
from sfn_digest.retry.observations.observed_states import most_at_once
from sfn_digest.retry.observations.visits import Visit

HERD, PAYLOAD, CONCURRENCY = "herd", "payload", "max_concurrency"
_JITTER = Message("Set JitterStrategy FULL on its retrier so that retries do not collide again.")


def herds(view: MachineView) -> Iterator[Hint]:
    """A hint for each state whose throttled attempts come together, time and again."""
    for state in view.definition.states.values():
        visits = [v for v in view.visits(state.name) if v.first.cause in REFUSED]
        together = herd_sizes(visits)
        if not together:
            continue
        around = _map_around(view, state)
        herd = _herd(view, state, visits, together)
        if around is not None:
            yield _concurrency(view, state, around, visits)
        if around is None or herd.retrier is not None:
            yield herd


def _herd(
    view: MachineView, state: State, visits: Sequence[Visit], together: Sequence[int]
) -> Hint:
    errors = tuple(sorted({visit.first.error for visit in visits if visit.first.error}))
    own = next((r for e in errors if (r := retrier_for(state.retriers, e))), None)
    better = replace(own, full_jitter=True) if own and _outlasts(view, state, own, visits) else None
    spread = _together(state, visits, together)
    return hint_on(
        view,
        state.name,
        visits,
        kind=HERD,
        cause=visits[0].first.cause,
        errors=errors,
        retrier=as_asl(better) if better else None,
        title=Message("Spread out the starts of {state}", state=shown(state.name)),
        text=Message("{spread} {jitter}", spread=spread, jitter=_JITTER) if better else spread,
        patched=retry_field(state, better) if better else None,
    )


def _outlasts(view: MachineView, state: State, own: Retrier, visits: Sequence[Visit]) -> bool:
    """Whether a retrier waits for long enough that its retries may come at any time until then:
    with jitter, one that does not gives up before the herd is served.
    """
    evidence = view.evidence.get(state.name)
    drain = drain_of(evidence, visits) if evidence else 0.0
    return not own.full_jitter and 0 < drain <= own.delay(0)


def without_retrier(herd: Hint) -> Hint:
    """The same hint where another one sets the retrier: what spreads the starts stays."""
    spread = herd.text.values.get("spread")
    if herd.retrier is None or not isinstance(spread, Message):
        return herd
    return replace(herd, retrier=None, patched=None, text=spread)


def _together(state: State, visits: Sequence[Visit], together: Sequence[int]) -> Message:
    return Message(
        "The first attempt of {state} was refused {failures}, all of them in {bursts} of {size} "
        "within five minutes. Give the schedule a flexible time window, or spread out the starts."
        if sum(together) == len(visits)
        else "The first attempt of {state} was refused {failures}; {together} of those came in "
        "{bursts} of {size} within five minutes. Give the schedule a flexible time"
        " window, or spread out the starts.",
        together=sum(together),
        failures=ngettext("once", "{n} times", len(visits)),
        state=shown(state.name),
        bursts=ngettext("{n} burst", "{n} bursts", len(together)),
        size=Message(
            "{least} to {most}" if min(together) < max(together) else "{most} each",
            least=min(together),
            most=max(together),
        ),
    )


def _map_around(view: MachineView, state: State) -> State | None:
    """The innermost Map around a state, unless an execution ran as many items at once as it lets
    without a refusal: then executions crowd each other, and not its items.
    """
    around = [view.definition.states[name] for name in state.holders]
    found = next((each for each in reversed(around) if each.type == "Map"), None)
    evidence = view.evidence.get(state.name)
    fits = max(1, evidence.at_once if evidence else 1)
    return None if found and found.max_concurrency and found.max_concurrency <= fits else found


def _concurrency(view: MachineView, state: State, around: State, visits: Sequence[Visit]) -> Hint:
    """The hint on the Map whose items are refused, with the number that were not where it shows."""
    errors = tuple(sorted({visit.first.error for visit in visits if visit.first.error}))
    now, fits = around.max_concurrency, _fits(view, state, around, visits)
    refused = most_refused_at_once(visits)
    seen = Message(
        "The first attempt of {state} was refused {failures}, up to {refused} at once, by a limit "
        "that {map} exceeds.",
        state=shown(state.name),
        failures=ngettext("once", "{n} times", len(visits)),
        refused=refused,
        map=shown(around.name),
    )
    return hint_on(
        view,
        around.name,
        visits,
        kind=CONCURRENCY,
        cause=visits[0].first.cause,
        errors=errors,
        title=Message("Lower MaxConcurrency of {map}", map=shown(around.name)),
        text=sentences(seen, _failed(visits), _setting(now, fits)),
        sure="likely",
        patched={"MaxConcurrency": fits} if fits else None,
    )


def _failed(visits: Sequence[Visit]) -> Message:
    failed = len({visit.execution for visit in visits if visit.fatal})
    said = ngettext("{n} execution failed by this.", "{n} executions failed by this.", failed)
    return said if failed else NO_MESSAGE


def _fits(view: MachineView, state: State, around: State, visits: Sequence[Visit]) -> int:
    """How many items ran at once without a refusal; 0 where that tells no number to set.

    Where the limit is on what runs at once, items that ran beside refused ones show it too.
    """
    found = view.evidence.get(state.name)
    dynamic = "MaxConcurrencyPath" in around.asl or isinstance(
        around.asl.get("MaxConcurrency"), str
    )
    if found is None or dynamic:
        return 0
    fits = found.at_once
    if fits < _LEAST_AT_ONCE and visits[0].first.cause == _OF_WHAT_RUNS:
        fits = found.let_in
    return fits if _LEAST_AT_ONCE <= fits < (around.max_concurrency or inf) else 0


_OF_WHAT_RUNS = "concurrency_limit"
"""The cause of refusals by a limit on what runs at once, not on how often it starts."""
_LEAST_AT_ONCE = 2
"""A single item tells nothing of how many would have been let through."""


def _setting(now: int | None, fits: int) -> Message:
    """What to set; `fits` items ran at once without a refusal, 0 where that is not known."""
    if fits:
        words = (
            Msgid(
                "Up to {fits:d} ran at once without being refused: set MaxConcurrency to {fits:d} "
                "(currently {now:d})."
            )
            if now
            else Msgid(
                "Up to {fits:d} ran at once without being refused: set MaxConcurrency to {fits:d} "
                "(currently not set)."
            )
        )
    else:
        words = (
            Msgid("Lower MaxConcurrency (currently {now:d}) below the limit that was hit.")
            if now
            else Msgid("Set MaxConcurrency (currently not set) below the limit that was hit.")
        )
    return Message(words, now=now or 0, fits=fits)


def most_refused_at_once(visits: Sequence[Visit]) -> int:
    """The most visits of an execution that were refused in the same moments."""
    starts: dict[str, list[float]] = defaultdict(list)
    for visit in visits:
        starts[visit.execution].append(visit.first.at)
    return max(map(most_at_once, starts.values()))


def payloads(view: MachineView) -> Iterator[Hint]:
    """A hint for each state that failed over 256 KiB of payload."""
    for name in sorted({f.state or "" for f in view.failures}):
        found = [
            f for f in view.failures if f.state == name and f.diagnosis.cause == "payload_too_large"
        ]
        if found and name:
            yield Hint(
                kind=PAYLOAD,
                machine_arn=view.arn,
                state=name,
                cause="payload_too_large",
                errors=tuple(sorted({f.diagnosis.error for f in found if f.diagnosis.error})),
                retrier=None,
                failures=len(found),
                incidents=view.incidents.count_failures(found, view.visits(name)),
                recovered=NOTHING,
                added_wait_seconds=0.0,
                title=Message("Pass the data of {state} through S3", state=shown(name)),
                text=Message(
                    "{executions} failed in {state} because a payload exceeded 256 KiB, which"
                    " no retry can fix. Write the data to S3 and pass its key, or keep only "
                    "what later states need (ResultSelector or Output); a Distributed Map can"
                    " read its items from S3 with ItemReader and write its results with "
                    "ResultWriter.",
                    executions=ngettext("{n} execution", "{n} executions", len(found)),
                    state=shown(name),
                ),
            )
