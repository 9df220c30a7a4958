"""Every component says in its own words that it is ready."""

import pytest

from opscheck.checks.component_ready import component_ready

pytestmark = pytest.mark.infra


def test_prometheus_is_ready(prometheus_ready, expect):
    """Prometheus answers its readiness address, and nobody else does in its place."""
    expect(component_ready(prometheus_ready, component="prometheus"))


def test_alertmanager_is_ready(alertmanager_ready, expect):
    """Alertmanager answers its readiness address, and nobody else does in its place."""
    expect(component_ready(alertmanager_ready, component="alertmanager"))


def test_grafana_is_ready(grafana_ready, expect):
    """Grafana answers its readiness address, and nobody else does in its place."""
    expect(component_ready(grafana_ready, component="grafana"))


def test_loki_is_ready(loki_ready, expect):
    """Loki answers its readiness address, and nobody else does in its place."""
    expect(component_ready(loki_ready, component="loki"))


def test_qdrant_is_ready(qdrant_ready, expect):
    """Qdrant answers its readiness address, and nobody else does in its place."""
    expect(component_ready(qdrant_ready, component="qdrant"))


def test_milvus_is_ready(milvus_ready, expect):
    """Milvus answers its readiness address, and nobody else does in its place."""
    expect(component_ready(milvus_ready, component="milvus"))


def test_ollama_is_ready(ollama_ready, expect):
    """Ollama answers its readiness address, and nobody else does in its place."""
    expect(component_ready(ollama_ready, component="ollama"))


def test_litellm_is_ready(litellm_ready, expect):
    """LiteLLM answers its readiness address, and nobody else does in its place."""
    expect(component_ready(litellm_ready, component="litellm"))
