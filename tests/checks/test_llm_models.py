"""The model API lists the model that the system uses."""

import pytest

from opscheck.checks.llm_models import llm_models
from opscheck.model import HttpExchange, Outcome
from tests.checks.answers import HOSTILE, http, refused
from tests.checks.proofs import is_complete, red

ID = "llm-models"


def listed(*names: str) -> HttpExchange:
    """A list of models."""
    return http({"object": "list", "data": [{"id": name, "object": "model"} for name in names]})


@pytest.mark.proof(check=ID, outcome="PASS")
@pytest.mark.parametrize(
    "seen", [listed("llama3", "tiny"), listed("tiny:latest"), http({"models": [{"name": "tiny:latest"}]})]
)
def test_a_model_that_is_listed_passes(seen: HttpExchange) -> None:
    """By its name, by its latest tag, in Ollama's own form."""
    assert llm_models(seen, model="tiny").outcome is Outcome.PASS


@pytest.mark.parametrize(
    ("seen", "reason"),
    [
        red(ID, "llm-model-missing", listed("llama3"), "tiny is not among the models"),
        red(ID, "llm-model-missing", listed("tiny-instruct"), "tiny-instruct is another one", name="prefix"),
        red(
            ID, "llm-unauthorised", http({"error": {"message": "bad key"}}, 401), "the key is refused (401): 'bad key'"
        ),
        red(ID, "llm-no-models", listed(), "no model is listed"),
        red(ID, "llm-no-models", http({"error": "not found"}, 404), "answers 404", name="no-such-address"),
    ],
)
def test_a_fault_is_found(seen: HttpExchange, reason: str) -> None:
    """What is missing, and what is there instead."""
    verdict = llm_models(seen, model="tiny")

    assert verdict.outcome is Outcome.FAIL
    assert reason in verdict.reason
    assert is_complete(verdict)


@pytest.mark.proof(check=ID, outcome="UNMEASURED")
def test_what_was_not_reached_is_unmeasured() -> None:
    """A refused connection is no verdict."""
    assert llm_models(refused()).outcome is Outcome.UNMEASURED  # type: ignore[arg-type] # the registry answers for it


@pytest.mark.parametrize("body", HOSTILE)
def test_no_body_breaks_the_judgement(body: bytes) -> None:
    """Whatever a server sends, there is a verdict."""
    assert llm_models(http(body), model="tiny").reason
