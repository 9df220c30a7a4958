"""`opscheck sri check`: 0 where all match, 1 where one does not, 2 where there is nothing to compare."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from base64 import b64encode
from pathlib import Path

import pytest

from tests.sri.conftest import Command


def _hash(path: Path, algorithm: str = "sha384") -> str:
    return f"{algorithm}-{b64encode(hashlib.new(algorithm, path.read_bytes()).digest()).decode()}"


def _manifest(folder: Path, content: object) -> Path:
    path = folder / "manifest.json"
    path.write_bytes(content if isinstance(content, bytes) else json.dumps(content).encode())
    return path


def test_files_that_match_are_told_one_by_one(sri: Command, dist: Path, tmp_path: Path) -> None:
    """In the manifest's order, with a summary at the end; each form of record counts."""
    names = ("assets/app.js", "assets/app.css", "index.html")
    forms = zip(("sha384", "algo", "integrity"), names, strict=True)
    manifest = _manifest(tmp_path, {name: {key: _hash(dist / name)} for key, name in forms})
    done = sri("check", "--manifest", manifest, "--root", dist)

    assert done.stdout.splitlines() == [*(f"OK  {name}" for name in names), "3 files: 3 OK, 0 ERR"]
    assert (done.returncode, done.stderr) == (0, "")


def test_drift_is_told_with_both_hashes(sri: Command, dist: Path, tmp_path: Path) -> None:
    """Every file is looked at, whatever the first one is."""
    app, style = dist / "assets" / "app.js", dist / "assets" / "app.css"
    hashes = {"assets/app.js": {"sha384": _hash(app)}, "assets/app.css": {"sha384": _hash(style)}}
    manifest = _manifest(tmp_path, hashes)
    old = _hash(app)
    app.write_bytes(b"tampered")
    done = sri("check", "--manifest", manifest, "--root", dist)

    assert done.returncode == 1
    assert done.stdout.splitlines() == [
        f"ERR assets/app.js: expected {old}, current {_hash(app)}",
        "OK  assets/app.css",
        "2 files: 1 OK, 1 ERR",
    ]


def test_a_process_of_its_own_says_the_same(sri: Command, dist: Path, tmp_path: Path) -> None:
    """Its exit code is what a pipeline reads."""
    manifest = _manifest(tmp_path, {"assets/app.js": {"sha384": "sha384-x"}})
    command = [sys.executable, "-m", "opscheck", "sri", "check", "--manifest", str(manifest), "--root", str(dist)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    inside = sri("check", "--manifest", manifest, "--root", dist)

    assert (done.returncode, done.stdout, done.stderr) == (1, inside.stdout, inside.stderr)


@pytest.mark.parametrize(
    ("path", "record", "told"),
    [
        ("assets/app.js", None, "its record is a JSON null, not an object with a hash"),
        ("assets/app.js", "HASH", "its record is a JSON string"),
        ("assets/app.js", ["HASH"], "its record is a JSON array"),
        ("assets/app.js", {}, "its record has none of"),
        ("assets/app.js", {"sha384": ""}, "no known algorithm"),
        ("assets/app.js", {"sha384": "sha384-"}, "expected sha384-, current sha384-"),
        ("assets/app.js", {"sha384": "HASH", "integrity": "sha512-AAAA"}, "expected"),
        ("assets/gone.js", {"sha384": "HASH"}, "no such file or directory"),
        ("assets", {"sha384": "HASH"}, "is a directory"),
        ("../dist/assets/app.js", {"sha384": "HASH"}, "refused: its name leads out of the folder"),
        ("out.js", {"sha384": "HASH"}, "refused: it is a link out of the folder"),
        ("pipe", {"sha384": "HASH"}, "is no regular file"),
        ("https://cdn.example.net/app.js", {"sha384": "HASH"}, "its path is a URL"),
        ("", {"sha384": "HASH"}, "its path is empty"),
        ("a\r\n\u001b[31m.js", {"sha384": "HASH"}, "no such file"),
    ],
)
def test_what_cannot_match_is_drift(  # noqa: PLR0917 - fixtures and a row of the table
    sri: Command, dist: Path, tmp_path: Path, path: str, record: object, told: str
) -> None:
    """Never green, never a traceback, always one line."""
    (tmp_path / "outside.js").write_bytes((dist / "assets" / "app.js").read_bytes())
    (dist / "out.js").symlink_to(tmp_path / "outside.js")
    os.mkfifo(dist / "pipe")
    text = json.dumps({path: record}).replace("HASH", _hash(dist / "assets" / "app.js"))
    done = sri("check", "--manifest", _manifest(tmp_path, text.encode()), "--root", dist)

    assert (done.returncode, done.stderr) == (1, "")
    first, last = done.stdout.splitlines()
    assert first.startswith("ERR ")
    assert told in first
    assert first.isprintable()
    assert last == "1 files: 0 OK, 1 ERR"


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"{}", "names no file"),
        (b"[]", "is a JSON array"),
        (b"null", "is a JSON null"),
        (b'"sha384-x"', "is a JSON string"),
        (b"", "the manifest is empty"),
        (b'{"a": {', "is not JSON from line 1"),
        (b'{"a": {"sha384": "x"}, "a": {"sha384": "y"}}', "the same key twice"),
        (b'{"a": NaN}', "NaN"),
        (b'{"a":' * 100_000, "nested too deeply"),
        (b'{"a": "\\ud800"}', "lone surrogate"),
        (b"\xff\xfe{}", "not valid UTF-8"),
        (b"\xef\xbb\xbf{}", "byte order mark"),
        (b'{"a": ' + b"1" * 5000 + b"}", "a number that is too long"),
    ],
    ids=lambda value: value if isinstance(value, str) else None,
)
def test_a_manifest_that_tells_nothing_is_unusable(
    sri: Command, dist: Path, tmp_path: Path, content: bytes, told: str
) -> None:
    """Exit code 2 and one clear line."""
    done = sri("check", "--manifest", _manifest(tmp_path, content), "--root", dist)

    assert (done.returncode, done.stdout) == (2, "")
    assert told in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_fifty_megabytes_are_no_manifest(sri: Command, dist: Path, tmp_path: Path) -> None:
    """It is told before it is read."""
    path = tmp_path / "manifest.json"
    with path.open("wb") as file:
        file.write(b'{"a": "')
        file.truncate(50 * 1024 * 1024)
    done = sri("check", "--manifest", path, "--root", dist)

    assert done.returncode == 2
    assert done.stderr == f"opscheck: {path}: the manifest is larger than 32 MiB\n"


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("--manifest", "none.json", "--root", "dist"), "none.json: the manifest cannot be read: no such file"),
        (("--manifest", "dist", "--root", "dist"), "dist: the manifest is a directory"),
        (("--manifest", "good.json", "--root", "none"), "none: is no folder"),
        (("--manifest", "good.json", "--root", "good.json"), "good.json: is no folder"),
        (("--manifest", "good.json", "--root", "dist", "--host", "nobody"), 'unknown host "nobody"'),
        (("--manifest", "good.json", "--root", "dist", "--host", "embedded"), "embedded is not running"),
        (("--manifest", "good.json", "--root", "dist", "--host", "http://127.0.0.1:9"), "connection refused"),
    ],
)
def test_a_wrong_argument_is_one_line(
    sri: Command, dist: Path, tmp_path: Path, arguments: tuple[str, ...], told: str
) -> None:
    """Exit code 2, also for a host that is not there."""
    good = {"assets/app.js": {"sha384": _hash(dist / "assets" / "app.js")}}
    (tmp_path / "good.json").write_text(json.dumps(good))
    done = sri("check", *arguments)

    assert done.returncode == 2
    assert told in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_a_hash_in_an_odd_spelling_matches_and_is_told(sri: Command, dist: Path, tmp_path: Path) -> None:
    """Browsers take it; other clients may not."""
    unpadded = _hash(dist / "assets" / "app.js", "sha256").rstrip("=")
    manifest = _manifest(tmp_path, {"assets/app.js": {"integrity": unpadded}})
    done = sri("check", "--manifest", manifest, "--root", dist)

    assert done.returncode == 0
    assert "is not canonical base64" in done.stdout
