"""The Compose file keeps its promises: what is published, pinned, kept, checked and handed on."""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest

from service.settings import SHARED, Settings
from service.stack.environment import COMPOSE_FILE, FOLDER, KEY_FILES, OF_PROFILE, PORTS, PROFILES, load_stack, overlay
from tests.parts.find import require_tool
from tests.stack.engine import legacy_compose

TEXT = COMPOSE_FILE.read_text()
EDGE_ENV = FOLDER.parent / "fixtures" / "edge" / "edge.env"
# Set by the image, by the stack, or by the overlay that mounts the file.
NOT_HANDED_ON = {"host", "port", "state_dir", "build_sha", "build_time", "webfetch_url"} | {
    name.removeprefix("AGENT_").lower() for name in KEY_FILES
}
OF_THE_FETCHER = {name for name in Settings.model_fields if name.startswith("webfetch_")} - {"webfetch_url"}


@pytest.fixture(scope="module")
def config() -> dict[str, Any]:
    """Give the file as Compose understands it, with all profiles and without any setting."""
    return read_config({})


def read_config(more: dict[str, str], *files: Path) -> dict[str, Any]:
    """Have Compose read the file."""
    compose = require_tool("compose")
    chosen = [word for name in PROFILES for word in ("--profile", name)]
    named = [word for file in (COMPOSE_FILE, *files) for word in ("-f", str(file))]
    words = [str(compose), *named, *chosen, "config", "--format", "json"]
    env = {"PATH": "/usr/bin:/bin", "HOME": str(Path.home()), **more}
    done = subprocess.run(words, env=env, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")  # clean: no warning, either
    told: dict[str, Any] = json.loads(done.stdout)
    return told


def test_core_needs_no_profile_and_the_others_have_one(config: dict[str, Any]) -> None:
    """Agent, page fetcher and edge are always there."""
    by_profile: dict[str, set[str]] = {}
    for name, service in config["services"].items():
        for profile in service.get("profiles") or ["core"]:
            by_profile.setdefault(profile, set()).add(name)

    assert by_profile == {
        "core": {"agent", "webfetch", "edge"},
        "monitoring": {"prometheus"},
        "tunnel": {"tunnel"},
        "gpu": {"ollama"},
    }
    assert set(by_profile) == set(PROFILES)
    assert {one: name for name, services in by_profile.items() if name != "core" for one in services} == OF_PROFILE


def test_ports_are_published_on_loopback_only(config: dict[str, Any]) -> None:
    """Whoever wants more says so, with one setting for all."""
    ports = [port for service in config["services"].values() for port in service.get("ports", [])]

    assert len(ports) == len(PORTS) - 1  # TLS is an overlay
    assert {port["host_ip"] for port in ports} == {"127.0.0.1"}


def test_a_port_is_the_same_number_everywhere() -> None:
    """Published, listened on, health-checked and asked by the neighbours: no place keeps the default."""
    moved = {name: str(40_001 + number) for number, name in enumerate(PORTS)}

    config = read_config(moved)
    told = json.dumps(config)

    for name, default in PORTS.items():
        if name != "EDGE_TLS_PORT":
            assert moved[name] in told
        assert not re.search(rf"(?<!\d){default}(?!\d)", told), name
    ports = [port for service in config["services"].values() for port in service.get("ports", [])]
    assert all(int(port["published"]) == port["target"] for port in ports)
    assert config["services"]["edge"]["environment"]["EDGE_UPSTREAM"] == f"agent:{moved['AGENT_PORT']}"
    assert config["services"]["agent"]["environment"]["AGENT_WEBFETCH_URL"].endswith(moved["WEBFETCH_PORT"])


def test_the_defaults_are_the_same_as_the_command_lines() -> None:
    """Whoever calls Compose without the command line gets the same ports."""
    for name, default in PORTS.items():
        used = set(re.findall(rf"\$\{{{name}:-(\d+)\}}", TEXT + (FOLDER / "deploy/compose.edge-tls.yaml").read_text()))
        assert used == {str(default)}, name


def test_every_image_is_pinned_and_can_be_replaced() -> None:
    """By a variable each; no tag moves by itself."""
    images = re.findall(r"^\s+image: (.*)$", TEXT, re.MULTILINE)

    assert len(images) == 6
    for image in images:
        match = re.fullmatch(r"\$\{([A-Z]+)_IMAGE:-[\w./-]+:([\w.-]+)\}", image)
        assert match is not None, image
        assert match[2] == "local" or re.search(r"\d+\.\d+", match[2]), image


def test_every_service_restarts_and_is_checked(config: dict[str, Any]) -> None:
    """The health check of agent and page fetcher stands in the image."""
    for name, service in config["services"].items():
        assert service["restart"] == "unless-stopped", name
        assert name in ("agent", "webfetch") or service["healthcheck"]["test"], name


def test_what_can_be_is_read_only_and_without_rights(config: dict[str, Any]) -> None:
    """Ollama alone writes where it likes: its image wants to."""
    hardened = {
        name
        for name, service in config["services"].items()
        if service.get("read_only") and service.get("cap_drop") == ["ALL"] and service.get("security_opt")
    }

    assert hardened == set(config["services"]) - {"ollama"}


def test_state_lies_in_named_volumes(config: dict[str, Any]) -> None:
    """A container that is made anew finds it again."""
    mounted = {
        volume["source"]: volume["target"]
        for service in config["services"].values()
        for volume in service.get("volumes", [])
        if volume["type"] == "volume"
    }

    assert mounted == {"state": "/state", "metrics": "/prometheus", "models": "/root/.ollama"}
    assert set(config["volumes"]) == set(mounted)


def test_every_setting_of_the_service_is_handed_on(config: dict[str, Any]) -> None:
    """A new setting that nobody can set would be none."""
    agent = set(config["services"]["agent"]["environment"])
    fetcher = set(config["services"]["webfetch"]["environment"])
    wanted = {f"AGENT_{name.upper()}" for name in set(Settings.model_fields) - NOT_HANDED_ON - OF_THE_FETCHER}

    assert wanted - agent == set()
    assert {name.upper() for name in SHARED} - agent == set()
    assert {f"AGENT_{name.upper()}" for name in OF_THE_FETCHER} - fetcher == set()
    known = {f"AGENT_{name.upper()}" for name in Settings.model_fields} | {name.upper() for name in SHARED}
    assert (agent | fetcher) - known == set()


def test_a_key_reaches_no_service_but_the_agent(config: dict[str, Any]) -> None:
    """Neither page fetcher nor edge has any use for one."""
    for name, service in config["services"].items():
        keys = {one for one in service.get("environment", {}) if "KEY" in one and not one.startswith("EDGE_")}
        assert (name == "agent") == bool(keys), name


@pytest.mark.parametrize("setting", KEY_FILES)
def test_a_key_file_is_mounted_and_its_content_in_no_environment(setting: str, tmp_path: Path) -> None:
    """Each by an overlay of its own."""
    key = tmp_path / "key"
    key.write_text("content-of-the-key")

    config = read_config({setting: str(key)}, overlay(setting))

    agent = config["services"]["agent"]
    inside = agent["environment"][setting]
    assert [one["source"] for one in agent["volumes"] if one["target"] == inside] == [str(key)]
    assert "content-of-the-key" not in json.dumps(config)


def test_the_tunnels_token_is_no_option(config: dict[str, Any]) -> None:
    """A process list shows options."""
    told = read_config({"CLOUDFLARE_TUNNEL_TOKEN": "t0ken"})["services"]["tunnel"]

    assert "t0ken" not in json.dumps(told["command"])
    assert told["environment"]["TUNNEL_TOKEN"] == "t0ken"
    assert config["services"]["tunnel"]["environment"]["TUNNEL_TOKEN"] == ""


def test_every_variable_of_the_edge_can_be_set(config: dict[str, Any]) -> None:
    """Those that the templates know: by the stack or its TLS overlay, or handed on; defaults are the templates' own."""
    lines = EDGE_ENV.read_text().splitlines()
    known = {line.partition("=")[0] for line in lines if line.startswith("EDGE_")}
    overlaid = set(re.findall(r"^\s+(EDGE_\w+):", (FOLDER / "deploy/compose.edge-tls.yaml").read_text(), re.MULTILINE))

    environment = set(config["services"]["edge"]["environment"])

    assert known == environment | overlaid


def test_version_one_reads_it_as_well() -> None:
    """The program of before the plugin."""
    program = legacy_compose()

    done = subprocess.run(
        [program, "-f", COMPOSE_FILE, "config", "-q"], capture_output=True, text=True, check=False, cwd=FOLDER
    )

    assert (done.returncode, done.stderr) == (0, "")


def test_prometheus_can_read_its_files(tmp_path: Path) -> None:
    """Configuration and alert rules, as Prometheus' own tool sees them."""
    promtool = require_tool("promtool")
    folder = FOLDER / "deploy" / "monitoring"
    text = (folder / "prometheus.yml.template").read_text()
    for name, port in load_stack(environ={}).ports.items():
        text = text.replace(f"${{{name}}}", str(port))
    (tmp_path / "rules.yml").write_text((folder / "rules.yml").read_text())
    (tmp_path / "prometheus.yml").write_text(text.replace("/etc/monitoring/", f"{tmp_path}/"))

    done = subprocess.run(
        [promtool, "check", "config", tmp_path / "prometheus.yml"], capture_output=True, text=True, check=False
    )

    assert done.returncode == 0, done.stderr
    assert "3 rules found" in done.stdout
    assert "${" not in text
