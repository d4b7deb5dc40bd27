"""Secrets and odd characters never come out, whatever surrounds them."""

import re
import string
import tomllib
from pathlib import Path

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from bench.redaction import recall
from sfn_digest.causes import redact
from sfn_digest.i18n.sanitize import clean
from tests.causes.make import child, dumps, named, raised, task
from tests.causes.planted import TOKENS, planted, tokens
from tests.causes.test_hostile import HOSTILE

SECRETS = {
    "an access key id": "AKIAIOSFODNN7EXAMPLE",
    "a temporary key id": "ASIAY34FZKBOKMUTVV7A",
    "a secret access key": "wJalrXUtnFEMI9K7MDENGabPxRfiCYEXAMPLEKEY1",
    "a session token": "IQoJb3JpZ2luX2VjEJr//////////wEaCXVzLWVhc3QtMSJHMEUCIQD" + "aB3" * 40,
    "a Slack bot token": "xoxb-123456789012-abcdefGHIJKL",
    "a Slack app token": "xapp-1-A01-2345-abcdef",
    "a Slack webhook": "https://hooks.slack.com/services/T000/B000/abcdEFGH1234",
    "a GitHub token": "ghp_" + "a1B2" * 9,
    "a fine-grained GitHub token": "github_pat_" + "11AAB2C3" * 5,
    "a GitLab token": "glpat-abcdEFGH1234ijklMNOP",
    "a JSON web token": "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.SflKxwRJSMeKKF2QT4fwpM",
    "an OpenAI key": "sk-proj-abcdEFGH1234ijklMNOP5678",
    "a Stripe key": "sk_live_abcdEFGH1234ijklMNOP",
    "a long hex digest": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    "an e-mail address": "jane.doe+orders@mail.example.co.uk",
    "a private key": "-----BEGIN PRIVATE KEY-----\nMIIEow\nIBAAKC\n-----END PRIVATE KEY-----",
}
FRAMES = (
    "{}",
    "could not sign in with {} today",
    'the answer was "{}", so it failed',
    "value={};next",
    "({})",
)


@pytest.mark.parametrize("frame", FRAMES)
@pytest.mark.parametrize("secret", SECRETS.values(), ids=SECRETS)
def test_a_secret_is_masked_wherever_it_stands(secret: str, frame: str) -> None:
    shown = redact(frame.format(secret))
    assert secret not in shown
    assert not any(part in shown for part in re.findall(r"[A-Za-z0-9+/]{12,}", secret)), shown


@pytest.mark.parametrize(
    "text",
    [
        "password=hunter2",
        "Password: hunter2 rejected",
        "db_password = 'hunter2'",
        '{"dbPassword":"hunter2"}',
        '{\\"client_secret\\": \\"hunter2\\"}',
        "PGPASSWORD=hunter2 psql",
        "Server=db;User Id=etl;Password=hunter2;Encrypt=True",
        "postgresql://etl:hunter2@db.internal:5432/orders",
        "https://etl:hunter2@api.example/v1",
        "https://bucket.s3.amazonaws.com/key?X-Amz-Signature=hunter2&X-Amz-Date=1",
        "Authorization: Bearer hunter2hunter2",
        "authorization: Basic ZXRsOmh1bnRlcjI=hunter2",
        "x-api-key: hunter2",
        "api key: hunter2",
        "AccountKey=hunter2==;EndpointSuffix=core",
        "a=b&access_token=hunter2&c=d",
        "run --secret=hunter2",
        "Set-Cookie: hunter2; Path=/",
        "a=password=hunter2",
    ],
)
def test_the_value_of_a_secrets_name_is_masked(text: str) -> None:
    assert "hunter2" not in redact(text)


@pytest.mark.parametrize(
    "text",
    [
        "not authorized to perform: secretsmanager:GetSecretValue on resource: x",
        "arn:aws:secretsmanager:eu-west-1:210987654321:secret:db-AbCdEf is not there",
        "ResourceInitializationError: unable to pull secrets or registry auth: pull failed",
        "Unexpected token u in JSON at position 0",
        "KeyError: 'customer'",
        "arn:aws:lambda:eu-west-1:210987654321:function:load-orders-2024-from-the-old-warehouse",
        "s3://data-lake/raw/2024/05/01/part-00000-8b1f7c1e-3b0a-4a3c-9a55-1f0c2f7d9a10.parquet",
        "https://sqs.eu-west-1.amazonaws.com/210987654321/orders",
    ],
)
def test_what_helps_to_find_the_fault_stays(text: str) -> None:
    assert redact(text) == text


RECALL = recall(planted(seed=1, rounds=40))
NOTHING_SECRET = Path(__file__).with_name("nothing_secret.txt").read_text(encoding="utf-8")
FRAMES_OF_NAMES = tuple(
    text
    for kind in tomllib.loads(Path(__file__).with_name("planted.toml").read_text(encoding="utf-8"))[
        "kind"
    ]
    if kind["name"] in ("name and value", "YAML", "XML", "environment", "Name and Value")
    for text in kind["texts"]
)
PASSWORDS = st.text(string.ascii_letters + string.digits + "!#%+~", min_size=6, max_size=40)


@pytest.mark.parametrize("kind", sorted(RECALL))
def test_of_every_kind_at_most_one_planted_secret_in_a_hundred_can_be_read(kind: str) -> None:
    counted = RECALL[kind]
    assert counted.share >= 99 or len(counted.missed) <= 1, [
        (text.text, redact(text.text)) for text in counted.missed
    ]


def test_a_token_of_every_issuer_is_masked_between_any_neighbours() -> None:
    seen = [text for text in tokens(seed=2) if text.shows(redact(text.text))]
    assert seen == []
    assert len(TOKENS) > 60


@given(st.sampled_from(FRAMES_OF_NAMES), PASSWORDS, st.sampled_from(["=", ": ", ":", "\uff1a"]))
def test_what_a_password_is_named_by_hides_it(frame: str, password: str, sign: str) -> None:
    secret = f"k7{password}9x"
    text = frame.replace("\u00a7name", "db_password").replace("\u00a7sign", sign)
    shown = redact(text.replace("\u00a7s", secret))
    assert secret not in shown
    # What stands around it may hold the same letters.
    assert shown.count(password) <= text.count(password)


@given(st.integers(0, 6), st.text(min_size=1, max_size=30), st.text(max_size=30))
def test_json_may_be_escaped_any_number_of_times(depth: int, before: str, after: str) -> None:
    text = dumps({"note": before, "password": f'k7 {after}\\",hunter2', "more": after})
    for _ in range(depth):
        text = dumps(text)
    assert "hunter2" not in redact(text)


def test_a_text_without_a_secret_stays_as_it_is() -> None:
    changed = [text for text in NOTHING_SECRET.splitlines() if redact(text) != text]
    assert changed == []


@pytest.mark.slow
@pytest.mark.parametrize("piece", [*HOSTILE, *("pass", "token: ", "パスワード", "-p ")])
def test_a_long_run_of_anything_is_redacted(piece: str) -> None:
    assert len(redact((piece * 4096)[:4096] + '"@x')) > 0


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("login to postgres://etl:k7x@db/x failed", "login to postgres://[redacted]@db/x failed"),
        (
            "GET https://a.example/v1?page=2&sig=k7x",
            "GET https://a.example/v1?page=2&sig=[redacted]",
        ),
        ("パスワード\uff1ahunter2が違います", "パスワード\uff1a[redacted]が違います"),
        ("mysql -u etl -pS3cret7 -h db failed", "mysql -u etl -p[redacted] -h db failed"),
        ('{"user":"etl","password":"a, b"}', '{"user":"etl","password":"[redacted]"}'),
        ("no mailbox jane@example.com", "no mailbox [e-mail]"),
    ],
)
def test_what_is_left_still_tells_what_happened(text: str, shown: str) -> None:
    assert redact(text) == shown


@pytest.mark.parametrize("secret", SECRETS.values(), ids=SECRETS)
def test_no_message_or_error_of_a_diagnosis_holds_a_secret(secret: str) -> None:
    parts = re.findall(r"[A-Za-z0-9+/]{12,}", secret)
    causes = [
        secret,
        raised("ValueError", f"no access with {secret}"),
        raised(secret, secret),
        task(f"could not start {secret}", "TaskFailedToStart", environment=secret),
        child("Boom", raised("E", f"x {'y' * 960} {secret} z")),
        dumps({"unheard": {"of": secret}}),
        f"{'word ' * 198}{secret}{secret} (Service: S3, Status Code: 403, Request ID: 1)",
    ]
    for cause in causes:
        for error in ("States.TaskFailed", secret):
            diagnosis = named(error, cause)
            shown = f"{diagnosis.error} {diagnosis.message} {diagnosis.group}"
            assert secret not in shown
            assert not any(part in shown for part in parts), shown


WORDS = st.text(string.ascii_letters + string.digits + " .,:;=/'\"{}[]()@?&-_\\\n", max_size=60)


# After these a long number is that of a file, an image or a request.
DIGESTS = re.compile(
    r"(?i)(?:sha|md5|digest|checksum|commit|rev(?:ision)?|parse|checkout|pick|tree|parent|hard|etag"
    r"|hash|crc\w*|image|layer|build|version|id|id-2)[-\d]*[ =:@(\"'\\]*$"
)


@given(WORDS, st.sampled_from(sorted(SECRETS)), WORDS)
def test_a_secret_is_masked_between_any_words(before: str, name: str, after: str) -> None:
    assume(not DIGESTS.search(before))
    secret = SECRETS[name]
    assert secret not in redact(f"{before} {secret} {after}")


@given(st.text(max_size=200))
def test_redacting_twice_changes_nothing_more(text: str) -> None:
    once = redact(text)
    assert redact(once) == once


def test_what_is_masked_stays_so_when_it_is_redacted_again() -> None:
    shown = [redact(each.text) for each in planted(seed=3, rounds=20)]
    assert [redact(text) for text in shown] == shown


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a\u202eb\u200bc\x00d\x1b[31me\ufefff", "abcd[31mef"),
        ("two\n\n  lines\tof text ", "two lines of text"),
        ("na\u00efve \u51e6\u7406\u4e2d", "na\u00efve \u51e6\u7406\u4e2d"),
        ("half a pair \ud83d", "half a pair"),
        ("a\u2028b\u00a0c", "a b c"),
    ],
)
def test_what_cannot_be_seen_is_taken_out(text: str, shown: str) -> None:
    assert clean(text, 100) == shown


@given(st.text(), st.integers(0, 50))
def test_a_cleaned_text_is_printable_encodable_and_within_its_limit(text: str, limit: int) -> None:
    shown = clean(text, limit)
    assert len(shown) <= limit
    shown.encode("utf-8")
    assert not re.search("[\x00-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff]", shown)
    assert "  " not in shown


def test_a_text_that_was_cut_says_so() -> None:
    assert clean("abcdef", 4) == "abc\u2026"
    assert clean("abcd", 4) == "abcd"


SHOWN = "kQ7!mZ2@rT9x"
BOLD = "".join(chr(ord(each) - ord("a") + 0x1D5EE) for each in "password")


@pytest.mark.parametrize(
    "text",
    [
        # A value on a line of its own, beside its name without brackets, or in a call.
        f"passwords:\n  - {SHOWN}\n",
        f"db_password:\\n  - {SHOWN}",
        f"could not set 'DB_PASS', '{SHOWN}'",
        f'["aws", "configure", "set", "aws_secret_access_key", "{SHOWN}"]',
        f"row (password, {SHOWN}) is a duplicate",
        f'DB_PASS("{SHOWN}")',
        f"smtpPass「{SHOWN}」",
        # A password by its place, or written to a tool.
        f"htpasswd -bB /etc/users bob {SHOWN}",
        f"openssl enc -aes-256-cbc -k {SHOWN}",
        f"echo '{SHOWN}' | sudo -S apt-get update",
        f"echo {SHOWN} | docker login -u me --password-stdin",
        f"printf {SHOWN} | kinit bob",
        f"sudo -S id <<< {SHOWN}",
        f"aws ssm put-parameter --name /db --value {SHOWN} --type SecureString",
        f"mc alias set store https://store.example.com reader {SHOWN}",
        f"rclone obscure {SHOWN}",
        f"Command # 1 (AUTH etl {SHOWN}) of pipeline caused error",
        f"net use Z: \\\\srv\\share {SHOWN} /user:etl",
        f"net use \\\\srv\\share /user:etl {SHOWN}",
        # Words between a name and its value, in other languages, letters and quotes.
        f"Invalid API key provided: {SHOWN}. See your account",
        f"The secret is: {SHOWN}",
        f"contraseña: {SHOWN} incorrecta",
        f"senha={SHOWN}",
        f"{BOLD}: {SHOWN}",
        f"\\x22password\\x22:\\x22{SHOWN}\\x22",
        f"GET /callback?state=1&code={SHOWN} failed with 400",
        # A header without a word that all secrets share.
        f"X-JFrog-Art-Api: {SHOWN}",
        "POST https://hooks.zapier.com/hooks/catch/1234567/b4nx9q failed",
    ],
)
def test_a_value_is_masked_where_its_name_or_place_alone_tells(text: str) -> None:
    shown = redact(text)
    assert "[redacted]" in shown
    assert SHOWN not in shown
    assert "b4nx9q" not in shown


@pytest.mark.parametrize(
    "token",
    [
        "sdk-5f0c2e1a-7b3d-4c9e-8a1f-0d2b4c6e8f10",
        "sk-lf-5f0c2e1a-7b3d-4c9e-8a1f-0d2b4c6e8f10",
        "fc-0a1b2c3d4e5f60718293a4b5c6d7e8f9",
        "live_0a1b2c3d4e5f60718293a4b5c6d7e8f90a1",
        "re_Ab12Cd34_Ef56Gh78Ij90Kl12Mn34Op56",
        "fw_3ZkQ9mB7xW2pL5vN8rT1yH4c",
        "API-6ABCDEFGHJ7KLMNPQRST2UVWXY",
        "as-Ab1Cd2Ef3Gh4Ij5Kl6Mn7O",
        "AQ.Ab8RN6Ab1Cd2Ef3Gh4Ij5Kl6Mn7Op8Qr9",
    ],
)
@pytest.mark.parametrize("frame", ["got {} from env", "鍵{}は無効です", "KEY={}"])
def test_tokens_of_services_are_masked_by_their_first_characters(token: str, frame: str) -> None:
    assert token not in redact(frame.format(token))


@pytest.mark.parametrize(
    "text",
    [
        "echo done | tee log.txt",
        "curl: use -k to skip the check of the certificate",
        "openssl 3.0 is required; pass -k to skip",
        "Password:\n  - must have 12 characters",
        "SELECT password, created_at FROM users",
        "api-gateway and sdk-java failed with fc-cache",
        "errors: password - is too short",
        "mc alias set failed: no such host",
        "AUTH CRAM-MD5 failed, and AUTH LOGIN with 535",
        "SMTP AUTH extension not supported by server v2",
        "net use \\\\srv\\share failed with 53",
        'Bearer realm="https://auth.docker.io/token",service="registry.docker.io"',
        "git rev-parse 0a1b2c3d4e5f67890a1b2c3d4e5f67890a1b2c3d failed",
        "GET /orders?filter=a%20eq%201&page=2 answered 404",
        "token provided: none; the password is: incorrect; key received: expired",
    ],
)
def test_what_only_looks_like_a_command_with_a_password_stays(text: str) -> None:
    assert redact(text) == text


DISGUISED = (
    "p a s s w o r d = {}", "P A S S W O R D: {}", "p.a.s.s.w.o.r.d={}", "s-e-c-r-e-t={}",
    "p\u0430ssw\u043erd={}", "\u0440assword: {}", "pass\u200bword={}", "pass\u00adword: {}",
    "p\u00e1ssword={}", "passw0rd={}", "pa55word: {}", "p@ssword={}", "l\u00f6senord: {}",
    "password%253D{}", "bearer:{}", "bearer={}",
)  # fmt: skip


def test_a_name_that_is_spaced_or_written_with_look_alikes_is_a_secret_s_all_the_same() -> None:
    secret = "Zq7vN2mLt9Rz4Kw8"
    shown = [redact(text.format(secret)) for text in DISGUISED]
    assert [text for text in shown if secret in text] == []


def test_words_that_only_resemble_disguised_names_stay() -> None:
    texts = [
        "Invalid Token: 'Invalid token' (Service: Sfn, Status Code: 400, Request ID: 0a1b-2c3d)",
        "SignatureDoesNotMatch: Signature expired: 20300101T000000Z is now earlier",
        "p a s s e d 12 of 12",
        "\u041e\u0448\u0438\u0431\u043a\u0430 \u0432 \u0441\u0442\u0440\u043e\u043a\u0435 5",
        "caf\u00e9: 12 orders failed",
        "zero\u200bwidth: 12 orders failed",
        "bearer: none",
        "p@ssed 9 of 9",
    ]
    assert [redact(text) for text in texts] == texts
