"""What the host `containers` is made of, as data."""

from __future__ import annotations

from pathlib import Path

import pytest

from opscheck.hosts.parts import SERVICE_IMAGE, Part, fingerprint, parts_of


def by_name(parts: tuple[Part, ...]) -> dict[str, Part]:
    """The parts by their names."""
    return {part.name: part for part in parts}


def test_without_images_everything_is_the_service() -> None:
    """Agent, page fetcher, model's host and page come from one image, which can be built here."""
    parts = by_name(parts_of({}))

    assert set(parts) == {"agent", "webfetch", "llm", "page"}
    assert {part.image for part in parts.values()} == {SERVICE_IMAGE}
    assert parts["agent"].env["AGENT_LLM_BASE_URL"] == "http://llm:8000/v1"
    assert "AGENT_FALLBACK_BASE_URL" not in parts["agent"].env


def test_ollama_is_the_primary_and_the_built_in_model_the_fallback() -> None:
    """Where an image of Ollama is named."""
    agent = by_name(parts_of({"ollama": "o"}, "tiny"))["agent"]

    assert (agent.env["AGENT_PROVIDER"], agent.env["AGENT_LLM_MODEL"]) == ("ollama", "tiny")
    assert agent.env["AGENT_FALLBACK_BASE_URL"] == "http://llm:8000/v1"


def test_only_what_is_copied_in_or_foreign_may_write() -> None:
    """The service's file system is read-only, but for its state; it alone has a volume."""
    parts = parts_of({"edge": "e", "ollama": "o"}, "tiny")

    assert {part.name for part in parts if part.writable} == {"page", "edge", "ollama"}
    assert {part.name for part in parts if part.state} == {"agent"}
    assert {part.name for part in parts if part.files} <= {part.name for part in parts if part.writable}


def test_what_is_copied_in_is_here() -> None:
    """The page, and all that the edge is made of."""
    parts = by_name(parts_of({"edge": "e"}))
    files = {**parts["page"].files, **parts["edge"].files}

    assert all(path.is_file() for path in files.values())
    assert {"/etc/edge/start.sh", "/etc/edge/templates/edge/service.conf.template"} <= set(files)


@pytest.mark.parametrize("change", ["image", "model", "edge"])
def test_a_fingerprint_tells_what_would_be_started_otherwise(change: str) -> None:
    """Another image under the same name, another model, another part."""
    images = {"ollama": "o"}
    ids = {SERVICE_IMAGE: "sha256:1", "o": "sha256:2", "e": "sha256:3"}
    before = fingerprint(parts_of(images, "tiny"), ids)

    if change == "image":
        ids["o"] = "sha256:4"
    more = {"edge": "e"} if change == "edge" else {}
    after = fingerprint(parts_of({**images, **more}, "big" if change == "model" else "tiny"), ids)

    assert before == fingerprint(parts_of(images, "tiny"), {**ids, "o": "sha256:2"})
    assert after != before


def test_a_fingerprint_knows_what_is_copied_in(tmp_path: Path) -> None:
    """A file with other content."""
    file = tmp_path / "f"
    part = Part("p", "i", 1, "/", files={"/f": file})
    file.write_text("one")
    one = fingerprint((part,), {"i": "1"})
    file.write_text("two")

    assert fingerprint((part,), {"i": "1"}) != one
