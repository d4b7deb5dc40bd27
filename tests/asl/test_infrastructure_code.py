"""Definitions are found in the files that people keep them in."""

import json
from typing import Any

import pytest

from sfn_digest.asl.infrastructure_code import NoDefinitionError, definitions_in

ASL = {"StartAt": "Work", "States": {"Work": {"Type": "Task", "Resource": "${Job}", "End": True}}}


def template(definition: Any, kind: str = "AWS::StepFunctions::StateMachine") -> str:
    machine = {"Type": kind, "Properties": {"StateMachineName": "jobs", **definition}}
    return json.dumps({"Resources": {"Jobs": machine, "Queue": {"Type": "AWS::SQS::Queue"}}})


def terraform(definition: object) -> dict[str, Any]:
    return {
        "type": "aws_sfn_state_machine",
        "address": "module.jobs.aws_sfn_state_machine.this",
        "values": {"name": "jobs", "definition": definition},
    }


def test_a_file_of_amazon_states_language_is_one_definition_without_a_name() -> None:
    (found,) = definitions_in(json.dumps(ASL))
    assert (found.resource, found.name, found.asl) == ("", None, ASL)


@pytest.mark.parametrize(
    "definition",
    [
        {"DefinitionString": json.dumps(ASL)},
        {"Definition": ASL},
        {
            "DefinitionString": {
                "Fn::Join": [
                    "",
                    [
                        '{"StartAt":"Work","States":{"Work":{"Type":"Task","Resource":"',
                        {"Ref": "Job"},
                        '","End":true}}}',
                    ],
                ]
            }
        },
        {"DefinitionString": {"Fn::Sub": json.dumps(ASL)}},
        {"DefinitionString": {"Fn::Sub": [json.dumps(ASL), {"Job": {"Ref": "Job"}}]}},
    ],
)
def test_a_template_holds_its_definition_in_any_of_cloudformations_ways(
    definition: dict[str, Any],
) -> None:
    (found,) = definitions_in(template(definition))
    assert (found.resource, found.name, found.asl) == ("Jobs", "jobs", ASL)


def test_an_attribute_of_another_resource_stands_for_itself() -> None:
    parts = ['{"States":{"Work":{"Resource":"', {"Fn::GetAtt": ["Job", "Arn"]}, '"}}}']
    (found,) = definitions_in(template({"DefinitionString": {"Fn::Join": ["", parts]}}))
    assert found.asl["States"]["Work"]["Resource"] == "${Job.Arn}"


@pytest.mark.parametrize("part", ["planned_values", "values"])
def test_terraforms_modules_are_searched_to_the_last(part: str) -> None:
    child = {"child_modules": [{"resources": [terraform(json.dumps(ASL))]}]}
    (found,) = definitions_in(json.dumps({part: {"root_module": {"child_modules": [child]}}}))
    assert (found.resource, found.name) == ("module.jobs.aws_sfn_state_machine.this", "jobs")


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("{", "holds no JSON"),
        ("[" * 100_000, "holds no JSON"),
        ("[]", "holds no JSON object"),
        ("{}", "holds no state machine"),
        ('{"Resources": []}', "holds no state machine"),
        (template({"DefinitionS3Location": {}}), "holds Jobs, whose definition lies elsewhere"),
        (template({"DefinitionString": "{"}), "whose definition is no Amazon States Language"),
        (
            json.dumps({"values": {"root_module": {"resources": [terraform(None)]}}}),
            "whose definition is only known after it was applied",
        ),
    ],
)
def test_what_a_file_lacks_is_said(text: str, sentence: str) -> None:
    with pytest.raises(NoDefinitionError, match=sentence):
        definitions_in(text)
