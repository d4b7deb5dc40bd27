"""render-previews: a Fargate Spot task, retried once where a few retries would mostly do."""

from simulator.engine.draws import between, identifier
from simulator.engine.outcomes import Attempt, Outcome, Succeeds
from simulator.engine.simulation import Start
from simulator.worlds.conditions import Spell, Weather
from simulator.worlds.failures import spot_interrupted
from simulator.worlds.systems import HOUR, Setting, System

NAME = "render-previews"
DEFINITION = {
    "Comment": "Previews of what was uploaded, rendered on Fargate Spot",
    "StartAt": "RenderPreviews",
    "States": {
        "RenderPreviews": {
            "Type": "Task",
            "Resource": "arn:aws:states:::ecs:runTask.sync",
            "Parameters": {
                "Cluster": NAME,
                "TaskDefinition": f"{NAME}:3",
                "CapacityProviderStrategy": [{"CapacityProvider": "FARGATE_SPOT", "Weight": 1}],
            },
            "TimeoutSeconds": 7200,
            "Retry": [
                {
                    "ErrorEquals": ["States.TaskFailed"],
                    "IntervalSeconds": 5,
                    "MaxAttempts": 1,
                    "BackoffRate": 1,
                }
            ],
            "End": True,
        }
    },
}
_SPELLS = (
    *((-1, 15, 0.5), (0, 9, 0.5), (1, 13, 0.5), (2, 11, 3.0), (3, 7, 0.5)),
    *((3, 18, 0.5), (4, 11, 0.5), (5, 15, 0.5), (5, 21, 0.5), (6, 9, 0.5)),
)
"""Day, hour and hours of the times in which Spot takes capacity back."""


def render_previews(setting: Setting) -> System:
    """One execution an hour; Spot takes capacity back for half an hour at times, once for three."""
    spells = [
        Spell(setting.at(day, hour), setting.at(day, hour + hours), 30.0)
        for day, hour, hours in _SPELLS
    ]
    reclaims = Weather("preview-reclaim", setting.seed, spells, calm=0.02)

    def render(attempt: Attempt) -> Outcome:
        work = between(600, 1500, setting.seed, attempt.key, "work")
        reclaimed = reclaims.first_strike(attempt) + 60
        return spot_interrupted(attempt, reclaimed) if reclaimed < work else Succeeds(work)

    count = int((setting.end - setting.start) // HOUR)
    starts = tuple(
        Start(
            NAME,
            identifier(setting.seed, NAME, number),
            setting.end - (number + 0.9) * HOUR,
            {"batch": number},
        )
        for number in range(count)
    )
    return System(NAME, DEFINITION, starts, {"RenderPreviews": render})
