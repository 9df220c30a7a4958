"""Ollama has the model, loaded or cold."""

import pytest

from opscheck.checks.ollama_model import ollama_model
from opscheck.model import HttpExchange, Outcome
from tests.checks.answers import HOSTILE, http, refused
from tests.checks.proofs import is_complete, red

ID = "ollama-model"


def models(*names: str) -> HttpExchange:
    """An answer of `/api/tags` or `/api/ps`."""
    return http({"models": [{"name": name, "model": name} for name in names]})


@pytest.mark.proof(check=ID, outcome="PASS")
def test_a_model_that_is_loaded_passes() -> None:
    """A bare name is its latest tag."""
    assert ollama_model(models("tiny:latest"), models("tiny:latest"), model="tiny").outcome is Outcome.PASS


@pytest.mark.parametrize("loaded", [models(), models("other:latest"), http(b"", 404), refused()])
def test_a_cold_model_is_degraded(loaded: HttpExchange) -> None:
    """It is there and comes late."""
    assert ollama_model(models("tiny:latest"), loaded, model="tiny").outcome is Outcome.DEGRADED


@pytest.mark.parametrize(
    ("seen", "reason"),
    [
        red(ID, "ollama-model-missing", models("llama3:8b"), "gpt-oss:20b was not pulled"),
        red(ID, "ollama-model-missing", http(b"", 404), "answers 404", name="no-list"),
        red(ID, "ollama-other-tag", models("gpt-oss:120b"), "gpt-oss:120b is another tag"),
        red(ID, "ollama-other-tag", models("gpt-oss:20b-tiny"), "another tag", name="prefix"),
    ],
)
def test_a_fault_is_found(seen: HttpExchange, reason: str) -> None:
    """What is missing, and what is there instead."""
    verdict = ollama_model(seen, models(), model="gpt-oss:20b")

    assert verdict.outcome is Outcome.FAIL
    assert reason in verdict.reason
    assert is_complete(verdict)


@pytest.mark.proof(check=ID, outcome="UNMEASURED")
def test_what_was_not_reached_is_unmeasured() -> None:
    """A host behind a root cause is no verdict on its models."""
    blind = refused(cause="here:ollama:refused")

    assert ollama_model(blind, blind, model="tiny").outcome is Outcome.UNMEASURED  # type: ignore[arg-type] # as above


@pytest.mark.parametrize("body", HOSTILE)
def test_no_body_breaks_the_judgement(body: bytes) -> None:
    """Whatever a server sends, there is a verdict."""
    assert ollama_model(http(body), http(body), model="tiny").reason
