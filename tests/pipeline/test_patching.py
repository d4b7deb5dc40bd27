"""The patch of a definition: which hints it applies, and that it changes nothing else."""

import json
from collections.abc import Callable, Iterator, Mapping
from copy import deepcopy
from typing import Any, get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sfn_digest.asl.definition import Retrier
from sfn_digest.asl.edit import as_asl, retry_field, with_fields
from sfn_digest.model.report import Hint
from sfn_digest.pipeline.patching import Format, make_patch, written
from sfn_digest.retry import read_definition
from sfn_digest.retry.hints.machine import NOTHING
from tests.asl.lint import mistakes
from tests.examples import many
from tests.retry.made import ECS, LAMBDA, failures, hints, passes, retry, task

pytestmark = pytest.mark.slow

ERROR = "Lambda.ServiceException"
SPOT = {
    "Cluster": "c",
    "TaskDefinition": "t:1",
    "CapacityProviderStrategy": [{"CapacityProvider": "FARGATE_SPOT", "Weight": 1}],
}


def retry_hint(
    asl: Mapping[str, Any], name: str, *errors: str, attempts: int = 6, **how: Any
) -> Hint:
    """A hint to retry a state of a definition, or to stop retrying it, as `evaluate` makes it."""
    retrier = Retrier(errors or (ERROR,), 30, attempts, 2, 900, full_jitter=True)
    state = read_definition(asl).states[name]
    return hint_on(name, retrier=as_asl(retrier), patched=retry_field(state, retrier), **how)


def hint_on(name: str, kind: str = "retry", **how: Any) -> Hint:
    given = {"id": kind, "retrier": None, "failures": 1, "incidents": 1, "title": "Change", **how}
    return Hint(
        kind=kind,
        machine_arn="arn",
        state=name,
        cause="service_error",
        recovered=NOTHING,
        added_wait_seconds=0.0,
        **{"errors": (ERROR,), **given},
    )


def timeout_hint(asl: Mapping[str, Any], name: str, seconds: int = 60) -> Hint:
    assert name in read_definition(asl).states
    return hint_on(name, "missing_timeout", patched={"TimeoutSeconds": seconds})


def test_sure_and_likely_hints_are_applied_and_what_one_only_learns_from_is_not() -> None:
    asl = task(Resource=LAMBDA, TimeoutSeconds=None)
    learn = retry_hint(asl, "Work", "Other", sure="learn", id="learn")
    found = [retry_hint(asl, "Work", sure="likely"), timeout_hint(asl, "Work"), learn]
    patch = make_patch("orders", read_definition(asl), found)
    assert [bool(each.left) for each in patch.choices] == [False, False, True]
    assert "select it with --hint learn" in patch.choices[2].left
    work = patch.patched["States"]["Work"]
    assert list(work) == ["Type", "Resource", "Retry", "End", "TimeoutSeconds"]
    assert mistakes(patch.patched) == []


def test_a_hint_asked_for_by_id_is_applied_alone_even_to_learn() -> None:
    asl = task()
    found = [retry_hint(asl, "Work", "A"), retry_hint(asl, "Work", "B", sure="learn", id="b")]
    patch = make_patch("orders", read_definition(asl), found, ["b"])
    assert patch.choices[0].left == "it was not selected"
    assert [r["ErrorEquals"] for r in patch.patched["States"]["Work"]["Retry"]] == [["B"]]


def test_of_two_hints_on_one_error_the_first_sets_the_retrier() -> None:
    asl = task(Retry=retry(ERROR))
    herd = hint_on(
        "Work", "herd", retrier={**retry(ERROR)[0], "JitterStrategy": "FULL"},
        patched={"Retry": [{**retry(ERROR)[0], "JitterStrategy": "FULL"}]},
    )  # fmt: skip
    patch = make_patch("orders", read_definition(asl), [retry_hint(asl, "Work"), herd])
    assert patch.choices[1].left == "hint retry already sets the retrier for these errors"
    assert patch.patched["States"]["Work"]["Retry"][0]["MaxAttempts"] == 6


def test_a_name_that_never_matched_is_mended_beside_a_new_retrier() -> None:
    asl = task(Retry=[*retry("ECS.X"), *retry("States.ALL")])
    mended = [*retry("Ecs.X", attempts=2), *retry("States.ALL")]
    dead = hint_on(
        "Work", "dead_retrier", retrier=mended[0],
        patched={"Retry": mended}, errors=("Ecs.X",),
    )  # fmt: skip
    patch = make_patch("orders", read_definition(asl), [retry_hint(asl, "Work"), dead])
    names = [each["ErrorEquals"] for each in patch.patched["States"]["Work"]["Retry"]]
    assert names == [["Ecs.X"], [ERROR], ["States.ALL"]]


@pytest.mark.parametrize("name", ["States.All", "State.ALL", "States.TaskFaild"])
@pytest.mark.parametrize("dead_first", [False, True])
def test_a_broad_name_that_is_spelled_right_never_hides_the_new_retrier(
    name: str, *, dead_first: bool
) -> None:
    asl = task(Retry=retry(name))
    (dead,) = hints(asl, failures("service_error", ERROR), kind="dead_retrier")
    found = [retry_hint(asl, "Work"), dead]
    ids = [each.id for each in found]
    patch = make_patch("m", read_definition(asl), found[::-1] if dead_first else found, ids)
    assert len(patch.applied) == 2
    written = [each["ErrorEquals"] for each in patch.patched["States"]["Work"]["Retry"]]
    assert written == [[ERROR], list(dead.errors)]
    assert mistakes(patch.patched) == []


def test_what_was_spelled_right_stays_so_when_a_report_s_hints_are_applied_again() -> None:
    asl = task(Retry=[*retry("Lambda.ServiceExceptions"), *retry("Sqs.SqsException")])
    (dead,) = hints(asl, failures("service_error", "Sqs.SqsException"), kind="dead_retrier")
    more = retry_hint(asl, "Work", "Sqs.SqsException")
    first = make_patch("m", read_definition(asl), [more, dead], [more.id, dead.id]).patched
    names = [each["ErrorEquals"] for each in first["States"]["Work"]["Retry"]]
    assert names == [["Lambda.ServiceException"], ["Sqs.SqsException"]]
    then = make_patch("m", read_definition(first), [more, dead], [more.id, dead.id])
    assert not then.changes
    assert {each.left for each in then.choices} == {"the definition already has this change"}


@pytest.mark.parametrize("dead_first", [False, True])
def test_a_retrier_that_is_spelled_right_does_not_take_back_what_another_hint_sets(
    *, dead_first: bool
) -> None:
    asl = task(Retry=retry("Lambda.ServiceExceptions", "KeyError"))
    (dead,) = hints(asl, [], kind="dead_retrier")
    stop = retry_hint(asl, "Work", "KeyError", attempts=0)
    found = [dead, stop] if dead_first else [stop, dead]
    patch = make_patch("m", read_definition(asl), found)
    assert len(patch.applied) == 2
    names = [each["ErrorEquals"] for each in patch.patched["States"]["Work"]["Retry"]]
    assert names == [["KeyError"], ["Lambda.ServiceException", "KeyError"]]


def test_two_names_of_one_retrier_are_both_spelled_right() -> None:
    asl = task(Retry=retry("Lambda.ServiceExceptions", "Sandbox.TimedOut", "Mine"))
    found = hints(asl, [], kind="dead_retrier")
    patch = make_patch("m", read_definition(asl), found)
    assert [each.left for each in patch.choices] == ["", ""]
    assert patch.patched["States"]["Work"]["Retry"] == retry(
        "Lambda.ServiceException", "Sandbox.Timedout", "Mine"
    )


def test_a_retrier_stands_before_a_misspelled_one_that_would_take_its_error() -> None:
    asl = task(Retry=retry("States.All"))
    retrier = Retrier((ERROR,), 30, 6, 2, 900)
    (first, second) = retry_field(read_definition(asl).states["Work"], retrier)["Retry"]
    assert (first["ErrorEquals"], second["ErrorEquals"]) == ([ERROR], ["States.All"])


def test_only_the_first_step_of_a_plan_is_applied_unless_another_is_asked_for() -> None:
    asl = task(ECS, Parameters=SPOT)
    first = retry_hint(asl, "Work", "States.TaskFailed", sure="likely", plan="retry")
    then = hint_on("Work", "ecs_branch", plan="retry", step=2, patched={})
    patch = make_patch("orders", read_definition(asl), [first, then])
    assert [each.hint.kind for each in patch.choices if not each.left] == ["retry"]
    assert "it is step 2 of a plan" in patch.choices[1].left
    both = make_patch("orders", read_definition(asl), [first, then], ["retry", "ecs_branch"])
    assert [bool(each.left) for each in both.choices] == [False, False]
    on_demand = both.patched["States"]["Work on demand"]
    assert [each["MaxAttempts"] for each in on_demand["Retry"]] == [2]


def test_what_is_only_likely_and_heals_nothing_is_left_to_be_asked_for() -> None:
    asl = task()
    likely = hint_on("Work", "timeout_value", patched={"TimeoutSeconds": 90}, sure="likely")
    running = read_definition(asl)
    assert "it is likely but not sure" in make_patch("m", running, [likely]).choices[0].left
    assert make_patch("m", running, [likely], ["timeout_value"]).changes


def test_two_hints_never_set_the_same_field() -> None:
    asl = task()
    found = [timeout_hint(asl, "Work", 60), hint_on("Work", patched={"TimeoutSeconds": 90})]
    patch = make_patch("m", read_definition(asl), found, ["missing_timeout", "retry"])
    assert patch.choices[1].left == "hint missing_timeout already sets TimeoutSeconds"
    assert patch.patched["States"]["Work"]["TimeoutSeconds"] == 60


def test_a_hint_of_an_earlier_report_fits_the_definition_as_it_is_now() -> None:
    before, now = task(), task(Retry=retry("Other", attempts=7), TimeoutSeconds=5)
    given = retry_hint(before, "Work")
    work = make_patch("m", read_definition(now), [given]).patched["States"]["Work"]
    assert [each["ErrorEquals"] for each in work["Retry"]] == [["Other"], [ERROR]]
    assert work["TimeoutSeconds"] == 5
    again = make_patch("m", read_definition({"StartAt": "Work", "States": {"Work": work}}), [given])
    assert again.choices[0].left == "the definition already has this change"
    gone = {"StartAt": "A", "States": {"A": task()["States"]["Work"]}}
    (choice,) = make_patch("m", read_definition(gone), [given]).choices
    assert choice.left == "the state Work no longer exists"


@pytest.mark.parametrize(
    ("running", "fits"),
    [
        (retry("States.All", attempts=4), True),
        (retry("States.All", attempts=5), False),
        ([*retry("States.All", attempts=4), *retry("X")], True),
        ([*retry("X")], False),
    ],
)
def test_a_list_that_others_changed_since_the_report_is_not_written_over(
    running: list[dict[str, Any]], fits: bool
) -> None:
    mended = hint_on(
        "Work",
        "dead_retrier",
        patched={"Retry": retry("States.ALL", attempts=4)},
        errors=("States.ALL",),
    )
    patch = make_patch("m", read_definition(task(Retry=running)), [mended])
    assert patch.changes is fits
    if not fits:
        assert patch.choices[0].left == "the state has changed since the report; make a new one"


def test_a_misspelled_name_is_mended_beside_a_new_retrier() -> None:
    asl = task(Retry=retry("States.Al", attempts=4))
    mended = hint_on(
        "Work",
        "dead_retrier",
        patched={"Retry": retry("States.ALL", attempts=4)},
        errors=("States.ALL",),
    )
    patch = make_patch("m", read_definition(asl), [retry_hint(asl, "Work"), mended])
    names = [each["ErrorEquals"] for each in patch.patched["States"]["Work"]["Retry"]]
    assert sorted(names) == [[ERROR], ["States.ALL"]]


def test_a_change_that_only_its_author_can_write_changes_nothing() -> None:
    asl = task()
    patch = make_patch("orders", read_definition(asl), [hint_on("Work", "payload")])
    assert patch.choices[0].left == "this change must be made by hand"
    assert not patch.changes
    assert patch.applied == ()


def test_an_ecs_task_is_branched_after_its_other_hints() -> None:
    asl = task(ECS, Parameters=SPOT, TimeoutSeconds=None)
    found = [hint_on("Work", "ecs_branch"), timeout_hint(asl, "Work", 3000)]
    patch = make_patch("orders", read_definition(asl), found)
    states = patch.patched["States"]
    assert mistakes(patch.patched) == []
    assert states["Work"]["TimeoutSeconds"] == states["Work on demand"]["TimeoutSeconds"] == 3000
    assert list(states["Work"]) == [
        "Type", "Resource", "Catch", "End", "Parameters", "TimeoutSeconds",
    ]  # fmt: skip


def test_an_ecs_task_that_cannot_be_branched_says_why() -> None:
    asl = task(ECS)
    patch = make_patch("orders", read_definition(asl), [hint_on("Work", "ecs_branch")])
    assert patch.choices[0].left == "it does not request FARGATE_SPOT itself"
    assert not patch.changes


def test_the_hints_of_a_real_evaluation_make_a_definition_that_aws_s_rules_take() -> None:
    asl = task(ECS, Parameters=SPOT, TimeoutSeconds=None, Retry=retry("States.TaskFailed"))
    failed = [
        *failures("spot_interruption", "States.TaskFailed", made=2, every=3600),
        *failures("out_of_memory", "States.TaskFailed", number=3, made=3),
    ]
    found = hints(asl, failed, passes(every=3600))
    asked = [hint.id for hint in found if hint.kind in ("ecs_branch", "missing_timeout")]
    patch = make_patch("orders", read_definition(asl), found, asked)
    assert {"ecs_branch", "missing_timeout"} <= {hint.kind for hint in patch.applied}
    assert mistakes(patch.patched) == []
    for form in get_args(Format):
        assert "TimeoutSeconds" in written(patch, form) or form == "cdk"


def test_asl_is_the_whole_definition_and_a_diff_the_change_alone() -> None:
    asl = task(Comment="é")
    patch = make_patch("orders", read_definition(asl), [timeout_hint(asl, "Work", 61)])
    assert json.loads(written(patch, "asl")) == patch.patched
    assert "é" in written(patch, "asl")
    rows = written(patch, "diff").splitlines()
    assert [row for row in rows if row[0] in "+-"][2:] == [
        '-      "TimeoutSeconds": 3600,',
        '+      "TimeoutSeconds": 61,',
    ]


def test_terraform_s_text_names_changed_fields_and_new_states_once() -> None:
    inner = task(ECS, Parameters=SPOT)
    asl = {
        "StartAt": "Each",
        "States": {"Each": {"Type": "Map", "ItemProcessor": inner, "End": True}},
    }
    found = [timeout_hint(asl, "Work"), hint_on("Work", "ecs_branch")]
    text = written(make_patch("orders", read_definition(asl), found), "terraform")
    assert text.count("# In the state") == 1
    assert '# In the state "Work"\nTimeoutSeconds = 60\nCatch = [\n' in text
    assert text.count("# A new state") == 3
    assert '"Work on demand" = {\n' in text


def branched_by_cdk(patch_text: str) -> Any:
    """What the CDK renders of a state Work on which the patch's text was run."""
    # It starts Node: not for those that only collect these tests.
    import aws_cdk as cdk  # noqa: PLC0415
    from aws_cdk import aws_stepfunctions as sfn  # noqa: PLC0415

    scope = cdk.Stack(cdk.App())
    start = {"Type": "Task", "Resource": ECS, "Parameters": SPOT}
    work = sfn.CustomState(scope, "Work", state_json=start)
    known = {"work": work, "self": scope, "Duration": cdk.Duration, "sfn": sfn}
    exec(compile(patch_text, "snippet", "exec"), known)  # noqa: S102
    machine = sfn.StateMachine(
        scope, "Machine", definition_body=sfn.DefinitionBody.from_chainable(work)
    )
    child = machine.node.default_child
    assert isinstance(child, sfn.CfnStateMachine)
    return json.loads(_joined(scope.resolve(child.definition_string)))


def _joined(value: Any) -> str:
    parts = value["Fn::Join"][1] if isinstance(value, dict) else [value]
    return "".join(part if isinstance(part, str) else "aws" for part in parts)


def test_the_cdk_s_text_makes_the_same_branch() -> None:
    asl = task(ECS, Parameters=SPOT, TimeoutSeconds=None)
    patch = make_patch("orders", read_definition(asl), [hint_on("Work", "ecs_branch")])
    made = branched_by_cdk(written(patch, "cdk"))
    assert made["States"] == patch.patched["States"]


def test_the_cdk_s_text_says_where_a_timeout_stands() -> None:
    asl = task(TimeoutSeconds=None)
    patch = make_patch("orders", read_definition(asl), [timeout_hint(asl, "Work", 90)])
    assert written(patch, "cdk") == (
        "# In the constructor of work\ntask_timeout=sfn.Timeout.duration(Duration.seconds(90)),\n"
    )


FIELDS = st.fixed_dictionaries(
    {},
    optional={
        "Comment": st.text(max_size=5),
        "TimeoutSeconds": st.integers(1, 9),
        "Retry": st.lists(
            st.sampled_from(["A", "B", "States.TaskFailed", "States.ALL"]).map(
                lambda name: retry(name)[0]
            ),
            max_size=3,
        ),
        "Catch": st.just([{"ErrorEquals": ["States.ALL"], "Next": "Last", "ResultPath": "$.e"}]),
        "ResultSelector": st.just({"a.$": "$.b", "z": [1, {"k": None}]}),
    },
)


@st.composite
def definitions(draw: st.DrawFn, depth: int = 2, prefix: str = "S") -> dict[str, Any]:
    """A block of states, some of which are Spot tasks, Maps or Parallels; keys in any order."""
    states: dict[str, Any] = {}
    for number in range(draw(st.integers(1, 3))):
        name = f"{prefix}{number}"
        kind = draw(st.sampled_from(["spot", "lambda", "map", "parallel"][: 4 if depth else 2]))
        inner = [
            draw(definitions(depth - 1, f"{name}{branch}"))
            for branch in ("a", "b")[: {"map": 1, "parallel": 2}.get(kind, 0)]
        ]
        kinds: dict[str, dict[str, Any]] = {
            "spot": {"Type": "Task", "Resource": ECS, "Parameters": SPOT},
            "lambda": {"Type": "Task", "Resource": LAMBDA},
            "map": {"Type": "Map", "ItemProcessor": inner[0] if inner else None},
            "parallel": {"Type": "Parallel", "Branches": inner},
        }
        items = list({**kinds[kind], **draw(FIELDS), "End": True}.items())
        states[name] = dict(draw(st.permutations(items)))
    return {"StartAt": f"{prefix}0", "States": states, "Comment": "c"}


def flat(asl: Mapping[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Each state by name; of the blocks inside it only what is beside their states."""
    for name, state in read_definition(asl).states.items():
        yield (
            name,
            {
                key: _beside_states(value) if key in ("ItemProcessor", "Branches") else value
                for key, value in state.asl.items()
            },
        )


def _beside_states(value: Any) -> list[list[tuple[str, Any]]]:
    blocks = value if isinstance(value, list) else [value]
    return [[(k, None if k == "States" else v) for k, v in block.items()] for block in blocks]


@settings(max_examples=many(60))
@given(definitions(), st.data())
def test_a_patch_changes_only_the_fields_its_hints_are_about(
    asl: dict[str, Any], data: st.DataObject
) -> None:
    running = read_definition(asl)
    tasks = [name for name, state in running.states.items() if state.type == "Task"]
    made: dict[str, Callable[[Mapping[str, Any], str], Hint]] = {
        "retry": retry_hint,
        "timeout": timeout_hint,
        "branch": lambda _asl, name: hint_on(name, "ecs_branch"),
    }
    asked = data.draw(
        st.lists(st.tuples(st.sampled_from(sorted(made)), st.sampled_from(tasks or [""])))
        if tasks
        else st.just([])
    )
    before = deepcopy(asl)
    patch = make_patch("m", running, [made[kind](asl, name) for kind, name in asked])
    assert asl == before
    after, touched = dict(flat(patch.patched)), {(hint.kind, hint.state) for hint in patch.applied}
    fields = {"retry": "Retry", "missing_timeout": "TimeoutSeconds", "ecs_branch": "Catch"}
    for name, state in flat(asl):
        may = {fields[kind] for kind, where in touched if where == name}
        kept = [key for key in after[name] if key in state]
        assert kept == list(state)
        assert {k for k in after[name] if after[name][k] != state.get(k)} <= may
    new = after.keys() - dict(flat(asl)).keys()
    assert all(any(n.startswith(f"{w} ") for k, w in touched if k == "ecs_branch") for n in new)
    assert list(patch.patched) == list(asl)


@pytest.mark.parametrize(
    ("state", "expected"),
    [
        ({"Type": "Task", "End": True}, ["Type", "Retry", "Catch", "End"]),
        ({"End": True, "Type": "Task"}, ["Retry", "Catch", "End", "Type"]),
        ({"Type": "Task", "Catch": [1]}, ["Type", "Retry", "Catch"]),
        ({"Type": "Task"}, ["Type", "Retry", "Catch"]),
    ],
)
def test_a_new_field_stands_before_what_follows_it(
    state: dict[str, Any], expected: list[str]
) -> None:
    order = ["Retry", "Catch", "Next", "End"]
    assert list(with_fields(state, {"Catch": [2], "Retry": [1]}, order)) == expected
