"""Where the configuration of a Prometheus, or of what probes for it, names an old path. Pure."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Mapping
from typing import Any, Final
from urllib.parse import parse_qsl, unquote, urlsplit

from opscheck.model.access_log import is_below
from opscheck.report.visible import visible

_DEEPEST: Final = 40
_HOST: Final = re.compile(r"(?:\[[0-9a-fA-F:.]+\]|[A-Za-z0-9._-]+)(?::\d{1,5})?(?=/)")
_WORD: Final = re.compile(r"[^\s'\"|()<>,;]+")


def names_path(text: str, path: str) -> bool:
    """Whether a text is, or holds, an address at or below a path.

    >>> names_path("https://ops.example.org/status/summary?x=1", "/status/"), names_path("/api/status/", "/status/")
    (True, False)
    """
    return any(_asks(word, path) for word in _WORD.findall(text))


def _asks(word: str, path: str, depth: int = 0) -> bool:
    try:
        parts = urlsplit(word if "://" in word or word.startswith("/") else _with_scheme(word))
    except ValueError:
        return False
    if parts.path and is_below(posixpath.normpath(unquote(parts.path).replace("//", "/")), path):
        return True
    # What probes for others is asked with the address in its query.
    return depth < 2 and any(_asks(value, path, depth + 1) for _, value in parse_qsl(parts.query))


def _with_scheme(word: str) -> str:
    """`host/path` as the address that it means; anything else has no path."""
    return f"http://{word}" if _HOST.match(word) else ""


def named_in(document: object, path: str) -> list[str]:
    """Where a configuration names the path: `job blackbox: params.target: https://...`, each one line."""
    found: list[str] = []
    if isinstance(document, Mapping) and isinstance(document.get("scrape_configs"), list):
        for job in document["scrape_configs"]:
            label = f"job {job.get('job_name', '?')}" if isinstance(job, Mapping) else "a job"
            found += [f"{label}: {where}" for where in _walk(job, path, ())]
        rest = {key: value for key, value in document.items() if key != "scrape_configs"}
        return found + list(_walk(rest, path, ()))
    return list(_walk(document, path, ()))


def _walk(node: object, path: str, where: tuple[str, ...]) -> Iterator[str]:
    if len(where) > _DEEPEST:
        return
    if isinstance(node, Mapping):
        for key, value in node.items():
            yield from _walk(value, path, (*where, str(key)))
    elif isinstance(node, list | tuple):
        for value in node:
            yield from _walk(value, path, where)
    elif isinstance(node, str) and names_path(node, path):
        yield f"{'.'.join(where)}: {visible(node, 160)}"


def target_urls(data: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Job and address of each target that `/api/v1/targets` tells of, dropped ones left out."""
    active = data.get("activeTargets")
    found = []
    for target in active if isinstance(active, list) else []:
        if isinstance(target, Mapping) and isinstance(target.get("scrapeUrl"), str):
            labels = target.get("labels")
            job = labels.get("job", "?") if isinstance(labels, Mapping) else target.get("scrapePool", "?")
            found.append((str(job), target["scrapeUrl"]))
    return found


def discoveries(document: Mapping[str, Any]) -> list[str]:
    """Jobs whose targets no file tells: they are discovered while Prometheus runs."""
    found = []
    jobs = document.get("scrape_configs")
    for job in jobs if isinstance(jobs, list) else []:
        if not isinstance(job, Mapping):
            continue
        ways = [key for key in job if str(key).endswith("_sd_configs") and key != "file_sd_configs"]
        found += [f"job {job.get('job_name', '?')} finds its targets by {way}: ask the running one" for way in ways]
    return found
