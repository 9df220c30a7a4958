"""The path has to follow from host, model and fallback."""

import itertools

import pytest

from opscheck.checks.status_path import status_path
from opscheck.model import HttpExchange, Outcome
from tests.checks.answers import HOSTILE, http, refused
from tests.checks.proofs import is_complete, red
from tests.checks.summaries import GONE, state, summary

ID = "status-path"
PATHS = ("primary", "warming", "fallback", "down")
NAME = "gpt-oss:20b"


def row(path: str, up: bool, present: bool | None, key: bool) -> HttpExchange:
    """A summary that tells these facts and this path, and no list of models."""
    facts = {
        "ok": False,
        "ready": False,
        "llm.path": path,
        "llm.ollama": "up" if up else "down",
        "llm.openai": "configured" if key else "not_configured",
        "openai_configured": key,
        "llm.primary_model_present": present,
        "primary.model_present": present,
        "primary.models_sample": [],
    }
    return summary(facts)


def models(listed: list[str], *, present: bool = True, name: str = NAME) -> HttpExchange:
    """A summary with this list of models."""
    told = {"llm.primary_model_present": present, "primary.model_present": present, "primary.models_sample": listed}
    path = {} if present else {"llm.path": "warming", "ok": False, "ready": False}
    return summary({**told, **path, "primary.model": name, "llm.model": name})


TABLE = {
    (True, True, True): "primary",
    (True, True, False): "primary",
    (True, False, True): "warming",
    (True, False, False): "warming",
    (False, True, True): "fallback",
    (False, False, True): "fallback",
    (False, None, True): "fallback",
    (False, True, False): "down",
    (False, False, False): "down",
    (False, None, False): "down",
}


@pytest.mark.proof(check=ID, outcome="PASS")
@pytest.mark.parametrize(("facts", "path"), list(itertools.product(TABLE, PATHS)))
def test_every_row_of_the_table_allows_one_path(facts: tuple[bool, bool | None, bool], path: str) -> None:
    """The path that follows passes, each of the three others fails."""
    verdict = status_path(row(path, *facts))

    assert verdict.outcome is (Outcome.PASS if TABLE[facts] == path else Outcome.FAIL)


@pytest.mark.parametrize(
    "answer",
    [
        models([NAME]),
        models(["llama3:latest"], name="llama3"),
        models(["llama3"], name="llama3:latest"),
        models(["GPT-OSS:20b"]),
        models([f"{NAME}-{number}" for number in range(8)]),
        models([f"{NAME}-tiny"], present=False),
        models(["example.org:5000/llama3:latest"], name="example.org:5000/llama3"),
        summary({"primary": GONE}),
        summary({"llm.ollama": GONE}),
        summary({**state("down"), "llm.openai": "configured", "openai_configured": True}),
        summary({**state("down"), "llm.ollama": "err:500"}),
        summary({**state("fallback", ready=True), "primary.enabled": False}),
    ],
)
def test_what_can_be_so_passes(answer: HttpExchange) -> None:
    """A bare name is `latest`; a list of eight may go on; what is not told is not held against the service."""
    assert status_path(answer).outcome is Outcome.PASS


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        red(ID, "path-without-model", row("primary", True, False, False), "model is absent"),
        red(ID, "path-without-host", row("primary", False, True, True), "host is not up"),
        red(ID, "path-without-host", row("warming", False, None, False), "is not up", name="w"),
        red(
            ID,
            "path-not-primary",
            row("down", True, True, False),
            "is up and the model there",
        ),
        red(ID, "path-not-primary", row("warming", True, True, False), "is there", name="warm"),
        red(ID, "path-not-warming", row("fallback", True, False, True), "awaited there"),
        red(ID, "path-without-fallback", row("fallback", False, None, False), "no fallback is"),
        red(
            ID,
            "path-ignores-fallback",
            row("down", False, None, True),
            "a fallback is config",
        ),
        red(
            ID,
            "path-of-disabled",
            summary({"primary.enabled": False}),
            "is primary while the primary model is switched",
        ),
        red(ID, "presence-by-prefix", models([f"{NAME}-tiny"]), "and only 'gpt-oss:20b-tiny' is"),
        red(ID, "presence-by-prefix", models(["llama3:8b"], name="llama3"), "and only 'llama3:8b' is", name="tag"),
        red(ID, "presence-against-list", models(["mistral:latest"]), "counts as present and is not listed"),
        red(
            ID, "presence-against-list", models([NAME], present=False), "is listed and counts as absent", name="absent"
        ),
        red(
            ID,
            "state-told-twice",
            summary({"primary.model_present": False}),
            "llm.primary_model_present is true and primary.model_present is false",
        ),
        red(ID, "state-told-twice", summary({"openai_configured": True}), "llm.openai is false and openai", name="key"),
    ],
)
def test_a_fault_is_found(answer: HttpExchange, reason: str) -> None:
    """A path that does not follow, a presence that is none, two tellings of one fact."""
    verdict = status_path(answer)

    assert verdict.outcome is Outcome.FAIL
    assert reason in verdict.reason
    assert is_complete(verdict)


def test_a_presence_that_nobody_knows_is_degraded() -> None:
    """A host that cannot list its models may be on its primary path; nobody knows."""
    verdict = status_path(summary({"llm.primary_model_present": None, "primary.model_present": None}))

    assert verdict.outcome is Outcome.DEGRADED


@pytest.mark.proof(check=ID, outcome="UNMEASURED")
def test_what_was_not_reached_is_unmeasured() -> None:
    """A refused connection is no verdict; of a path that nobody promised nothing can be said."""
    assert status_path(refused()).outcome is Outcome.UNMEASURED  # type: ignore[arg-type] # the registry answers for it
    assert status_path(summary({"llm.path": "unknown"})).outcome is Outcome.UNMEASURED


@pytest.mark.parametrize("body", HOSTILE)
def test_no_body_breaks_the_judgement(body: bytes) -> None:
    """What is no summary cannot be judged, and the verdict says so."""
    verdict = status_path(http(body))

    assert verdict.outcome is Outcome.UNMEASURED
    assert is_complete(verdict)
