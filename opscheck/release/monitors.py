"""Whether a monitor reads an old address: by the access logs, and by what Prometheus and its probes are told to ask."""

from __future__ import annotations

import glob
import importlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from opscheck.local_files import read_file
from opscheck.model import HttpExchange, Request, Unmeasured
from opscheck.model.written import may_be_silent
from opscheck.release.agents import Callers, callers
from opscheck.release.asked import Context, unseen
from opscheck.release.asking import ask
from opscheck.release.checklist import Item
from opscheck.release.legacy import looks, wish_of
from opscheck.release.logs import counted_logs, legacy_path, log_doubts
from opscheck.release.quiet import Evidence
from opscheck.release.scraped import discoveries, named_in, names_path, target_urls
from opscheck.release.words import Seen, State
from opscheck.report.visible import visible

_LOGS: Final = "logs"
_PROMETHEUS: Final = "prometheus"
_INSTALL: Final = "pip install 'opscheck[infra]'"


@dataclass(slots=True)
class Found:
    """What was looked at.

    Attributes:
        reads: where a monitor reads the path.
        blind: what could not be looked at.
        told: what was looked at and is clean.
        silent: a log that was looked at was silent for longer than it may be, and for no longer than a host may be.
    """

    reads: list[str] = field(default_factory=list)
    blind: list[str] = field(default_factory=list)
    told: list[str] = field(default_factory=list)
    silent: bool = False


def measure_monitors(item: Item, context: Context) -> Seen:
    """Every place that the item wants looked at."""
    found, path = Found(), legacy_path(context.asked.hosts, item)
    wanted = item.wants.get("look_at", [_LOGS, _PROMETHEUS])
    if _LOGS in wanted:
        _by_logs(item, context, found)
    if _PROMETHEUS in wanted:
        _by_prometheus(item, context, path, found)
    lines = (*found.reads, *found.blind, *found.told)
    if found.reads:
        reason = f"a monitor reads {path}: {found.reads[0]}"
        return Seen(State.NOT_MET, reason, lines, "point it to the current address, and wait for its next round")
    if found.blind:
        remedy = "hand logs over by --log, and Prometheus by --prometheus URL|FILE"
        remedy += "; where nobody asks at night, --silence 8h says so" if found.silent else ""
        return unseen(f"not all monitors could be looked at: {found.blind[0]}", remedy, lines)
    return Seen(State.MET, f"no monitor reads {path}", lines)


def _by_logs(item: Item, context: Context, found: Found) -> None:
    counts = counted_logs(item, context)
    if not counts:
        found.blind.append("no access log was named")
        return
    known: Callers = callers([one.count for one in counts if one.count is not None], item.wants.get("monitors", {}))
    found.reads += [line for line in known.lines() if line.startswith("monitor ")]
    if known.unknown:
        found.blind += [f"{line}, which may be a monitor" for line in known.lines() if line.startswith("unknown ")]
    now, (samples, _) = context.clock(), looks(item, context)
    # A look that counted requests does not say whose they were.
    quiet = tuple(one for one in samples if one.hits == 0)
    seen = Evidence(tuple(host.name for host in context.asked.hosts), quiet)
    looked = {host: seen.of(host).covered(wish_of(item), now) for host in seen.hosts}
    found.blind += log_doubts(item, counts, now, looked)
    silences = [end - start for one in counts if one.count is not None for start, end in one.count.silences]
    found.silent = bool(silences) and may_be_silent(max(silences))
    names = ", ".join(one.name for one in counts)
    found.told.append(f"access logs of {names}: {known.browsers} requests by browsers, none by a monitor") if not (
        found.reads or found.blind
    ) else None


def _by_prometheus(item: Item, context: Context, path: str, found: Found) -> None:
    places = [*context.asked.prometheus, *([] if context.asked.prometheus else item.wants.get("prometheus", []))]
    if not places:
        places = [host.components[_PROMETHEUS].url for host in context.asked.hosts if _PROMETHEUS in host.components]
    if not places:
        found.blind.append("no Prometheus was named")
    for place in dict.fromkeys(places):
        if "://" in place:
            _live(place.rstrip("/"), path, context, found)
        else:
            _files(place, path, context, found)


def _live(url: str, path: str, context: Context, found: Found) -> None:
    """What a running Prometheus asks now, and what it is told to ask."""
    ca = next((host.ca for host in context.asked.hosts if host.ca is not None), None)
    paths = ("/api/v1/targets?state=active", "/api/v1/status/config")
    data = [_data(answer) for answer in ask([Request("GET", url + one) for one in paths], context.asked.agent, ca=ca)]
    broken = [one for one in data if isinstance(one, str)]
    if broken:
        found.blind.append(f"{visible(url, 120)}: {broken[0]}")
        return
    targets = target_urls(data[0]) if isinstance(data[0], Mapping) else []
    reads = [
        f"{visible(url, 80)}: job {job} asks {visible(asked, 160)}" for job, asked in targets if names_path(asked, path)
    ]
    text = data[1].get("yaml") if isinstance(data[1], Mapping) else None
    document = _yaml(str(text)) if isinstance(text, str) else "it tells no configuration"
    if isinstance(document, str):
        found.blind.append(f"{visible(url, 120)}: {document}")
    else:
        reads += [f"{visible(url, 80)}: {where}" for where in named_in(document, path)]
    found.reads += reads
    if not targets:
        found.blind.append(f"{visible(url, 120)}: it has no target (for some seconds after its start it knows none)")
    found.told += [] if reads else [f"{visible(url, 120)}: {len(targets)} targets, none of them {path}"]


def _data(answer: HttpExchange | Unmeasured) -> Any:  # noqa: ANN401 - what the envelope holds, or a sentence
    if isinstance(answer, Unmeasured):
        return visible(answer.detail, 160)
    try:
        body = json.loads(answer.body)
    except (ValueError, RecursionError):
        return f"it answers {answer.status} and no JSON: is it a Prometheus?"
    if answer.status != 200 or not isinstance(body, dict) or body.get("status") != "success":
        return f"it answers {answer.status}: is it a Prometheus?"
    return body.get("data") if isinstance(body.get("data"), dict) else "its answer holds nothing"


def _yaml(text: str) -> Any:  # noqa: ANN401 - the document, or a sentence that says why there is none
    try:
        yaml = importlib.import_module("yaml")
    except ImportError:
        return f"YAML cannot be read: PyYAML is not installed; {_INSTALL} brings it"
    try:
        document = yaml.safe_load(text)
    except (yaml.YAMLError, RecursionError, ValueError) as error:
        return f"is no YAML: {visible(' '.join(str(error).split()), 120)}"
    return document if isinstance(document, dict | list) else "holds no configuration"


def _files(pattern: str, path: str, context: Context, found: Found) -> None:
    """Configuration files, and the files that they refer to."""
    names = _expanded(str(context.path(pattern)))
    if not names:
        found.blind.append(f"{visible(pattern, 120)}: no such file")
    seen: set[Path] = set()
    for name in names:
        seen.add(Path(name).resolve())
        document = _document(Path(name))
        shown = visible(name, 120)
        if isinstance(document, str):
            found.blind.append(f"{shown}: {document}")
            continue
        if not (isinstance(document, Mapping) and {"scrape_configs", "scrape_config_files", "modules"} & set(document)):
            found.blind.append(f"{shown}: is no configuration of Prometheus or of its blackbox prober")
            continue
        before = len(found.reads)
        _looked_into(document, Path(name), path, found, seen)
        found.told += [] if len(found.reads) > before else [f"{shown}: names no {path}"]


def _looked_into(document: object, file: Path, path: str, found: Found, seen: set[Path]) -> None:
    """A configuration, or a list of targets, and every file that it refers to, each file once."""
    shown = visible(file, 120)
    found.reads += [f"{shown}: {where}" for where in named_in(document, path)]
    if not isinstance(document, Mapping):
        return
    found.blind += [f"{shown}: {told}" for told in discoveries(document)]
    for other in _referred(document, file.parent):
        if other.resolve() in seen:
            continue
        seen.add(other.resolve())
        more = _document(other)
        if isinstance(more, str):
            found.blind.append(f"{visible(other, 120)}: {more}")
        else:
            _looked_into(more, other, path, found, seen)


def _expanded(pattern: str) -> list[str]:
    return sorted(glob.glob(pattern)) if glob.has_magic(pattern) else [pattern]  # noqa: PTH207 - a pattern may be absolute


def _document(path: Path) -> Any:  # noqa: ANN401 - see _yaml
    file = read_file(path)
    return file.problem or _yaml(file.content.decode("utf-8", "replace"))


def _referred(document: Mapping[str, Any], folder: Path) -> Iterator[Path]:
    """The files that hold further jobs or targets."""
    jobs = document.get("scrape_configs")
    parts: list[object] = [document.get("scrape_config_files")]
    for job in jobs if isinstance(jobs, Sequence) else ():
        if isinstance(job, Mapping):
            parts += [one.get("files") for one in job.get("file_sd_configs") or () if isinstance(one, Mapping)]
    for part in parts:
        for name in part if isinstance(part, list) else ():
            yield from map(Path, _expanded(str(folder / str(name))))
