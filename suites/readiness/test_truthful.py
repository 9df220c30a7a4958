"""Readiness agrees with the dependencies themselves."""

import pytest

from opscheck.checks.truthful_readiness import truthful_readiness

pytestmark = pytest.mark.readiness


def test_ready_tells_the_truth_about_the_fetcher(ready, fetcher_alive, expect):
    """Readiness calls the page fetcher healthy when it answers, and not when it does not."""
    expect(truthful_readiness(ready, {"webfetch": fetcher_alive}))


def test_ready_tells_the_truth_about_ollama(ready, ollama_itself, expect):
    """Readiness calls the language model healthy only while Ollama answers."""
    expect(truthful_readiness(ready, {"llm": ollama_itself}))


def test_ready_tells_the_truth_about_the_gateway(ready, gateway_itself, expect):
    """Readiness calls the language model healthy only while the model gateway answers."""
    expect(truthful_readiness(ready, {"llm": gateway_itself}))
