"""What Compose makes of a tunnel's token: its configuration rendered, looked at, and let go without a trace."""

from __future__ import annotations

import base64
import binascii
import json
import os
import re
import shutil
import time
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from opscheck.model import Kind, Phases, Unmeasured
from opscheck.model.tunnel import ComposeToken
from opscheck.probes.command import Ended, run
from opscheck.probes.failure import one_line
from opscheck.redact import Redactor, Secret

_VARIABLE: Final = "TUNNEL_TOKEN"
_UNSET: Final = re.compile(r'[Tt]he \\?"?([A-Za-z_][A-Za-z0-9_]{0,80})\\?"? variable is not set')
_TELLING: Final = re.compile(r"TOKEN|SECRET|PASSWORD|PASSWD|KEY|CREDENTIAL", re.IGNORECASE)
_FIELDS: Final = frozenset({"a", "s", "t"})  # of a token: account, secret, tunnel
_LONGEST: Final = 4096
_MISSING: Final = "install Docker Compose v2 (docker-compose-plugin), or put docker-compose v2 on PATH"


def compose_token(
    files: Sequence[str], service: str, *, profiles: Iterable[str] = (), env_file: str = "", seconds: float = 30.0
) -> ComposeToken | Unmeasured:
    """Render the files as Compose would start them, and find the token of a service. Blocks.

    The rendered configuration holds every secret of the stack: nothing of it leaves this function but names of
    services, where the token stands, how long it is and whether it has the form of one.
    """
    at, begun = datetime.now(UTC), time.perf_counter()
    shown = one_line(", ".join(files))[:500]

    def blind(kind: Kind, detail: str, remedy: str) -> Unmeasured:
        return Unmeasured(kind, detail, shown, at, Phases(total=time.perf_counter() - begun), remedy=remedy)

    lost = next((path for path in (*files, *([env_file] if env_file else ())) if not Path(path).is_file()), "")
    if lost:
        return blind(Kind.UNREACHABLE, f"there is no file {one_line(lost)}", "correct expect.tunnel.compose_files")
    words = [word for path in files for word in ("-f", path)]
    words += [word for profile in profiles for word in ("--profile", profile)]
    words += ["--env-file", env_file] if env_file else []
    try:
        done = _render(words, Path(files[0]).parent, seconds)
    except OSError as error:
        words_of = (error.strerror or type(error).__name__).lower()
        return blind(Kind.TOOL_MISSING, f"docker compose cannot be started: {words_of}", _MISSING)
    if done is None:
        return blind(Kind.TOOL_MISSING, "neither docker compose nor docker-compose v2 is on PATH", _MISSING)
    if done.code is None:
        return blind(Kind.TIMEOUT, f"docker compose config did not end within {seconds:.0f} s", "run it by hand")
    complaint = _without_secrets(done.err, (*files, env_file))
    try:
        rendered = json.loads(done.out) if done.code == 0 else None
    except (ValueError, RecursionError):
        rendered = None
    services = rendered.get("services") if isinstance(rendered, dict) else None
    if not isinstance(services, dict):
        last = complaint.splitlines()[-1][:200] if complaint.splitlines() else "no word of why"
        detail = f"docker compose config fails ({done.code}): {one_line(last)}"
        return blind(Kind.PROTOCOL, detail, "run docker compose config --quiet with the same files")
    place, token = _token(services.get(service))
    return ComposeToken(
        tuple(one_line(path) for path in files),
        tuple(sorted(one_line(str(name))[:80] for name in services)),
        service,
        place,
        len(token),
        is_token(token),
        at,
        tuple(dict.fromkeys(_UNSET.findall(complaint)))[:20],
        Phases(total=time.perf_counter() - begun),
    )


def is_token(text: str) -> bool:
    """It has the form of a tunnel's token: base64 of a JSON object with account, tunnel and secret.

    >>> is_token("hunter22"), is_token("eyJhIjoiYSIsInQiOiJiIiwicyI6ImMifQ==")
    (False, True)
    """
    if not 0 < len(text) <= _LONGEST:
        return False
    try:
        told = json.loads(base64.b64decode(text + "=" * (-len(text) % 4), validate=True))
    except (binascii.Error, ValueError, RecursionError):
        return False
    return isinstance(told, dict) and all(isinstance(told.get(key), str) and told[key] for key in _FIELDS)


def _render(words: Sequence[str], folder: Path, seconds: float) -> Ended | None:
    """The configuration by the plugin, else by the program; None where neither understands the question."""
    ends = time.monotonic() + seconds
    done: Ended | None = None
    for name, more in (("docker", ["compose"]), ("docker-compose", [])):
        program = shutil.which(name)
        if program is None:
            continue
        asked = [program, *more, *words, "config", "--format", "json"]
        done = run(asked, seconds=max(1.0, ends - time.monotonic()), env=os.environ, cwd=folder)
        if not _not_understood(done):
            return done
    return None


def _not_understood(done: Ended) -> bool:
    """A docker without its plugin, or Compose v1, which renders no JSON."""
    said = done.err[:4000].decode("utf-8", "replace")
    signs = ("is not a docker command", "unknown shorthand flag: 'f'", "unknown command: docker compose")
    v1 = "Usage: config [options]" in said or "Define and run multi-container applications with Docker." in said
    return done.code not in (0, None) and (v1 or any(sign in said for sign in signs))


def _token(told: object) -> tuple[str, str]:
    """Where the token of a service stands, and the token; which the caller measures and forgets."""
    if not isinstance(told, Mapping):
        return "", ""
    environment = told.get("environment")
    settings: Mapping[str, Any] = environment if isinstance(environment, Mapping) else {}
    command = told.get("command")
    words = [str(one) for one in command] if isinstance(command, list) else str(command or "").split()
    for number, word in enumerate(words):
        if word == "--token":
            return "command", words[number + 1] if number + 1 < len(words) else ""
        if word.startswith("--token="):
            return "command", word.partition("=")[2]
    if settings.get(_VARIABLE):
        return "environment", str(settings[_VARIABLE])
    flags = ("--token-file", "--credentials-file", "--cred-file", "--config")
    held = any(word.split("=")[0] in flags for word in words)
    if held or settings.get("TUNNEL_TOKEN_FILE") or settings.get("TUNNEL_CRED_FILE"):
        return "file", ""
    return ("environment", "") if _VARIABLE in settings else ("", "")


def _without_secrets(err: bytes, files: Iterable[str]) -> str:
    """What Compose complained of; it may quote what it read, so every value that tells is masked."""
    redactor = Redactor()
    pairs = list(os.environ.items())
    for path in {Path(one).parent / ".env" for one in files if one} | {Path(one) for one in files if one}:
        pairs += _pairs(path)
    for name, value in pairs:
        if _TELLING.search(name) and len(value) >= 8:
            redactor.register(Secret(name, value))
    return redactor.text(err[:20_000].decode("utf-8", "replace"))


def _pairs(path: Path) -> list[tuple[str, str]]:
    if path.suffix in (".yaml", ".yml"):
        return []
    try:
        lines = path.read_text("utf-8", "replace")[:200_000].splitlines()
    except OSError:
        return []
    split = (line.partition("=") for line in lines if "=" in line)
    return [(name.strip(), value.strip().strip("'\"")) for name, _, value in split]
