"""Ollama's version has to be told, and new enough."""

from __future__ import annotations

import pytest

from opscheck.checks.ollama_version import ollama_version
from opscheck.model import HttpExchange, Outcome
from tests.checks.answers import HOSTILE, http, refused
from tests.checks.proofs import is_complete, red

ID = "ollama-version"


def version(told: object) -> HttpExchange:
    """The answer of the API."""
    return http({"version": told})


@pytest.mark.proof(check=ID, outcome="PASS")
@pytest.mark.parametrize("told", ["0.17.0", "0.17", "v0.17.4", "0.17.4-rc1", "1.0", "0.100.0"])
def test_a_version_that_will_do_passes(told: str) -> None:
    """Compared number by number, not letter by letter."""
    assert ollama_version(version(told), least="0.17").outcome is Outcome.PASS
    assert ollama_version(version("0.0.0")).outcome is Outcome.PASS


@pytest.mark.parametrize(
    ("seen", "reason"),
    [
        red(ID, "ollama-version-untold", http({}), "no version is told"),
        red(ID, "ollama-version-untold", version("latest"), "no version is told", name="a-word"),
        red(ID, "ollama-version-untold", http(b"not found", 404), "answers 404", name="not-there"),
        red(ID, "ollama-too-old", version("0.9.6"), "'0.9.6' is older than 0.17"),
    ],
)
def test_a_fault_is_found(seen: HttpExchange, reason: str) -> None:
    """What is told, and what is needed."""
    verdict = ollama_version(seen, least="0.17")

    assert verdict.outcome is Outcome.FAIL
    assert reason in verdict.reason
    assert is_complete(verdict)


@pytest.mark.proof(check=ID, outcome="UNMEASURED")
def test_what_was_not_reached_is_unmeasured() -> None:
    """A refused connection is no verdict."""
    assert ollama_version(refused()).outcome is Outcome.UNMEASURED  # type: ignore[arg-type] # the registry's


@pytest.mark.parametrize("body", HOSTILE)
def test_no_body_breaks_the_judgement(body: bytes) -> None:
    """Whatever a server sends, there is a verdict."""
    assert ollama_version(http(body), least="0.17").reason
