"""Answers of the Loki API: lines found, and the retention in the configuration that it runs with."""

from __future__ import annotations

import importlib
import re
from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from opscheck.checks._json import NotJson, objects, read_object
from opscheck.model import HttpExchange, Kind, Unmeasured
from opscheck.model.logs import FoundLines, LogRetention
from opscheck.model.request import mask_url
from opscheck.readers.blind import unread
from opscheck.readers.promql import INSTALL

_LABELS: Final = {"app": "opscheck"}
_UNITS: Final = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0, "w": 604800.0, "y": 31536000.0}
_DURATION: Final = re.compile(r"(?:\d+(?:ms|[smhdwy]))+|0")
_PART: Final = re.compile(r"(\d+)(ms|[smhdwy])")
_MOST_LINES: Final = 40
_LONGEST: Final = 4000  # characters of a line
_NO_YAML: Final = "YAML cannot be read: PyYAML is not installed"


def line_of(mark: str, at: datetime) -> dict[str, Any]:
    """The body that gives Loki one line of ours."""
    nanoseconds = str(int(at.timestamp() * 1_000_000) * 1000)
    return {"streams": [{"stream": _LABELS, "values": [[nanoseconds, f"opscheck looks for this line: {mark}"]]}]}


def question_for(mark: str) -> str:
    """The LogQL that finds it."""
    labels = ", ".join(f'{name}="{value}"' for name, value in _LABELS.items())
    return f'{{{labels}}} |= "{mark}"'


def question_in(selector: str, marks: Sequence[str]) -> str:
    """The LogQL that finds lines with one of some marks among the streams of a selector such as `{app="agent"}`."""
    wanted = "|".join(re.escape(mark) for mark in marks if "`" not in mark)
    return f"{selector} |~ `{wanted}`"


def lines_of(answer: HttpExchange | Unmeasured) -> FoundLines | Unmeasured:
    """The lines that a query found."""
    if isinstance(answer, Unmeasured):
        return answer
    where = mask_url(answer.request.url)
    if answer.status != 200:
        said = " ".join(answer.text()[:120].split())
        return unread(answer, Kind.PROTOCOL, f"a query is answered with {answer.status}: {said}")
    try:
        data = read_object(answer.body).get("data")
    except NotJson as error:
        return unread(answer, Kind.PROTOCOL, f"no answer of a Loki: {error}")
    streams = objects(data.get("result")) if isinstance(data, dict) else []
    values = (value for stream in streams for value in _list(stream.get("values")))
    lines = tuple(str(value[1])[:_LONGEST] for value in values if isinstance(value, list) and len(value) > 1)
    told = f"{len(streams)} streams of the log store"
    return FoundLines(where, lines[:_MOST_LINES], told, answer.at, "", answer.phases, answer.attempts)


def holds(answer: HttpExchange | Unmeasured, mark: str) -> bool:
    """The line is among what a query found."""
    if isinstance(answer, Unmeasured) or answer.status != 200:
        return False
    try:
        data = read_object(answer.body).get("data")
    except NotJson:
        return False
    streams = objects(data.get("result")) if isinstance(data, dict) else []
    values = (value for stream in streams for value in _list(stream.get("values")))
    return any(isinstance(value, list) and any(mark in str(text) for text in value[1:]) for value in values)


def retention_of(answer: HttpExchange | Unmeasured) -> LogRetention | Unmeasured:
    """The retention that `/config` tells in its YAML."""
    if isinstance(answer, Unmeasured):
        return answer
    where = mask_url(answer.request.url)
    if answer.status != 200:
        return unread(answer, Kind.PROTOCOL, f"no configuration of a Loki ({answer.status})")
    try:
        yaml = importlib.import_module("yaml")
    except ImportError:
        return unread(answer, Kind.TOOL_MISSING, _NO_YAML, f"{INSTALL} brings it")
    try:
        document = yaml.safe_load(answer.text())
        enabled = bool(document["compactor"].get("retention_enabled"))
        period = str(document["limits_config"].get("retention_period") or "")
    except (yaml.YAMLError, RecursionError, KeyError, TypeError, AttributeError, ValueError):
        return unread(answer, Kind.PROTOCOL, "what answers at this address is no configuration of a Loki")
    seconds = duration(period)
    problem = "" if seconds is not None else f"a period that is none: {period[:40]!r}"
    return LogRetention(where, enabled, seconds or 0.0, period, answer.at, problem, answer.phases, answer.attempts)


def duration(text: str) -> float | None:
    """Seconds of a period as Prometheus and Loki write them; None for what is none, 0 for an empty one.

    >>> duration("31d"), duration("744h0m0s"), duration("a while")
    (2678400.0, 2678400.0, None)
    """
    if not text:
        return 0.0
    if not _DURATION.fullmatch(text):
        return None
    return sum(int(number) * _UNITS[unit] for number, unit in _PART.findall(text))


def _list(value: object) -> list[Any]:
    return value if isinstance(value, list) else []
