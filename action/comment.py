"""Writes the backtest as one comment on a pull request, updated in place; Python's own library."""

import hashlib
import json
import os
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

_PAGE = 100
_MOST_PAGES = 50
_LONGEST = 65_000
"""Characters that GitHub takes of a comment, less some for the rest of it."""


class GitHub:
    """The comments of one pull request."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        api = environment.get("GITHUB_API_URL", "https://api.github.com")
        self._repository = f"{api}/repos/{environment['GITHUB_REPOSITORY']}"
        self._number = int(environment["PULL_REQUEST"])
        self._token = environment["GITHUB_TOKEN"]

    def write(self, marker: str, text: str) -> str:
        """Write the comment that carries the marker, or a new one; gives its address."""
        body = {"body": f"{marker}\n{text}"}
        for comment in self._comments():
            if str(comment.get("body", "")).startswith(marker):
                address = f"{self._repository}/issues/comments/{int(comment['id'])}"
                return str(self._call("PATCH", address, body)["html_url"])
        return str(self._call("POST", self._all, body)["html_url"])

    @property
    def _all(self) -> str:
        return f"{self._repository}/issues/{self._number}/comments"

    def _comments(self) -> Iterator[Mapping[str, Any]]:
        for number in range(1, _MOST_PAGES + 1):
            page = self._call("GET", f"{self._all}?per_page={_PAGE}&page={number}")
            yield from page
            if len(page) < _PAGE:
                return

    def _call(self, method: str, address: str, body: object = None) -> Any:
        request = urllib.request.Request(  # noqa: S310 - GitHub's own address
            address,
            method=method,
            data=None if body is None else json.dumps(body).encode(),
            headers={
                "Accept": "application/vnd.github+json",
                "Authorization": f"Bearer {self._token}",
                "Content-Type": "application/json",
                "X-GitHub-Api-Version": "2022-11-28",
            },
        )
        with urllib.request.urlopen(request, timeout=30) as answer:  # noqa: S310
            return json.load(answer)


def marker_of(environment: Mapping[str, str]) -> str:
    """What tells this comment from others: one for each definition and state machine."""
    names = [environment.get(name, "") for name in ("DEFINITION", "MACHINE", "RESOURCE")]
    key = hashlib.sha256("\0".join(names).encode()).hexdigest()[:16]
    return f"<!-- sfn-digest backtest {key} -->"


def _capped(text: str) -> str:
    """As many whole lines as GitHub takes, and where the rest is."""
    if len(text) <= _LONGEST:
        return text
    return f"{text[:_LONGEST].rpartition(chr(10))[0]}\n\nThe rest is in the summary of the job."


def main(file: str, environment: Mapping[str, str]) -> int:
    """Write the comment; gives the exit status."""
    text = _capped(Path(file).read_text(encoding="utf-8"))
    try:
        address = GitHub(environment).write(marker_of(environment), text)
    except urllib.error.HTTPError as error:
        sys.stderr.write(
            f"::error::GitHub did not take the comment (HTTP {error.code}): give the job the "
            "permission pull-requests: write. Pull requests from forks have no such token.\n"
        )
        return 1
    except OSError as error:
        sys.stderr.write(f"::error::GitHub could not be reached ({type(error).__name__}).\n")
        return 1
    sys.stdout.write(f"{address}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], os.environ))
