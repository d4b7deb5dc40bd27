"""The digest as a construct, for CDK apps of your own: `SfnDigest(self, "Digest", channel=...)`."""

from pathlib import Path

from aws_cdk import Annotations, Stack, Token
from constructs import Construct

from .alarms import digest_alarms, stream_alarms
from .bundling import bundle, defaults
from .function import digest_function
from .schedule import digest_schedule
from .settings import Settings, read_settings
from .stream import event_collector
from .values import SettingError
from .warnings import settings_warnings


class SfnDigest(Construct):
    """Everything that a digest needs, in the stack around it.

    It takes the settings of docs/deploy.md by their names, with underscores: `channel` must be
    given, the others have cdk.json's defaults. Raises SettingError, with one sentence, for a wrong
    one. `function`, `failures` (the queue) and `schedule` are what it made.

        SfnDigest(self, "Digest", channel="C0123456789", time_zone="Asia/Tokyo")
    """

    def __init__(self, scope: Construct, name: str, **settings: object) -> None:
        super().__init__(scope, name)
        read = settings_of(**settings)
        if read.regions:
            raise SettingError(
                "regions is a setting of the app: a construct is in the Region of its stack."
            )
        self._make(read, read.asset or bundle(rules=read.rules))

    @classmethod
    def of(cls, scope: Construct, name: str, settings: Settings, asset: Path) -> "SfnDigest":
        """The same from settings that have been read, and the Lambda's folder."""
        made = cls.__new__(cls)
        Construct.__init__(made, scope, name)
        made._make(settings, asset)
        return made

    def _make(self, settings: Settings, asset: Path) -> None:
        region = Stack.of(self).region
        known = None if Token.is_unresolved(region) else region
        digest = digest_function(self, settings, asset)
        self.function, self.failures = digest.function, digest.failures
        self.schedule = digest_schedule(self, settings, digest)
        digest_alarms(self, settings, settings.topics_in(known), digest)
        if digest.stream:
            queues = event_collector(self, settings, asset, digest.stream)
            stream_alarms(self, settings.topics_in(known), *queues)
        for warning, text in settings_warnings(settings):
            Annotations.of(self).add_warning_v2(warning, text)


def settings_of(**given: object) -> Settings:
    """The settings by their names with underscores, over cdk.json's defaults."""
    standard = defaults()
    named = {name.replace("_", "-"): value for name, value in given.items()}
    if unknown := sorted(named.keys() - standard.keys()):
        raise SettingError(f"{unknown[0]} is not a setting: docs/deploy.md lists them all.")
    return read_settings({**standard, **named})
