"""A component says in its own words that it is ready."""

import pytest

from opscheck.checks.component_ready import component_ready
from opscheck.model import HttpExchange, Outcome
from tests.checks.answers import HOSTILE, http, refused
from tests.checks.proofs import is_complete, red

ID = "component-ready"


def text(words: str, status: int = 200, kind: str = "text/plain") -> HttpExchange:
    """A plain answer."""
    return http(words.encode(), status, content_type=kind)


@pytest.mark.proof(check=ID, outcome="PASS")
@pytest.mark.parametrize(
    ("component", "words"),
    [
        ("prometheus", "Prometheus Server is Ready.\n"),
        ("alertmanager", "OK"),
        ("loki", "ready\n"),
        ("qdrant", "all shards are ready"),
        ("milvus", "OK"),
        ("grafana", '{"database": "ok"}'),
        ("litellm", '"I\'m alive!"'),
        ("ollama", "Ollama is running"),
    ],
)
def test_the_documented_words_pass(component: str, words: str) -> None:
    """Each in the words of its own documentation."""
    assert component_ready(text(words), component=component).outcome is Outcome.PASS


@pytest.mark.parametrize(
    ("component", "answer", "reason"),
    [
        red(ID, "component-not-ready", "loki", text("Ingester not ready: waiting for 15s", 503), "Ingester not ready"),
        red(ID, "component-not-ready", "qdrant", text("some shards are not ready", 503), "some shards", name="shards"),
        red(ID, "component-not-ready", "qdrant", text("some shards are not ready"), "some shards", name="in-a-200"),
        red(ID, "component-is-another", "loki", text("<p>ready</p>", 200, "text/html"), "is not loki"),
        red(ID, "component-is-another", "prometheus", text("Not Found", 404), "answers 404", name="not-found"),
        red(ID, "component-is-another", "ollama", text("hello"), "is not ollama", name="other-words"),
    ],
)
def test_a_fault_is_found(component: str, answer: HttpExchange, reason: str) -> None:
    """What it says itself is told."""
    verdict = component_ready(answer, component=component)

    assert verdict.outcome is Outcome.FAIL
    assert reason in verdict.reason
    assert is_complete(verdict)


@pytest.mark.proof(check=ID, outcome="UNMEASURED")
def test_what_was_not_reached_is_unmeasured() -> None:
    """A refused connection is no verdict."""
    verdict = component_ready(refused(), component="loki")  # type: ignore[arg-type] # the registry answers for it

    assert verdict.outcome is Outcome.UNMEASURED


@pytest.mark.parametrize("body", HOSTILE)
def test_no_body_breaks_the_judgement(body: bytes) -> None:
    """Whatever a server sends, there is a verdict."""
    assert component_ready(http(body), component="loki").reason
