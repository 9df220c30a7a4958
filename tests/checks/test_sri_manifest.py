"""Files and manifest that are not of the same build have to be found; a manifest that tells nothing is never green."""

from __future__ import annotations

import pytest

from opscheck.checks.sri_manifest import sri_manifest
from opscheck.model import Outcome
from opscheck.model.files import FileDigest, LocalFile
from tests.checks.answers import HOSTILE, refused
from tests.checks.pages import STALE, file, folder, local, sri
from tests.checks.proofs import is_complete, red

ID = "sri-manifest"
NAME = "assets/a.js"


@pytest.mark.proof(check=ID, outcome="PASS")
@pytest.mark.parametrize(
    "record",
    [
        {"sha384": sri()},
        {"algo": sri()},
        {"integrity": sri(algorithm="sha512")},
        {"sha256": sri(algorithm="sha256"), "sha384": sri(), "size": 8},
        {"integrity": f"{sri(STALE, 'sha256')} {sri()}"},
    ],
    ids=["sha384", "algo", "integrity", "several", "strongest"],
)
def test_files_as_the_manifest_says_pass(record: dict[str, object]) -> None:
    """In each form of record that holds a hash."""
    assert sri_manifest(local({NAME: record}), folder(file(NAME))).outcome is Outcome.PASS


@pytest.mark.parametrize("path", ["/assets/a.js", "./assets/a.js"])
def test_a_path_may_begin_at_the_root(path: str) -> None:
    """The folder is the root."""
    assert sri_manifest(local({path: {"sha384": sri()}}), folder(file(NAME))).outcome is Outcome.PASS


def test_two_records_may_mean_one_file() -> None:
    """Each by an algorithm of its own."""
    manifest = local({NAME: {"sha384": sri()}, f"/{NAME}": {"sha256": sri(algorithm="sha256")}})
    both = [FileDigest(NAME, {key: value}) for key, value in file(NAME).digests.items() if key != "sha512"]

    assert sri_manifest(manifest, folder(*both)).outcome is Outcome.PASS


@pytest.mark.parametrize(
    ("record", "seen", "told"),
    [
        red(ID, "manifest-drift", {"sha384": sri()}, file(NAME, STALE), "current sha384-"),
        red(ID, "manifest-drift", {"sha384": sri(), "algo": sri(STALE)}, file(NAME), "expected", name="two-hashes"),
        red(ID, "manifest-drift", {"sha384": "sha384-%"}, file(NAME), "expected", name="malformed"),
        red(ID, "manifest-file-missing", {"sha384": sri()}, file(NAME, problem="no such file or directory"), "no such"),
        red(ID, "manifest-file-missing", {"sha384": sri()}, file(NAME, problem="is a directory"), "dir", name="folder"),
        red(
            ID,
            "manifest-file-missing",
            {"sha384": sri()},
            file(NAME, problem="refused: its name leads out of the folder"),
            "refused",
            name="outside",
        ),
        red(ID, "manifest-record-unusable", sri(), file(NAME), "is a JSON string"),
        red(ID, "manifest-record-unusable", None, file(NAME), "is a JSON null", name="null"),
        red(ID, "manifest-record-unusable", [sri()], file(NAME), "is a JSON array", name="array"),
        red(ID, "manifest-record-unusable", {}, file(NAME), "has none of sha256", name="empty"),
        red(ID, "manifest-record-unusable", {"sha384": ""}, file(NAME), "no known algorithm", name="empty-hash"),
        red(ID, "manifest-record-unusable", {"algo": "sha1-x"}, file(NAME), "no known algorithm", name="sha1"),
        red(ID, "manifest-record-unusable", {"sha384": 7}, file(NAME), "is a JSON number", name="number"),
        red(
            ID, "manifest-record-unusable", {"sha384": sri(algorithm="sha256")}, file(NAME), "is a sha256", name="other"
        ),
    ],
)
def test_a_fault_is_found(record: object, seen: FileDigest, told: str) -> None:
    """The file is named, with what was expected and what there is."""
    verdict = sri_manifest(local({NAME: record}), folder(seen))

    assert verdict.outcome is Outcome.FAIL
    assert told in verdict.observed
    assert is_complete(verdict)


@pytest.mark.parametrize(
    ("manifest", "reason"),
    [
        red(ID, "manifest-unusable", local({}), "names no file"),
        red(ID, "manifest-unusable", local([{NAME: {"sha384": sri()}}]), "is a JSON array", name="array-as-manifest"),
        red(ID, "manifest-unusable", local(None), "is a JSON null", name="null-as-manifest"),
        red(ID, "manifest-unusable", local(b'{"a": 1, "a": 2}'), "same key twice", name="duplicate-key"),
        red(ID, "manifest-unusable", local(b'{"a": NaN}'), "NaN", name="nan"),
        red(ID, "manifest-unusable", local(b"[" * 100_000), "nested too deeply", name="nested"),
        red(ID, "manifest-unusable", local(b"", "no such file or directory"), "no such file", name="absent"),
        red(ID, "manifest-unusable", local(b"", "is larger than 32 MiB"), "the manifest is larger", name="large"),
    ],
)
def test_a_manifest_that_tells_nothing_fails(manifest: LocalFile, reason: str) -> None:
    """There is nothing that could be green."""
    verdict = sri_manifest(manifest, folder())

    assert verdict.outcome is Outcome.FAIL
    assert reason in verdict.reason
    assert is_complete(verdict)


def test_an_odd_spelling_is_degraded() -> None:
    """It matches here; whoever is stricter refuses it."""
    record = {"sha256": sri(algorithm="sha256").rstrip("=")}

    assert sri_manifest(local({NAME: record}), folder(file(NAME))).outcome is Outcome.DEGRADED


@pytest.mark.proof(check=ID, outcome="UNMEASURED")
@pytest.mark.parametrize(
    ("manifest", "seen"),
    [
        (refused(), folder()),
        (local({NAME: {"sha384": sri()}}), folder(file(NAME, problem="permission denied"))),
        (local({NAME: {"sha384": sri()}}), folder()),
        (local(b"", "permission denied"), folder()),
    ],
    ids=["refused", "unreadable-file", "not-looked-at", "unreadable-manifest"],
)
def test_what_could_not_be_read_is_unmeasured(manifest: LocalFile, seen: object) -> None:
    """The user who runs this may not read it; whether it is right is not known."""
    verdict = sri_manifest(manifest, seen)  # type: ignore[arg-type] # a folder's digests

    assert verdict.outcome is Outcome.UNMEASURED


@pytest.mark.parametrize("body", HOSTILE)
def test_no_manifest_breaks_the_judgement(body: bytes) -> None:
    """Whatever is in the file, there is a red verdict."""
    assert sri_manifest(local(body), folder()).outcome is Outcome.FAIL
