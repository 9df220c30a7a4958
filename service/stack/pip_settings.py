"""This machine's pip configuration, for a build: what index packages come from, and whom to trust."""

from __future__ import annotations

import ast
import configparser
import io
import re
import shutil
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from .programs import run

_PIP_S = 20.0
_USEFUL = (
    "index-url", "extra-index-url", "trusted-host", "find-links", "no-index",
    "cert", "client-cert", "proxy", "timeout", "default-timeout", "retries",
)  # fmt: skip
_CREDENTIALS = re.compile(r"://[^/\s]*@")
_FILES = ("cert", "client-cert")
_INSIDE = "/build"  # where the Dockerfile's first stage has them


@dataclass(frozen=True, slots=True)
class Given:
    """What a build was given: what was left out and why, and whether there are credentials in the rest."""

    left_out: tuple[str, ...]
    secret: bool


def write_pip_settings(folder: Path, env: Mapping[str, str]) -> Given:
    """Write `pip.conf`, and the files it names, into `folder`. Without any configuration here nothing is written."""
    values: dict[str, str] = {}
    left_out = []
    for name, value in sorted(machine_settings(env).items()):
        if name in _FILES:
            source = Path(value).expanduser()
            if not source.is_file():
                left_out.append(f"{name}: there is no file {value}")
                continue
            folder.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(source, folder / f"{name}.pem")
            values[name] = f"{_INSIDE}/{name}.pem"
        elif name == "find-links":
            reachable = [place for place in value.split() if "://" in place and not place.startswith("file:")]
            if len(reachable) < len(value.split()):
                left_out.append("find-links: folders of this machine are not seen in a build")
            values[name] = " ".join(reachable)
        else:
            values[name] = value
    kept = {name: value for name, value in values.items() if value}
    if kept:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "pip.conf").write_text(_document(kept), encoding="utf-8")
    return Given(tuple(left_out), "client-cert" in kept or any(_CREDENTIALS.search(value) for value in kept.values()))


def machine_settings(env: Mapping[str, str]) -> dict[str, str]:
    """Give what pip itself says it is told here, by files and by the environment; the environment wins."""
    done = run([sys.executable, "-m", "pip", "config", "list"], env=env, deadline_s=_PIP_S)
    below: dict[str, str] = {}
    above: dict[str, str] = {}
    for line in done.out.splitlines():
        key, separator, raw = line.partition("=")
        section, _, name = key.rpartition(".")
        if not separator or name not in _USEFUL or section not in ("global", "install", ":env:"):
            continue
        (above if section == ":env:" else below)[name.removeprefix("default-")] = _literal(raw)
    return {**below, **above}


def _literal(raw: str) -> str:
    try:
        return str(ast.literal_eval(raw))
    except (ValueError, SyntaxError):
        return raw


def _document(values: Mapping[str, str]) -> str:
    parser = configparser.RawConfigParser()
    # A value on several lines is how pip's files write lists; an indented continuation keeps it one value.
    parser["global"] = {name: "\n".join(value.split("\n")) for name, value in values.items()}
    text = io.StringIO()
    parser.write(text)
    return text.getvalue()
