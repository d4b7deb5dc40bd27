"""The table of AWS's errors that pass with time: made from botocore's models, judged by hand."""

import json

import pytest
from botocore.loaders import Loader

from sfn_digest.causes import table
from tools import service_errors
from tools.service_errors import Modelled, judged

SERVICES = ("glue", "rds-data", "dynamodb", "autoscaling", "iam", "accessanalyzer", "s3")


def test_every_row_names_a_cause_and_a_nature() -> None:
    for verdict, services in json.loads(service_errors.PATH.read_text(encoding="utf-8")).items():
        cause, nature = verdict.split()
        assert cause in table()
        assert nature in ("transient", "depends", "permanent")
        for codes in services.values():
            assert codes.split() == sorted(set(codes.split()))


def test_the_file_that_ships_holds_what_the_models_of_some_services_give() -> None:
    shipped = json.loads(service_errors.PATH.read_text(encoding="utf-8"))
    loader = Loader()
    errors = [error for name in SERVICES for error in service_errors.modelled(loader, name)]
    for verdict, services in service_errors.rows(errors).items():
        for service, codes in services.items():
            owners = {service} if service else {"", *(error.service for error in errors)}
            known = {code for owner in owners for code in shipped[verdict].get(owner, "").split()}
            assert set(codes.split()) <= known, (verdict, service)


def error(code: str, words: str, status: int | None = 400, *, retryable: bool = False) -> Modelled:
    return Modelled("acme", code, status, retryable, words)


@pytest.mark.parametrize(
    ("known", "verdict"),
    [
        (error("PressHeldException", "The press is in progress."), ("resource_busy", "transient")),
        (
            error("ConflictException", "It is being created, or a press of that name exists."),
            ("resource_busy", "depends"),
        ),
        (error("InvalidPressState", "The press is in transition."), ("resource_busy", "depends")),
        (error("PressFault", "It failed.", 500), ("service_error", "transient")),
        (error("PressHeldException", "", retryable=True), ("resource_busy", "transient")),
        (error("ValidationException", "", retryable=True), None),
        (error("AccessDeniedException", "", 403, retryable=True), None),
        (error("PressNotFoundException", "Try again later: it is being created."), None),
        (error("PressException", "The press is broken."), None),
    ],
)
def test_what_time_mends_is_believed_of_words_and_statuses_but_not_of_every_trait(
    known: Modelled, verdict: tuple[str, str] | None
) -> None:
    assert judged(known) == verdict
