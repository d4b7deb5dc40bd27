"""Texts with a secret planted in them, by kind: what redaction is measured and tested on.

The formats are told once more here, from the issuers' documents, so that a mistake in the table of
formats shows. The same seed writes the same texts.
"""

import base64
import json
import re
import string
import tomllib
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from pathlib import Path
from random import Random
from typing import Any, NamedTuple

_ALNUM = string.ascii_letters + string.digits
_URLSAFE = _ALNUM + "-_"
_HEX = "0123456789abcdef"
_UPPER = string.ascii_uppercase + string.digits
_SIGNS = "!#$%^*+~=?"
_SHOWN = 5

TOKENS: Mapping[str, tuple[str, str, int]] = {
    "AWS access key id": ("AKIA", string.ascii_uppercase + "234567", 16),
    "AWS temporary key id": ("ASIA", string.ascii_uppercase + "234567", 16),
    "AWS session token": ("IQoJb3JpZ2luX2VjE", _ALNUM + "+/", 300),
    "Bedrock key": ("ABSK", _ALNUM + "+/", 128),
    "Slack bot": ("xoxb-", _ALNUM, 40),
    "Slack user": ("xoxp-", _ALNUM, 60),
    "Slack app": ("xapp-1-", _UPPER, 60),
    "Slack refresh": ("xoxe-1-", _ALNUM, 140),
    "GitHub classic": ("ghp_", _ALNUM, 36),
    "GitHub OAuth": ("gho_", _ALNUM, 36),
    "GitHub app": ("ghs_", _ALNUM, 36),
    "GitHub fine-grained": ("github_pat_", _ALNUM + "_", 82),
    "GitLab": ("glpat-", _URLSAFE, 20),
    "GitLab runner": ("glrt-", _URLSAFE, 20),
    "GitLab deploy": ("gldt-", _URLSAFE, 20),
    "npm": ("npm_", _ALNUM, 36),
    "PyPI": ("pypi-AgEIcHlwaS5vcmc", _URLSAFE, 140),
    "RubyGems": ("rubygems_", _HEX, 48),
    "NuGet": ("oy2", string.ascii_lowercase + string.digits, 43),
    "crates.io": ("cio", _ALNUM, 32),
    "Docker Hub": ("dckr_pat_", _URLSAFE, 27),
    "Stripe live": ("sk_live_", _ALNUM, 24),
    "Stripe restricted": ("rk_live_", _ALNUM, 24),
    "Stripe webhook": ("whsec_", _ALNUM, 32),
    "OpenAI": ("sk-", _ALNUM, 48),
    "OpenAI project": ("sk-proj-", _ALNUM, 120),
    "Anthropic": ("sk-ant-api03-", _ALNUM, 95),
    "Hugging Face": ("hf_", _ALNUM, 34),
    "Groq": ("gsk_", _ALNUM, 52),
    "Replicate": ("r8_", _ALNUM, 37),
    "Databricks": ("dapi", _HEX, 32),
    "Shopify": ("shpat_", _HEX, 32),
    "Shopify shared": ("shpss_", _HEX, 32),
    "Atlassian": ("ATATT3xFfGF0", _URLSAFE, 170),
    "Bitbucket": ("ATBB", _ALNUM, 32),
    "New Relic user": ("NRAK-", _UPPER, 27),
    "New Relic insert": ("NRII-", _URLSAFE, 32),
    "Google API": ("AIza", _URLSAFE, 35),
    "Google OAuth client": ("GOCSPX-", _URLSAFE, 28),
    "Google access": ("ya29.a0", _URLSAFE, 160),
    "SendGrid": ("SG.abcdefghij1234567890AB.", _URLSAFE, 43),
    "Twilio": ("SK", _HEX, 32),
    "Mailgun": ("key-", _HEX, 32),
    "Brevo": ("xkeysib-", _HEX, 64),
    "DigitalOcean": ("dop_v1_", _HEX, 64),
    "Vault": ("hvs.", _URLSAFE, 95),
    "Doppler": ("dp.pt.", _ALNUM, 43),
    "Pulumi": ("pul-", _HEX, 40),
    "Grafana": ("glsa_", _ALNUM, 40),
    "Sentry": ("sntryu_", _HEX, 64),
    "Dynatrace": ("dt0c01.ST2EY72KQINMH574WMNVI7YN.", _UPPER, 64),
    "Linear": ("lin_api_", _ALNUM, 40),
    "Notion": ("ntn_", _ALNUM, 46),
    "Notion, of old": ("secret_", _ALNUM, 43),
    "Figma": ("figd_", _URLSAFE, 40),
    "Postman": ("PMAK-", _HEX, 58),
    "HubSpot": ("pat-na1-", _HEX, 36),
    "Square": ("sq0atp-", _URLSAFE, 22),
    "Meta": ("EAACEdEose0cBA", _ALNUM, 120),
    "Alibaba": ("LTAI5t", _ALNUM, 18),
    "Heroku": ("HRKU-", _URLSAFE, 60),
    "Fly.io": ("fo1_", _URLSAFE, 43),
    "Supabase": ("sbp_", _HEX, 40),
    "PlanetScale": ("pscale_tkn_", _URLSAFE, 43),
    "SonarQube": ("squ_", _HEX, 40),
    "CircleCI": ("CCIPAT_", _ALNUM, 40),
    "Telegram": ("110201543:AA", _URLSAFE, 33),
    "Entra": ("q4b8Q~", _ALNUM + "-_.~", 34),
    "JWT": ("eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.", _URLSAFE, 43),
    "Discord": ("MTk4NjIyNDgzNDcxOTI1MjQ4.Cl2FMQ.", _URLSAFE, 27),
}


SIGNS = (
    "=",
    ": ",
    ":",
    " = ",
    " : ",
    "=>",
    " => ",
    " := ",
    ":  ",
    "\uff1a",
    "\uff1d",
    " \uff1a ",
    "\uff1d ",
)
OPTIONS = (
    "--password",
    "--token",
    "--api-key",
    "--db-password",
    "--secret",
    "--auth-token",
    "--passphrase",
)
SCHEMES = (
    *(
        "postgresql",
        "postgres",
        "mysql",
        "mongodb+srv",
        "mongodb",
        "redis",
        "amqp",
        "amqps",
        "jdbc:mysql",
    ),
    *("mssql+pyodbc", "snowflake", "ftp", "smtp", "https", "http", "ldap", "clickhouse"),
)
HOSTS = (
    "db.internal",
    "db-1.example.com",
    "10.0.3.7",
    "localhost",
    "mysql",
    "cluster0.ab1cd.mongodb.net",
)
TOLD = ("", "https://", "POST https://", "webhook: https://", "url=https://")
LOCALS = ("jane.doe", "jane", "j_doe+orders", "taro.yamada", "a1b2", "jane-doe")
DOMAINS = ("example.com", "mail.example.co.uk", "example.jp", "sub.example.co.jp", "ex-ample.io")
BETWEEN = (" ", ",", "/", ";", "&", ")", "}", "@", "'", '"', "\\", ", ", "=", ":")


class Planted(NamedTuple):
    """A text, the secret in it, and the kind that the text is counted under."""

    kind: str
    text: str
    secret: str

    def shows(self, redacted: str) -> bool:
        """Whether the secret, or five neighbouring characters of it, can still be read."""
        if self.secret in redacted:
            return True
        frame = self.text.replace(self.secret, " ") + "[redacted][e-mail]"
        ends = len(self.secret) - _SHOWN + 1
        runs = {self.secret[at : at + _SHOWN] for at in range(ends)}
        return any(run in redacted and run not in frame for run in runs)


class Planter:
    """Writes texts of every kind; the same seed, the same texts."""

    def __init__(self, seed: int) -> None:
        self.random = Random(seed)
        self.makers: Mapping[str, Callable[[], str]] = {
            "password": self.password,
            "word": self.word,
            "odd": self.odd,
            "spaced": lambda: (
                f"{self.of(_ALNUM, 6)}, {self.of(_ALNUM, 5)}/{self.of(_ALNUM, 6)} {self.word()}"
            ),
            "key": self.key,
            "named": self.named,
            "base64": lambda: base64.b64encode(self.random.randbytes(64)).decode(),
            "basic": lambda: base64.b64encode(f"etl:{self.password()}".encode()).decode(),
            "hex": lambda: self.of(_HEX, 64),
            "path": lambda: self.of(_ALNUM, 32),
            "mail": lambda: f"{self.random.choice(LOCALS)}@{self.random.choice(DOMAINS)}",
            "aws": lambda: self.of(_ALNUM + "+/", 40),
        }
        table = _table()
        self.words: Mapping[str, Callable[[], str]] = {
            "sign": lambda: self.random.choice(SIGNS),
            "option": lambda: self.random.choice(OPTIONS),
            "scheme": lambda: self.random.choice(SCHEMES),
            "host": lambda: self.random.choice(HOSTS),
            "user": lambda: self.random.choice(("etl", "admin", "svc_orders", "root")),
            "told": lambda: self.random.choice(TOLD),
            "japanese": lambda: str(self.random.choice(table["japanese_names"])),
            "upper": lambda: self.of(_UPPER, 8),
            "uuid": lambda: "-".join(self.of(_HEX, length) for length in (8, 4, 4, 4, 12)),
        }

    def of(self, alphabet: str, length: int) -> str:
        """Characters of an alphabet."""
        return "".join(self.random.choices(alphabet, k=length))

    def token(self, issuer: str | None = None) -> str:
        """A token as its issuer writes them; a Discord bot's begins with its public number."""
        start, alphabet, length = TOKENS[issuer or self.random.choice([*TOKENS][:-1])]
        return start + self.of(alphabet, length)

    def word(self) -> str:
        """A password without signs: letters, then digits."""
        letters = (
            self.of("bcdfghklmnprstvwz", 1) + self.of("aeiou", 1) + self.of("bcdfghklmnprstvwz", 4)
        )
        digits = self.of(string.digits, self.random.randint(1, 4))
        return self.random.choice([letters, letters.title()]) + digits

    def password(self) -> str:
        """A password without blanks, quotes and brackets."""
        length = self.random.randint(4, 20)
        mixed = self.of(_ALNUM, 3) + self.of(_ALNUM + _SIGNS, length) + self.of(_ALNUM, 2) + "7"
        return self.random.choice([self.word(), mixed, mixed, self.of(_ALNUM, 15) + "4"])

    def odd(self) -> str:
        """A password that must stand in quotes: blanks, commas, quotes, slashes, brackets."""
        parts = [
            self.of(_ALNUM, self.random.randint(4, 7)) for _ in range(self.random.randint(2, 4))
        ]
        return "".join(part + self.random.choice(BETWEEN) for part in parts) + self.of(_ALNUM, 5)

    def key(self) -> str:
        """What an API key looks like without a format."""
        alphabet, length = self.random.choice(
            [(_ALNUM, 32), (_HEX, 32), (_ALNUM + "+/", 40), (_URLSAFE, 24)]
        )
        return self.of(alphabet, length - 1) + "5"

    def named(self) -> str:
        """What may go by a name."""
        return self.random.choice([self.key, self.token, self.password])()

    def name(self, secret: str) -> str:
        """A name that the secret may go by."""
        names = ("secret_names", "password_names")[len(secret) < 12 or self.random.random() < 0.3]
        return str(self.random.choice(_table()[names]))

    def write(self, kind: Mapping[str, Any]) -> Planted:
        """One text of a kind of planted.toml."""
        secret = self.makers[self.random.choice(kind["secrets"])]()
        name = self.name(secret)
        told = {"s": secret, "repr": repr(secret), "name": name, "field": re.sub("[-.]", "_", name)}
        words = sorted((*told, *self.words), key=len, reverse=True)
        text = re.sub(
            f"§({'|'.join(words)})",
            lambda match: told.get(match[1]) or self.words[match[1]](),
            self.random.choice(kind["texts"]),
        )
        return Planted(kind["name"], text, secret)


@cache
def _table() -> Mapping[str, Any]:
    return tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))


def _token(planter: Planter) -> Planted:
    issuer = planter.random.choice([*TOKENS])
    secret = planter.token(issuer)
    text = planter.random.choice(_table()["neighbours"]).replace("§s", secret)
    return Planted("tokens", text, secret.partition(".")[2] if issuer == "Discord" else secret)


def _json(planter: Planter) -> Planted:
    """A document in JSON, as a text of JSON again up to four times."""
    secret = planter.random.choice([planter.odd, planter.password, planter.key, planter.token])()
    name = planter.name(secret)
    document: Any = planter.random.choice(
        [
            {name: secret},
            {"user": "etl", name: secret, "host": "db"},
            {"config": {"db": {name: secret}}},
            {"credentials": {"user": "etl", name: secret}},
            [{"a": 1}, {name: secret}],
            {name: [secret, "x"]},
            {name: {"S": secret}},
            {"error": f"bad {name}", name: secret},
        ]
    )
    tight = planter.random.choice([(",", ":"), (", ", ": ")])
    for _ in range(planter.random.randint(1, 5)):
        text = json.dumps(document, separators=tight, ensure_ascii=planter.random.random() < 0.5)
        document = planter.random.choice([text, {"Cause": text}])
    return Planted("JSON, escaped or not", text, secret)


def _pem(planter: Planter) -> Planted:
    """A private key, whole or without its beginning or end."""
    kind = planter.random.choice(["", "RSA ", "EC ", "OPENSSH ", "ENCRYPTED "])
    body = [planter.of(_ALNUM + "+/", 64) for _ in range(planter.random.randint(3, 6))]
    lines = [f"-----BEGIN {kind}PRIVATE KEY-----", *body, f"{planter.of(_ALNUM, 20)}=="]
    lines.append(f"-----END {kind}PRIVATE KEY-----")
    whole = planter.random.choice(["\n", "\\n", " ", "\\\\n", "\r\n"]).join(lines)
    text = planter.random.choice(
        [
            whole,
            f"invalid key {whole} in config",
            whole[: whole.index(body[1]) + 40],
            f"could not load {whole[whole.index(body[1]) - 20 :]}",
            json.dumps({"key": whole}),
            f"\u9375\uff1a{whole}\u3067\u3059",
            f"key {whole[:-10]}",
        ]
    )
    return Planted("PEM", text, body[1] if body[1] in text else body[1][:40])


def planted(seed: int, rounds: int) -> Iterator[Planted]:
    """Texts of all kinds, `rounds` of each way to write one."""
    planter = Planter(seed)
    for _ in range(rounds):
        for write in (_token, _json, _pem):
            yield write(planter)
        for kind in _table()["kind"]:
            yield planter.write(kind)


def tokens(seed: int) -> Iterator[Planted]:
    """A token of every issuer between every kind of neighbours."""
    planter = Planter(seed)
    for issuer in TOKENS:
        for neighbours in _table()["neighbours"]:
            secret = planter.token(issuer)
            hidden = secret.partition(".")[2] if issuer == "Discord" else secret
            yield Planted(f"tokens: {issuer}", neighbours.replace("§s", secret), hidden)
