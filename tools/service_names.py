"""The names of AWS's errors: `python -m tools.service_names`.

Run it with PYTHONPATH=lambda_src:. after an upgrade of botocore. Code that calls AWS raises them
without the service (Node's `errorType: MessageRejected`), so the names themselves must tell
that they are AWS's: their parts mean what they mean there. Left out are names of one or two words
that code of any kind raises too, unless they are judged below.
"""

import json
from collections.abc import Iterable
from itertools import groupby
from pathlib import Path

from botocore.loaders import Loader

from sfn_digest.causes.lexicon import bare, words_of_name
from tools.service_errors import modelled

PATH = Path(__file__).parents[1] / "lambda_src" / "sfn_digest" / "causes" / "service_names.json"
_SUFFIXES = ("exception", "error", "fault")
_OWN_FROM = 3
"""So many words make a name AWS's own."""
# Shorter names that nobody else gives.
_JUDGED = frozenset(
    {
        "accountsuspended",
        "aliasexists",
        "associatedinstances",
        "bucketpermission",
        "certificatestate",
        "cfnregistry",
        "codemismatch",
        "createbridge420",
        "createflow420",
        "creategateway420",
        "directorydeleted",
        "directoryunavailable",
        "disabledoperation",
        "domaindeprecated",
        "ec2unexpected",
        "efsio",
        "emptyupload",
        "endpointdisabled",
        "expiredcode",
        "glueencryption",
        "incorrectkey",
        "insufficientcapabilities",
        "internaldependency",
        "invalidactivation",
        "invalidaggregator",
        "invalidcertificate",
        "invalidciphertext",
        "invalidlayer",
        "invalidlexicon",
        "invalidmarker",
        "invalidorigin",
        "invalidpolicy",
        "invalidregion",
        "invalidrevision",
        "invalidrole",
        "invalidruntime",
        "invalidscheme",
        "invalidsignals",
        "invalidssml",
        "invalidsubnet",
        "invalidtag",
        "invalidtags",
        "layerinaccessible",
        "lockoutprevented",
        "lockoutprevention",
        "managedrule",
        "messagerejected",
        "notindex",
        "notnode",
        "notpolicy",
        "notupdatable",
        "organizationstate",
        "outpostoffline",
        "pipelinedeleted",
        "policyenforced",
        "privatetype",
        "publicpolicy",
        "querylimit",
        "recursiveinvocation",
        "regiondisabled",
        "resourceassociated",
        "resourcelimit",
        "sendingpaused",
        "snapstart",
        "subscriptionrequired",
        "tag",
        "taggingfailed",
        "tagoperation",
        "tagpolicy",
        "tagrequired",
        "terminalstate",
        "topicexists",
        "typedeprecated",
        "uninitializedaccount",
        "unmodifiableentity",
        "unsupportedlocale",
        "unsupportedregion",
        "unsupportedtld",
        "usernameexists",
        "wafinternalerror",
    }
)


def own(codes: Iterable[str]) -> set[str]:
    """Those of the codes that tell by themselves that they are AWS's, without their suffix."""
    return {bare(code) for code in codes if bare(code) in _JUDGED or _long(code)}


def _long(code: str) -> bool:
    return sum(word not in _SUFFIXES for word in words_of_name(code)) >= _OWN_FROM


def main() -> None:
    """Writes the file."""
    loader = Loader()
    services = loader.list_available_services("service-2")
    names = own(error.code for service in services for error in modelled(loader, service))
    found = {
        letter: " ".join(same) for letter, same in groupby(sorted(names), lambda name: name[0])
    }
    PATH.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
