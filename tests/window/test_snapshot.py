"""Snapshots: what is kept of a configuration, and what never is."""

from __future__ import annotations

import hashlib
import time
from pathlib import Path

import pytest

from opscheck.redact import Redactor, Secret
from opscheck.window import snapshot
from opscheck.window.store import Store
from tests.standins.web import StandInWeb

HIDDEN = (
    ("MONGO_PASSWORD=hunter2-hunter2\n", "hunter2-hunter2"),
    ("password: 'two words here'\n", "two words"),
    ('  "api_key": "k-123456",\n', "k-123456"),
    ("basic_auth:\n  password: hunter2\nport: 1\n", "hunter2"),
    ("Authorization: Bearer abc.def\n", "abc.def"),
    ("export ADMIN_TOKEN=abcdef\n", "abcdef"),
    ("mongodb://admin:hunter2@127.0.0.1/x\n", "hunter2"),
    ("-----BEGIN RSA PRIVATE KEY-----\nMIIE\nabc\n-----END RSA PRIVATE KEY-----\n", "MIIE"),
    ("-----BEGIN PRIVATE KEY-----\nMIIE cut off", "MIIE"),
    ("client_secret = abc123\n", "abc123"),
    ("aws_secret_access_key = abc123\n", "abc123"),
    ('{"user": "svc", "password": "s3cr:et"}\n', "s3cr"),
    ('{"a": {"password": "it\\"s3cr"}, "token": "t0k"}\n', "s3cr", "t0k"),
    ("environment: { DB_PASSWORD: s3cr, b: 1 }\n", "s3cr"),
    ("password: |\n  s3cr\n\n  s3cr2\nport: 1\n", "s3cr"),
    ("- password: >-\n    s3cr\n  user: a\n", "s3cr"),
    ("password:\n  s3cr\nport: 1\n", "s3cr"),
    ("password:\n# of the database\n  s3cr\nport: 1\n", "s3cr"),
    ("password: |\n  #s3cr\n  ;s3cr2\nport: 1\n", "s3cr"),
    ("#   token: x\n#     s3cr\nport: 1\n", "s3cr"),
    ("passwords:\n- s3cr\n- s3cr2\nport: 1\n", "s3cr"),
    ('"passwords": [\n"s3cr",\n"s3cr2"\n]\n', "s3cr"),
    ("password: '1st-s3\n  s3cr\n  last'\nport: 1\n", "1st-s3", "s3cr", "last"),
    ('password = """\ns3cr\n"""\nport = 1\n', "s3cr"),
    ("password: 1st-s3\n  s3cr\nport: 1\n", "1st-s3", "s3cr"),
    ("- name: DB_PASSWORD\n  value: s3cr\n- name: PORT\n", "s3cr"),
    ("- name: DB_PASSWORD\n  value: |\n    s3cr\n", "s3cr"),
    ("- value: s3cr\n  name: DB_PASSWORD\n", "s3cr"),
    ('{\n  "name": "DB_PASSWORD",\n  "value": "s3cr"\n}\n', "s3cr"),
    ('[{"name": "DB_PASSWORD", "value": "s3cr"}]\n', "s3cr"),
    ('<add key="DbPassword" value="s3cr"/>\n', "s3cr"),
    ("<password>s3cr</password>\n", "s3cr"),
    ('proxy_set_header Authorization "Bearer s3cr";\n', "s3cr"),
    ('proxy_set_header X-Api-Key "s3cr";\n', "s3cr"),
    ("export A=1 DB_PASSWORD=s3cr B=2\n", "s3cr"),
    ("# old: password: s3cr\n", "s3cr"),
    ("#   password: |\n#     s3cr\n", "s3cr"),
    ("command: redis-server --requirepass s3cr --port 1\n", "s3cr"),
    ('command: ["redis-server", "--requirepass", "s3cr"]\n', "s3cr"),
    ("- --requirepass\n- s3cr\n- --port\n", "s3cr"),
    ("run --password \\\n  s3cr \\\n  s3cr2\n", "s3cr"),
    ("requirepass s3cr\n", "s3cr"),
    ("# requirepass s3cr\n", "s3cr"),
    ("masterauth s3cr\n", "s3cr"),
    ("redis_pass: s3cr\n", "s3cr"),
    ("mongopass=s3cr\n", "s3cr"),
    ("bearer: s3cr\n", "s3cr"),
    ("Server=db;Uid=svc;Pwd=s3cr;\n", "s3cr"),
    ("machine db login svc password s3cr\n", "s3cr"),
    ("ENV DB_PASSWORD s3cr\n", "s3cr"),
    ("password => 's3cr'\n", "s3cr"),
    ("url: redis://svc:s3cr@db:6379/0\n", "s3cr"),
    ("url: redis://:s3/c@r@db:6379/0\n", "s3/c", "r@db"),
    ("urls: ['http://a:1', 'https://svc:s3cr@db']\n", "s3cr"),
    ("dsn: svc:s3cr@tcp(db:3306)/x\n", "s3cr"),
    ("password: s3cr\r\nport: 1\r\n", "s3cr"),
)


@pytest.mark.parametrize(("text", "secrets"), [(text, secrets) for text, *secrets in HIDDEN])
def test_secrets_are_not_kept(text: str, secrets: list[str]) -> None:
    """Values of telling names, logins in addresses and private keys, in every common form."""
    kept = snapshot.masked(b"first: line\n" + text.encode() + b"", Redactor()).decode()

    assert [one for one in secrets if one in kept] == []
    assert "[secret]" in kept
    assert kept.startswith("first: line\n")
    for other in ("port: 1", "port = 1", "name: PORT", "- --port", '"user": "svc"', "export A=1"):
        if other in text:
            assert other in kept


# Put together when the test runs: whole, they would be taken for real ones by whoever looks through a repository.
SHAPES = (
    ("eyJ", "hbGciOiJIUzI1NiJ9.", "eyJzdWIiOiIxIn0.", "c2lnbmF0dXJl"),
    ("eyJ", "hIjoi", "YWJjZGVm" * 12),
    ("gh", "p_", "a1B2" * 9),
    ("github", "_pat_", "a1B2_" * 12),
    ("gl", "pat-", "a1B2-c3D4_" * 2),
    ("sk", "-proj-", "a1B2c3D4" * 5),
    ("sk", "-ant-", "api03-", "a1B2c3D4" * 5),
    ("hf", "_", "aBcDeFgHiJ" * 4),
    ("xo", "xb-", "123456789012-", "a1B2" * 6),
    ("AK", "IA", "ABCDEFGH12345678"),
    ("AI", "za", "a1B2c3D" * 5),
    ("sk", "_live_", "a1B2c3D4" * 3),
    ("hv", "s.", "a1B2c3D4" * 3),
    ("$2", "y$10$", "a1B2./" * 8, "a1B2c"),
)


@pytest.mark.parametrize("pieces", SHAPES, ids=range(len(SHAPES)))
@pytest.mark.parametrize(
    "line",
    [
        "plugin_setting: {}",
        "args: [--x, '{}']",
        "curl https://a.example.org/b?c={}",
        "{}",
        r'"A=1\n{}\nB=2"',
        r"x\t{}",
        "a: Bearer%20{}",
        "?c%3D{}",
        r"a: \u0022{}\u0022",
        "my_{}",
    ],
)
def test_tokens_are_known_by_their_looks(line: str, pieces: tuple[str, ...]) -> None:
    """Under names that say nothing, and under none."""
    token = "".join(pieces)

    kept = snapshot.masked(f"port: 1\n{line.format(token)}\nlast: 2\n".encode(), Redactor()).decode()

    assert token not in kept
    assert pieces[-1] not in kept
    assert "[secret]" in kept
    assert kept.startswith("port: 1\n")
    assert kept.endswith("last: 2\n")


def test_a_webhook_is_a_secret() -> None:
    """Whoever has its address may write there."""
    for where, parted in (("hooks.slack.com/services/", "/"), ("discord.com/api/webhooks/123456789/", "-")):
        token = parted.join(["a1B2c3D4"] * 4)
        kept = snapshot.masked(f"api_url: https://{where}{token}\n".encode(), Redactor()).decode()
        assert "a1B2" not in kept


def test_what_is_no_secret_stays_readable() -> None:
    """A snapshot is for reading."""
    text = b"scrape_interval: 15s\ntargets: ['a:9090']\n# the tokenizer and the passage\nport=1\nmax_tokens_note: x\n"
    kept = snapshot.masked(text, Redactor()).decode()

    assert "scrape_interval: 15s" in kept
    assert "# the tokenizer and the passage" in kept


READABLE = (
    "proxy_pass http://agent:8000;",
    "image: qdrant/qdrant:v1.14@sha256:0a1b2c",
    "bypass: true",
    "volumes: ['$PWD/data:/data']",
    "# how many tokens an answer may have",
    "- url: http://127.0.0.1:9090/api",
    "# see task-1234567890123456789012, risk-assessment-of-the-new-cluster-in-may",
    "commit: 0123456789abcdef0123456789abcdef01234567",
    "cost: $1$ a month, $5 or $6$",
    "model: sk-learn",
    "- name: PORT\n  value: 8000\n- name: HOST\n  value: db",
    "scrape_configs:\n  - job_name: agent\n    static_configs:\n      - targets: ['a:1']",
)


@pytest.mark.parametrize("text", READABLE)
def test_what_only_looks_like_a_secret_stays(text: str) -> None:
    """Where requests are passed on to, digests of images, words that begin like others."""
    assert snapshot.masked(f"{text}\n".encode(), Redactor()).decode() == f"{text}\n"


def test_what_follows_a_secret_stays_readable() -> None:
    """A block, a list, a pair and a quoted value end where they end."""
    text = "password: |\n  x1\nuser: svc\nenv:\n- name: DB_PASSWORD\n  value: x2\n- name: PORT\n  value: 80\n"
    kept = snapshot.masked((text + '{"password": "x3", "port": 81}\n').encode(), Redactor()).decode()

    env = snapshot.masked(b"TOKEN=x4\n# the port\nPORT=1\n", Redactor())

    assert env == b"TOKEN=[secret]\n# the port\nPORT=1\n"
    assert kept == (
        "password: |\n  [secret]\nuser: svc\nenv:\n- name: DB_PASSWORD\n  value: [secret]\n- name: PORT\n  value: 80\n"
        '{"password": [secret], "port": 81}\n'
    )


@pytest.mark.parametrize("piece", ["a", "token ", "--", "://", "a:b", '"password": "x", ', "pass=", " - ", "{"])
def test_a_large_line_takes_no_longer_than_a_large_file(piece: str) -> None:
    """Whatever it is made of."""
    began = time.monotonic()
    snapshot.masked((piece * (1_000_000 // len(piece))).encode(), Redactor())

    assert time.monotonic() - began < 20


def test_registered_secrets_are_masked_wherever_they_stand() -> None:
    """The host's own, under any name."""
    redactor = Redactor()
    redactor.register(Secret("admin", "hunter2-hunter2"))

    assert snapshot.masked(b"motd: hunter2-hunter2", redactor) == b"motd: [secret admin]"


def test_the_hash_is_that_of_the_real_content(tmp_path: Path) -> None:
    """So that a changed password shows as a change, without being kept."""
    (tmp_path / "a.env").write_text("PASSWORD=one\n")
    (source,) = snapshot.take(["a.env"], tmp_path, Redactor())
    (tmp_path / "a.env").write_text("PASSWORD=two\n")
    (later,) = snapshot.take(["a.env"], tmp_path, Redactor())

    assert source.sha256 == hashlib.sha256(b"PASSWORD=one\n").hexdigest()
    assert (source.content, source.sha256 == later.sha256) == (later.content, False)


def test_patterns_folders_and_binaries(tmp_path: Path) -> None:
    """Each file once; what is no text is known by its hash only."""
    (tmp_path / "conf" / "sub").mkdir(parents=True)
    for name in ("a.yml", "b.yml", "sub/c.yml"):
        (tmp_path / "conf" / name).write_text(f"{name}: 1\n")
    (tmp_path / "conf" / "logo.png").write_bytes(b"\x89PNG\xff\x00")

    names = [one.name for one in snapshot.take(["conf/*.yml", "conf"], tmp_path, Redactor())]
    assert names == ["conf/a.yml", "conf/b.yml", "conf/logo.png", "conf/sub/c.yml"]
    (logo,) = snapshot.take(["conf/logo.png"], tmp_path, Redactor())
    assert b"no text" in logo.content
    rows = snapshot.keep(snapshot.take(["conf"], tmp_path, Redactor()), Store(tmp_path / "w"), "before")
    assert [row["source"] for row in rows] == ["conf/a.yml", "conf/b.yml", "conf/logo.png", "conf/sub/c.yml"]
    assert all((tmp_path / "w" / row["file"]).is_file() for row in rows)


def test_a_file_that_is_too_large_is_told(tmp_path: Path) -> None:
    """It is no configuration."""
    (tmp_path / "big").write_bytes(b"x" * 5_000_000)
    (source,) = snapshot.take(["big"], tmp_path, Redactor())

    assert source.problem == "is larger than 4 MiB"


def test_what_an_address_answers_is_kept(tmp_path: Path) -> None:
    """Without its query's values; an error of the server is no configuration."""
    table = {"/config": (200, b"scrape_interval: 15s\npassword: hunter2\n"), "/gone": (503, b"")}
    with StandInWeb(table) as web:
        words = [f"{web.url}/config", f"{web.url}/gone", f"{web.url}/gone?key=abc"]
        good, bad, asked = snapshot.take(words, tmp_path, Redactor())

    assert good.content == b"scrape_interval: 15s\npassword: [secret]\n"
    assert (bad.problem, bad.content) == ("answered 503", b"")
    assert asked.name.endswith("/gone?key=[secret]")
