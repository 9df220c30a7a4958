"""Model servers answer for the model that the system uses."""

import pytest

from opscheck.checks.litellm_guard import litellm_guard
from opscheck.checks.llm_completion import llm_completion
from opscheck.checks.llm_models import llm_models
from opscheck.checks.ollama_model import ollama_model
from opscheck.checks.ollama_version import ollama_version

pytestmark = pytest.mark.infra


def test_the_model_is_listed(models, ops_host, expect):
    """The model API lets its key in and lists the target."""
    expect(llm_models(models, model=ops_host.settings.get("llm", {}).get("model", "")))


def test_the_model_answers(completion, ops_host, expect):
    """A minimal completion has text: a list and a health address prove nothing of the model."""
    settings = ops_host.settings["llm"]
    expect(llm_completion(completion, model=settings["model"], max_tokens=settings["max_tokens"]))


def test_ollama_has_the_model(pulled, loaded, ops_host, expect):
    """The target is pulled; a cold one is told."""
    expect(ollama_model(pulled, loaded, model=ops_host.settings["ollama"]["model"]))


def test_ollama_is_new_enough(version, ops_host, expect):
    """Ollama tells its version, and it is the needed one or a later one."""
    expect(ollama_version(version, least=ops_host.settings.get("ollama", {}).get("version", "")))


def test_the_proxy_keeps_strangers_out(stranger, proxy_state, ops_host, expect):
    """A request without a key is refused, and the database is connected where it is promised."""
    expect(litellm_guard(stranger, proxy_state, database=ops_host.settings.get("litellm", {}).get("database", False)))
