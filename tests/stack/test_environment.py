"""What a stack is made of: settings with one order of precedence, and mistakes told before anything starts."""

from __future__ import annotations

from pathlib import Path

import pytest

from service.stack.environment import DEFAULT_PROJECT, PORTS, load_stack
from service.stack.outcome import Exit, StackError


def env_file(folder: Path, text: str) -> Path:
    """Write a file of settings."""
    file = folder / "settings.env"
    file.write_text(text)
    return file


def test_the_environment_lies_above_the_file_and_the_file_above_the_defaults(tmp_path: Path) -> None:
    """One order, for ports and for everything else."""
    file = env_file(tmp_path, "AGENT_PORT=9001\nEDGE_PORT=9002\nAGENT_LLM_MODEL=from-file\nSTACK_PROJECT_NAME=mine\n")

    stack = load_stack(file, environ={"EDGE_PORT": "9003"})

    assert stack.ports == {**PORTS, "AGENT_PORT": 9001, "EDGE_PORT": 9003}
    assert (stack.env["AGENT_PORT"], stack.env["EDGE_PORT"]) == ("9001", "9003")
    assert (stack.env["AGENT_LLM_MODEL"], stack.project) == ("from-file", "mine")


def test_without_anything_the_defaults_hold(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No file is needed, and every port has a value that Compose is told."""
    monkeypatch.chdir(tmp_path)

    stack = load_stack(environ={})

    assert (stack.project, stack.ports, stack.profiles) == (DEFAULT_PROJECT, PORTS, ())
    assert {name: stack.env[name] for name in PORTS} == {name: str(port) for name, port in PORTS.items()}
    assert stack.url("EDGE_PORT") == "http://127.0.0.1:8080"


@pytest.mark.parametrize(("bind", "url"), [("0.0.0.0", "http://127.0.0.1:8080"), ("10.1.2.3", "http://10.1.2.3:8080")])
def test_what_listens_everywhere_is_asked_on_loopback(bind: str, url: str) -> None:
    """An address to listen on is not always one to call."""
    assert load_stack(environ={"STACK_BIND": bind}).url("EDGE_PORT") == url


@pytest.mark.parametrize(
    ("environ", "told"),
    [
        ({"AGENT_PORT": "80x"}, "AGENT_PORT='80x' is not a port"),
        ({"AGENT_PORT": "0"}, "between 1 and 65535"),
        ({"AGENT_PORT": "70000"}, "between 1 and 65535"),
        ({"AGENT_PORT": "8080"}, "AGENT_PORT and EDGE_PORT are both 8080"),
        ({"STACK_PROJECT_NAME": "Not Good"}, "small letters"),
        ({"STACK_PROFILES": "monitor"}, 'did you mean "monitoring"?'),
        ({"STACK_PROFILES": "tunnel"}, "CLOUDFLARE_TUNNEL_TOKEN is not set"),
        ({"AGENT_LLM_API_KEY_FILE": "/no/such/key"}, "there is no file /no/such/key"),
        ({"EDGE_MODE": "ssl"}, "plain or tls"),
        ({"EDGE_MODE": "tls"}, "EDGE_TLS_FOLDER has to hold tls.crt and tls.key"),
    ],
)
def test_a_mistake_is_told_before_anything_starts(environ: dict[str, str], told: str) -> None:
    """One line, exit code 2, and the setting is named."""
    with pytest.raises(StackError) as caught:
        load_stack(environ=environ)

    assert caught.value.code is Exit.USAGE
    assert told in str(caught.value)


def test_a_key_file_is_mounted_and_its_place_is_made_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Compose would read a relative path from another folder than the operator means."""
    (tmp_path / "llm.key").write_text("k")
    monkeypatch.chdir(tmp_path)

    stack = load_stack(environ={"AGENT_LLM_API_KEY_FILE": "llm.key"})

    assert stack.env["AGENT_LLM_API_KEY_FILE"] == str(tmp_path / "llm.key")
    assert [file.name for file in stack.files] == ["compose.yaml", "compose.llm-api-key.yaml"]
    assert all(file.is_file() for file in stack.files)


def test_the_edge_is_told_the_origins_that_the_service_allows() -> None:
    """As a pattern in which a dot is a dot; one that the operator gives stays."""
    allowed = {"AGENT_ALLOWED_ORIGINS": "https://app.example.org, https://b.example.org:8443"}

    assert load_stack(environ=allowed).env["EDGE_ORIGINS"] == r"https://app\.example\.org|https://b\.example\.org:8443"
    assert load_stack(environ={**allowed, "EDGE_ORIGINS": "own"}).env["EDGE_ORIGINS"] == "own"


def test_core_is_what_is_always_there() -> None:
    """It may be named, and named profiles come once, from settings and from the command line."""
    stack = load_stack(profiles=["core", "gpu", "gpu"], environ={"STACK_PROFILES": "monitoring"})

    assert stack.profiles == ("monitoring", "gpu")
