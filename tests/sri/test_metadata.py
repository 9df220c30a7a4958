"""Integrity metadata by the text of the standard, without a browser."""

from __future__ import annotations

import hashlib
from base64 import b64encode, urlsafe_b64encode

import pytest

from opscheck.checks._integrity import lints, metadata_of, parse

BODY = b"alert(1)"
DIGESTS = {name: hashlib.new(name, BODY).digest() for name in ("sha256", "sha384", "sha512")}
GOOD = {name: metadata_of(DIGESTS, name) for name in DIGESTS}
BAD = {name: metadata_of({name: bytes(len(value))}, name) for name, value in DIGESTS.items()}


def test_the_canonical_form_is_that_of_the_standard() -> None:
    """Algorithm, hyphen, base64 with its padding."""
    assert GOOD["sha256"] == "sha256-" + b64encode(hashlib.sha256(BODY).digest()).decode()


@pytest.mark.parametrize("text", [None, "", " \t\n\f\r", "md5-x sha1-y", "sha-256-x", "sha256x-y", "-", "?sha256-x"])
def test_without_a_known_algorithm_nothing_is_checked(text: str | None) -> None:
    """Such a resource loads."""
    metadata = parse(text)

    assert not metadata.effective
    assert metadata.algorithm == ""


@pytest.mark.parametrize(
    "text",
    [
        *GOOD.values(),
        f"{BAD['sha256']} {GOOD['sha512']} {BAD['sha384']}",
        f"{BAD['sha512']}\t{GOOD['sha512']}",
        f"sha512-%\n{GOOD['sha512']}",
        f"{GOOD['sha384']}?a-b?c",
        GOOD["sha256"].upper()[:6] + GOOD["sha256"][6:],
        GOOD["sha256"].rstrip("="),
        GOOD["sha256"] + "=",
        GOOD["sha384"] + "==",
        "sha384-" + urlsafe_b64encode(DIGESTS["sha384"]).decode(),
    ],
)
def test_one_of_the_strongest_lets_the_bytes_in(text: str) -> None:
    """In every spelling that real clients take."""
    assert parse(text).matches(DIGESTS)


@pytest.mark.parametrize(
    "text",
    [
        *BAD.values(),
        f"{GOOD['sha256']} {BAD['sha384']}",
        f"{GOOD['sha256']} sha512",
        f"{GOOD['sha256']} sha384-",
        "sha256--",
        "sha256-%",
        "sha256-\u00e9",
        "sha256-" + hashlib.sha256(BODY).hexdigest(),
        GOOD["sha256"].lower(),
        GOOD["sha384"] + "===",
        GOOD["sha384"][:-1],
        GOOD["sha256"].replace("sha256", "sha384"),
        f"{GOOD['sha256']},{GOOD['sha256']}",
        f"sha256-={GOOD['sha256'][7:]}",
    ],
)
def test_everything_else_is_refused(text: str) -> None:
    """A weaker hash is never consulted, and what is malformed is present all the same."""
    metadata = parse(text)

    assert metadata.effective
    assert not metadata.matches(DIGESTS)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (GOOD["sha384"], ""),
        (f"{GOOD['sha512']} sha256-%", ""),
        (GOOD["sha384"].replace("sha", "Sha"), "capitals"),
        (GOOD["sha256"].rstrip("="), "not canonical"),
        ("sha384-" + urlsafe_b64encode(b"\xff" * 48).decode(), "not canonical"),
        ("sha384-abc", "no digest of that algorithm"),
        ("sha256-" + hashlib.sha256(BODY).hexdigest(), "no digest of that algorithm"),
    ],
)
def test_a_spelling_that_clients_differ_about_is_told(text: str, told: str) -> None:
    """Only of the hashes that count."""
    found = lints([parse(text)])

    assert len(found) == bool(told)
    assert all(told in one for one in found)
