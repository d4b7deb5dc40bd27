"""Systems of which no failure tells: they recover silently, hang, or worsened by a release."""

from dataclasses import replace
from math import inf

from simulator.engine.draws import between, draw
from simulator.engine.outcomes import Attempt, Outcome, Succeeds
from simulator.engine.simulation import Start
from simulator.records import SimAlias, SimVersion, World
from simulator.worlds import failures
from simulator.worlds.kinds import starts
from simulator.worlds.systems import DAY, HOUR, Setting, System, function_arn, machine_arn


def recovering(
    setting: Setting,
    name: str,
    number: int,
    *,
    odds: float = 0.1,
    lost: float = 0.0,
    later: float | None = None,
    redriven: int = 0,
) -> System:
    """Retries what fails by chance and falls back where that does not help; all succeed.

    An attempt fails with `odds`, in the second half of the week with those of `later`; a share
    `lost` fails for good, which a Catch takes. `redriven` further executions fail by a call of
    their partner, and are redriven to success two hours later.
    """
    middle = setting.at(3.5)
    definition = {
        "StartAt": "Ask",
        "States": {
            "Ask": {"Type": "Task", "Resource": "arn:aws:states:::http:invoke", "Next": "Work"},
            "Work": {
                "Type": "Task",
                "Resource": function_arn(f"{name}-work"),
                "Retry": [
                    {
                        "ErrorEquals": ["Lambda.ServiceException"],
                        "IntervalSeconds": 5,
                        "MaxAttempts": 6,
                    }
                ],
                "Catch": [{"ErrorEquals": ["States.ALL"], "Next": "FallBack"}],
                "End": True,
            },
            "FallBack": {"Type": "Pass", "End": True},
        },
    }

    def ask(attempt: Attempt) -> Outcome:
        first = attempt.key.endswith("/0.1")
        if attempt.execution.startswith("redriven") and first:
            return failures.partner_unavailable(1.0)
        return Succeeds(0.5)

    def work(attempt: Attempt) -> Outcome:
        if draw(setting.seed, attempt.execution, "lost") < lost:
            return failures.python_code_error(attempt, 0.4)
        now = odds if later is None or attempt.now < middle else later
        unlucky = draw(setting.seed, attempt.key, "work") < now
        quick = between(0.3, 4.0, setting.seed, attempt.key, "takes")
        return failures.lambda_unavailable(attempt) if unlucky else Succeeds(quick)

    again = tuple(
        Start(name, f"redriven-{each}", setting.at(1 + each), {}, redrive_after=(2 * HOUR,))
        for each in range(redriven)
    )
    return System(
        name, definition, (*starts(setting, name, number), *again), {"Ask": ask, "Work": work}
    )


def approval(setting: Setting, name: str, number: int, *, stuck: int, limit: int | None) -> System:
    """Asks somebody and waits for the callback; `stuck` executions never hear back.

    `limit` is the timeout of the state, if it has one.
    """
    state = {
        "Type": "Task",
        "Resource": "arn:aws:states:::sqs:sendMessage.waitForTaskToken",
        **({"TimeoutSeconds": limit} if limit else {}),
        "End": True,
    }
    definition = {"StartAt": "Approve", "States": {"Approve": state}}

    def answer(attempt: Attempt) -> Outcome:
        if attempt.execution.startswith("lost"):
            return Succeeds(inf)
        return Succeeds(between(60.0, 1800.0, setting.seed, attempt.key, "answers"))

    lost = tuple(Start(name, f"lost-{each}", setting.at(2 + each), {}) for each in range(stuck))
    return System(name, definition, (*starts(setting, name, number), *lost), {"Approve": answer})


def hung_worker(setting: Setting, name: str, number: int, *, stuck: int) -> System:
    """Hands work to an activity; `stuck` tasks are taken by a worker that dies."""
    activity = (
        function_arn(name).replace(":lambda:", ":states:").replace(":function:", ":activity:")
    )
    state = {"Type": "Task", "Resource": activity, "End": True}
    definition = {"StartAt": "Render", "States": {"Render": state}}

    def render(attempt: Attempt) -> Outcome:
        return Succeeds(inf if attempt.execution.startswith("lost") else 240.0)

    lost = tuple(Start(name, f"lost-{each}", setting.at(3 + each), {}) for each in range(stuck))
    return System(name, definition, (*starts(setting, name, number), *lost), {"Render": render})


def released(
    setting: Setting, name: str, number: int, *, odds: tuple[float, float], day: float = 5.0
) -> System:
    """Starts through an alias: version 13, and 14 from the release on `day` on, which fails with
    the second of the `odds`.
    """
    at, arn = setting.at(day), machine_arn(name)
    state = {"Type": "Task", "Resource": function_arn(f"{name}-price"), "End": True}
    definition = {"StartAt": "Price", "States": {"Price": state}}

    def price(attempt: Attempt) -> Outcome:
        now = odds[attempt.now >= at]
        unlucky = draw(setting.seed, attempt.execution, "price") < now
        return failures.python_code_error(attempt, 0.4) if unlucky else Succeeds(0.5)

    begun = tuple(
        replace(each, version=f"{arn}:{14 if each.at >= at else 13}", alias=f"{arn}:live")
        for each in starts(setting, name, number)
    )
    return System(name, definition, begun, {"Price": price})


def with_release(world: World, name: str, setting: Setting, day: float = 5.0) -> World:
    """The world with the versions of a `released` machine, and its alias as it leads now."""
    arn = machine_arn(name)
    versions = (
        SimVersion(f"{arn}:13", setting.start - 30 * DAY),
        SimVersion(f"{arn}:14", setting.at(day)),
    )
    alias = SimAlias(f"{arn}:live", ((f"{arn}:14", 90), (f"{arn}:13", 10)))
    return replace(world, versions=(*world.versions, *versions), aliases=(*world.aliases, alias))
