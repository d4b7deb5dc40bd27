"""What to do about a cause fits the integration that it struck, on every face."""

import json
from dataclasses import replace

import pytest

from sfn_digest.causes import Symptom, diagnose, load_rules, table
from sfn_digest.i18n.translator import LANGUAGES, Language
from sfn_digest.model.report import Report
from sfn_digest.pipeline.texts import texts_in
from sfn_digest.report.html.page import page
from sfn_digest.report.slack import messages
from sfn_digest.report.terminal.whole_report import render
from tests.report import made
from tests.report.hostile import Found

STOPPED = json.dumps(
    {
        "StopCode": "EssentialContainerExited",
        "StoppedReason": "Essential container in task exited",
        "Containers": [{"Reason": "OutOfMemoryError: Container killed", "ExitCode": 137}],
    }
)
JOB = json.dumps(
    {
        "JobQueue": "q",
        "Status": "FAILED",
        "Attempts": [{"Container": {"Reason": "OutOfMemoryError: killed", "ExitCode": 137}}],
    }
)
ECS = Symptom("States.TaskFailed", STOPPED, "TaskFailed", "ecs:runTask.sync")
BATCH = Symptom("States.TaskFailed", JOB, "TaskFailed", "batch:submitJob.sync")
FUNCTION = Symptom("Runtime.OutOfMemory", "signal: killed", "TaskFailed", "lambda:invoke")
GLUE = Symptom("States.TaskFailed", "java.lang.OutOfMemoryError", "TaskFailed", "glue:startJobRun")


def out_of_memory(*symptoms: Symptom) -> Report:
    """A week in which each of these failed once."""
    failures = [
        replace(made.failure(made.SCORES, n, made.SPOT), diagnosis=diagnose(symptom))
        for n, symptom in enumerate(symptoms)
    ]
    return Found([made.SCORES], {}, failures, made.coverage(1, len(failures))).report()


def faces(report: Report, language: Language) -> tuple[str, ...]:
    """The Slack thread, the terminal and the page."""
    texts = texts_in(language)
    thread = json.dumps([each.blocks for each in messages(report, texts)[1:]])
    return thread, render(report, texts, 120), page(report, texts)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    ("symptom", "where"),
    [(ECS, "AmazonECS/"), (BATCH, "batch/"), (GLUE, "glue/"), (FUNCTION, "lambda/")],
)
def test_out_of_memory_links_to_the_page_of_the_service_it_struck(
    symptom: Symptom, where: str, language: Language
) -> None:
    others = {"AmazonECS/", "batch/", "glue/", "lambda/"} - {where}
    for shown in faces(out_of_memory(symptom), language):
        assert f"/{where}latest/" in shown
        assert not [other for other in others if f"/{other}latest/" in shown]


def test_a_cause_that_struck_two_services_has_the_advice_of_both() -> None:
    _, terminal, html = faces(out_of_memory(ECS, FUNCTION), "en")
    for shown in (" ".join(terminal.split()), html):
        assert "in the task definition, or process less data at a time." in shown
        assert "Give the function more memory" in shown


def test_advice_of_the_user_s_own_stands_whatever_was_called() -> None:
    rules = load_rules('[[rule]]\nerror = "X"\ncause = "out_of_memory"\nadvice = "Ask Jo."')
    texts = texts_in("en", rules)
    assert texts.advice("out_of_memory", "ecs") == texts.advice("out_of_memory") == "Ask Jo."


def test_the_advice_of_each_integration_is_shown_whole_and_leads_to_aws() -> None:
    texts = texts_in("en")
    for cause in table().values():
        for integration, guide in cause.integrations.items():
            assert texts.advice(cause.id, integration) == guide.advice
            assert guide.docs.startswith("https://docs.aws.amazon.com/")


def test_a_cause_read_in_a_child_execution_names_the_service_that_failed_there() -> None:
    arn = "arn:aws:states:eu-west-1:123456789012:execution:child:run"
    child = {"ExecutionArn": arn, "Status": "FAILED", "Error": "States.TaskFailed"}
    cause = json.dumps({**child, "Cause": STOPPED})
    parent = Symptom("States.TaskFailed", cause, "TaskFailed", "states:startExecution.sync")
    assert diagnose(parent).integration == diagnose(ECS).integration == "ecs"


@pytest.mark.parametrize(
    ("integration", "named"),
    [
        ("aws-sdk:s3:getObject", "s3"),
        ("states:startExecution.sync", "states"),
        ("activity", ""),
        ("<!channel> \x1b[2J", ""),
        (None, ""),
    ],
)
def test_the_integration_is_a_service_s_name_or_none(integration: str | None, named: str) -> None:
    assert diagnose(Symptom("X", "y", "TaskFailed", integration)).integration == named


EVERYWHERE = {"step-functions", "sdkref", "servicequotas", "IAM"}
"""Guides that are about any call."""

GUIDES = {
    "lambda": {"lambda"},
    "ecs": {"AmazonECS"},
    "batch": {"batch", "AmazonECS"},
    "glue": {"glue"},
    "emr": {"emr"},
    "emr-serverless": {"emr"},
    "sagemaker": {"sagemaker"},
    "dynamodb": {"amazondynamodb"},
    "sns": {"sns"},
    "sqs": {"AWSSimpleQueueService"},
    "http": set(),
    "states": set(),
    "s3": {"AmazonS3"},
    "bedrock": {"bedrock"},
}
"""Guides besides those that are about the service called."""


@pytest.mark.slow
@pytest.mark.parametrize("integration", GUIDES)
def test_each_cause_s_page_is_about_the_service_it_struck(integration: str) -> None:
    urls = {cause: texts_in("en").url(cause, integration) for cause in table()}
    guides = {
        cause: url.removeprefix("https://docs.aws.amazon.com/").partition("/")[0]
        for cause, url in urls.items()
        if url is not None
    }
    about = EVERYWHERE | GUIDES[integration]
    assert {cause: guide for cause, guide in guides.items() if guide not in about} == {}


@pytest.mark.parametrize("cause", table())
def test_each_cause_has_a_page_where_nothing_is_known_of_the_service(cause: str) -> None:
    assert texts_in("en").url(cause)
