"""calculate-scores: a Fargate Spot task, retried soon and seldom."""

from simulator.engine.draws import between, draw, identifier
from simulator.engine.outcomes import Attempt, Outcome, Succeeds
from simulator.engine.simulation import Start
from simulator.worlds.conditions import Spell, Weather
from simulator.worlds.failures import network_interface_late, no_capacity, spot_interrupted
from simulator.worlds.systems import HOUR, Setting, System

NAME = "calculate-scores"
DEFINITION = {
    "Comment": "Scores of the hour, computed on Fargate Spot",
    "StartAt": "CalculateScores",
    "States": {
        "CalculateScores": {
            "Type": "Task",
            "Resource": "arn:aws:states:::ecs:runTask.sync",
            "Parameters": {
                "Cluster": NAME,
                "TaskDefinition": f"{NAME}:7",
                "CapacityProviderStrategy": [{"CapacityProvider": "FARGATE_SPOT", "Weight": 1}],
            },
            "Retry": [
                {
                    "ErrorEquals": ["States.TaskFailed"],
                    "IntervalSeconds": 10,
                    "MaxAttempts": 5,
                    "BackoffRate": 1,
                }
            ],
            "End": True,
        }
    },
}
_STORMS = ((-1, 21, 6), (0, 14, 3), (2, 12, 6), (4, 20, 4), (6, 3, 4))
"""Day, hour and hours of the storms on the Spot market."""


def calculate_scores(setting: Setting) -> System:
    """One execution an hour; the last one before the end is still running."""
    spells = [
        Spell(setting.at(day, hour), setting.at(day, hour + hours), 14.0)
        for day, hour, hours in _STORMS
    ]
    reclaims = Weather("spot-reclaim", setting.seed, spells, calm=0.05)
    scarce = [Spell(spell.begin, spell.end, 0.12) for spell in spells]
    gaps = Weather("spot-capacity", setting.seed, scarce, calm=0.004)

    def calculate(attempt: Attempt) -> Outcome:
        if gaps.strikes(attempt):
            late = draw(setting.seed, attempt.key, "late") < 0.5
            return network_interface_late(attempt) if late else no_capacity(attempt)
        work = between(900, 1500, setting.seed, attempt.key, "work")
        reclaimed = reclaims.first_strike(attempt) + 60
        return spot_interrupted(attempt, reclaimed) if reclaimed < work else Succeeds(work)

    count = int((setting.end - setting.start) // HOUR)
    starts = tuple(
        Start(
            NAME,
            identifier(setting.seed, NAME, hour),
            setting.end - (hour + 0.2) * HOUR,
            {"hour": -hour},
        )
        for hour in range(count)
    )
    return System(NAME, DEFINITION, starts, {"CalculateScores": calculate})
