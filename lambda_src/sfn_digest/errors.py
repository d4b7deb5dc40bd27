"""Every error that a person may see: one class, one sentence, and what to do.

    SfnDigestError
    ├── BadRequestError          what was asked for cannot be understood: exit status 2
    │   ├── BadWindowError
    │   ├── BadTagError
    │   ├── BadEventError
    │   ├── BadRulesError
    │   ├── BadReportError
    │   ├── BadDefinitionError
    │   └── UnknownMachineError
    ├── NothingTaggedError
    ├── NothingReportedError
    ├── NothingToPatchError
    ├── BadPatchError
    ├── NothingToReplayError
    ├── InternalError            an error of sfn-digest itself
    ├── AccountError             AWS refused or cannot be reached
    │   ├── NoCredentialsError
    │   ├── NoEndpointError
    │   └── AccessDeniedError
    └── SlackError               Slack refused or cannot be reached
        └── UndeliveredError     the report is kept and can be posted later

Messages never hold a secret, an execution's input, or text from a cause.
"""


class SfnDigestError(Exception):
    """Something a person must act on; its text says what is wrong and what to do."""

    @property
    def sentence(self) -> str:
        """The text as it was given: a Message where it can be translated."""
        return next((each for each in self.args if isinstance(each, str)), "")


class AnotherRunError(Exception):
    """Another run makes the report, or has made it: no error that a person must act on."""


class BadRequestError(SfnDigestError):
    """The request cannot be understood; nothing was read and nothing was posted."""


class BadWindowError(BadRequestError):
    """The window is empty, in the future, or older than the history that is kept."""


class BadTagError(BadRequestError):
    """The tag is not KEY=VALUE."""


class BadEventError(BadRequestError):
    """The Lambda's event is not an object with the names the product knows."""


class BadRulesError(BadRequestError):
    """The file of the user's own causes holds a rule that cannot be understood."""


class BadReportError(BadRequestError):
    """The file holds no JSON report of this release's schema."""


class BadAccountsError(BadRequestError):
    """The file of accounts cannot be read, or names something that is no account."""


class BadDefinitionError(BadRequestError):
    """The file holds no definition of a state machine, or not the one that was asked for."""


class UnknownMachineError(BadRequestError):
    """No tagged state machine has this name."""


class NothingTaggedError(SfnDigestError):
    """No state machine in the account and Region carries the tag."""


class NothingReportedError(SfnDigestError):
    """No account has sent a report, and none is expected."""


class NothingToPatchError(SfnDigestError):
    """No hint on the state machine is a change that can be written down."""


class BadPatchError(SfnDigestError):
    """Step Functions would not take the patched definition; nothing was written."""


class NothingToReplayError(SfnDigestError):
    """There is no history of the state machine that a change could be replayed on."""


class InternalError(SfnDigestError):
    """Something that no part of sfn-digest expects went wrong; the log has the stack trace."""


class AccountError(SfnDigestError):
    """AWS refused a call that the report cannot do without, or cannot be reached."""


class NoCredentialsError(AccountError):
    """boto3 found no credentials, or they have expired."""


class NoEndpointError(AccountError):
    """The Region has no Step Functions endpoint, or it cannot be reached."""


class AccessDeniedError(AccountError):
    """The caller may not make a call that the report cannot do without."""


class SlackError(SfnDigestError):
    """Slack did not take the message; the text says why and what to change."""


class UndeliveredError(SlackError):
    """The digest was made and kept but not posted, or not surely; the text says how to post it."""
