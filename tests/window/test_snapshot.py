"""Snapshots: what is kept of a configuration, and what never is."""

from __future__ import annotations

import hashlib
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
)


@pytest.mark.parametrize(("text", "secret"), HIDDEN)
def test_secrets_are_not_kept(text: str, secret: str) -> None:
    """Values of telling names, logins in addresses and private keys, in every common form."""
    kept = snapshot.masked(b"first: line\n" + text.encode() + b"", Redactor()).decode()

    assert secret not in kept
    assert "[secret]" in kept
    assert kept.startswith("first: line\n")


def test_what_is_no_secret_stays_readable() -> None:
    """A snapshot is for reading."""
    text = b"scrape_interval: 15s\ntargets: ['a:9090']\n# the tokenizer and the passage\nport=1\nmax_tokens_note: x\n"
    kept = snapshot.masked(text, Redactor()).decode()

    assert "scrape_interval: 15s" in kept
    assert "# the tokenizer and the passage" in kept


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
