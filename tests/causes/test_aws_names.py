"""What the names of AWS's errors are evidence of where their words say little."""

import pytest

from tests.causes.make import named, raised

NAMES = [
    ("Press.ProductionAccessNotGrantedException", "permission", "permanent"),
    ("Press.NotOrganizationManagementAccountException", "permission", "permanent"),
    ("Press.InkEncryptionException", "permission", "depends"),
    ("Press.TypeNotDeprecatedException", "data_condition", "depends"),
    ("Press.ResourceDependencyException", "data_condition", "depends"),
    ("Press.NoPublishedVersionException", "resource_not_found", "permanent"),
    ("Press.NetworkFailureException", "network", "depends"),
    ("Press.InkDeliveryFailureException", "service_error", "depends"),
    ("Press.TagPolicyException", "invalid_input", "permanent"),
    ("Press.NotUpdatableException", "invalid_input", "permanent"),
    ("Press.InkNameTooLongException", "invalid_input", "permanent"),
    ("Neptunedata.S3Exception", "service_error", "depends"),
    ("Redshift.SnapshotCopyDisabledException", "resource_busy", "depends"),
]


@pytest.mark.parametrize(("error", "cause", "nature"), NAMES)
def test_a_rare_name_is_understood_by_its_parts(error: str, cause: str, nature: str) -> None:
    service = error.partition(".")[0]
    text = f"It did so. (Service: {service}, Status Code: 400, Request ID: 9)"
    diagnosis = named(error, text, f"aws-sdk:{service.lower()}:x")
    assert (diagnosis.cause, diagnosis.nature) == (cause, nature)


@pytest.mark.parametrize(
    ("code", "words", "cause"),
    [
        ("InvalidSubnet.Range", "The CIDR '10.0.0.0/9' is invalid.", "invalid_input"),
        ("InvalidKeyPair.Format", "Key is not in valid OpenSSH format", "invalid_input"),
        ("InvalidGroup.NotFound", "There is none", "resource_not_found"),
        ("InvalidVolume.ZoneMismatch", "Not in the same zone", "invalid_input"),
    ],
)
def test_what_stands_behind_a_dot_is_no_error_of_the_code(
    code: str, words: str, cause: str
) -> None:
    text = f"An error occurred ({code}) when calling the RunPress operation: {words}"
    assert named(code, raised(code, text), "lambda").cause == cause


@pytest.mark.parametrize(
    ("words", "cause", "nature"),
    [
        ("GetPage cannot be called on REVIEW_IN_PROGRESS presses.", "data_condition", "depends"),
        ("Tags can only be provided when it is being created", "invalid_input", "permanent"),
        ("Ink timeout '9' must be smaller than the interval '8'", "invalid_input", "permanent"),
        ("State cannot be null or empty, choose [FAILED, TIMEOUT]", "invalid_input", "permanent"),
        ("The press does not support the attribute wait.timeout", "invalid_input", "permanent"),
        ("It must be in one of the following statuses [OFF].", "resource_busy", "depends"),
        ("Found running tasks on the press.", "resource_busy", "depends"),
        ("Ink was temporarily disabled.", "resource_busy", "transient"),
        ("The page is currently marked deleted", "resource_not_found", "permanent"),
        ("It is already a delegated administrator", "data_condition", "permanent"),
        ("Cannot create preexisting page", "data_condition", "permanent"),
        ("Duplicate InkName", "data_condition", "depends"),
        ("The storage class you specified is not valid", "invalid_input", "permanent"),
        ("Please ensure the following policies are attached", "permission", "permanent"),
    ],
)
def test_words_tell_what_a_code_for_anything_does_not(words: str, cause: str, nature: str) -> None:
    text = f"{words} (Service: Press, Status Code: 400, Request ID: 9)"
    diagnosis = named("Press.PressException", text, "aws-sdk:press:x")
    assert (diagnosis.cause, diagnosis.nature) == (cause, nature)


def test_an_operation_that_is_not_permitted_is_told_by_its_words() -> None:
    told = {"It may not be terminated.": "data_condition", "It did so.": "permission"}
    for words, cause in told.items():
        text = f"{words} (Service: Ec2, Status Code: 400, Request ID: 9)"
        assert named("Ec2.OperationNotPermittedException", text, "aws-sdk:ec2:x").cause == cause
