"""The names by which an error tells that it is AWS's: made from botocore's models."""

import json

from botocore.loaders import Loader

from tools import service_names
from tools.service_errors import modelled

SERVICES = ("glue", "rds", "ses", "cognito-idp", "cloudfront")


def test_the_file_that_ships_holds_the_names_of_some_services() -> None:
    shipped = json.loads(service_names.PATH.read_text(encoding="utf-8"))
    known = {name for names in shipped.values() for name in names.split()}
    loader = Loader()
    for service in SERVICES:
        codes = [error.code for error in modelled(loader, service)]
        assert service_names.own(codes) <= known, service


def test_a_name_is_awss_own_if_it_is_long_or_nobody_elses() -> None:
    found = service_names.own(
        ["PressPlateInUseException", "MessageRejected", "InvalidOrderException", "ParsingException"]
    )
    assert found == {"pressplateinuse", "messagerejected"}


def test_names_are_filed_by_their_first_letter_in_order() -> None:
    shipped = json.loads(service_names.PATH.read_text(encoding="utf-8"))
    for letter, names in shipped.items():
        assert names.split() == sorted(set(names.split()))
        assert all(name.startswith(letter) for name in names.split())
