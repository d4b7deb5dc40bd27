"""Systems of which no failure tells: they recover silently, hang, or worsened by a release."""

from simulator.engine.draws import between, draw
from simulator.engine.outcomes import Attempt, Outcome, Succeeds
from simulator.engine.simulation import Start
from simulator.worlds import failures
from simulator.worlds.kinds import starts
from simulator.worlds.systems import HOUR, Setting, System, function_arn


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
