"""Metrics as Prometheus reads them: the text format 0.0.4 and, where it is announced, OpenMetrics 1.0."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from opscheck.checks._words import shown
from opscheck.model import HttpExchange

_TEXT: Final = "text/plain"
_OPEN: Final = "application/openmetrics-text"
_NAME: Final = re.compile(r"[a-zA-Z_:][a-zA-Z0-9_:]*")
_LABEL: Final = re.compile(r'\s*([a-zA-Z_][a-zA-Z0-9_]*)\s*=\s*"((?:[^"\\\n]|\\.)*)"\s*')
_NUMBER: Final = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")
_NO_NUMBERS: Final[Mapping[str, float]] = {"nan": math.nan, "inf": math.inf, "infinity": math.inf}
_ESCAPES: Final[Mapping[str, str]] = {"\\\\": "\\", '\\"': '"', "\\n": "\n"}
_KINDS: Final = frozenset({"counter", "gauge", "histogram", "summary", "untyped"})
_OPEN_KINDS: Final = _KINDS | {"unknown", "info", "stateset", "gaugehistogram"}

Labels = frozenset[tuple[str, str]]


class NotMetrics(ValueError):
    """The answer is not what a Prometheus server reads; the text says why."""


@dataclass(frozen=True, slots=True)
class Sample:
    """One line: a series and its value."""

    name: str
    labels: Labels
    value: float

    def label(self, *names: str) -> str:
        """The value of the first of these labels that the series has; empty where it has none of them."""
        given = dict(self.labels)
        return next((given[name] for name in names if name in given), "")

    def __str__(self) -> str:
        told = ", ".join(f"{name}={shown(value, 40)}" for name, value in sorted(self.labels))
        return f"{self.name}{{{told}}}" if told else self.name


def read_metrics(answer: HttpExchange) -> list[Sample]:
    """Every sample of an answer.

    Raises:
        NotMetrics: a Prometheus server would drop the whole answer.
    """
    if answer.status != 200:
        raise NotMetrics(f"the metrics answer {answer.status}")
    kind = answer.content_type
    if kind not in (_TEXT, _OPEN):
        told = shown(kind, 60) if kind else "missing"
        raise NotMetrics(f"the metrics' Content-Type is {told}, not {_TEXT} or {_OPEN}")
    try:
        text = answer.body.decode("utf-8")
    except UnicodeDecodeError as error:
        raise NotMetrics(f"the metrics are not UTF-8 at byte {error.start}") from None
    samples = list(_samples(text, open_metrics=kind == _OPEN))
    if len({(one.name, one.labels) for one in samples}) != len(samples):
        raise NotMetrics("a series stands in the metrics twice")
    return samples


def named(samples: list[Sample], name: str) -> list[Sample]:
    """The samples of one metric."""
    return [one for one in samples if one.name == name]


def _samples(text: str, *, open_metrics: bool) -> Iterator[Sample]:
    lines = text.split("\n")
    if lines[-1]:
        raise NotMetrics("the last line of the metrics is cut off")
    if open_metrics and lines[-2:] != ["# EOF", ""]:
        raise NotMetrics("the metrics do not end with # EOF")
    typed: set[str] = set()
    for number, line in enumerate(lines[:-1], 1):
        if line.startswith("#"):
            _comment(line, number, typed, _OPEN_KINDS if open_metrics else _KINDS)
        elif line.strip(" \t") and not (open_metrics and line != line.strip()):
            yield _sample(line.strip(" \t"), number, open_metrics=open_metrics)
        elif open_metrics:
            raise NotMetrics(f"line {number} of the metrics is blank or indented")


def _comment(line: str, number: int, typed: set[str], kinds: frozenset[str]) -> None:
    words = line.split()
    if words[:2] != ["#", "TYPE"]:
        return
    if len(words) != 4 or not _NAME.fullmatch(words[2]) or words[3] not in kinds:
        raise NotMetrics(f"line {number} of the metrics tells no type: {shown(line, 60)}")
    if words[2] in typed:
        raise NotMetrics(f"line {number} of the metrics tells the type of {shown(words[2], 60)} again")
    typed.add(words[2])


def _sample(line: str, number: int, *, open_metrics: bool) -> Sample:
    name = _NAME.match(line)
    wrong = NotMetrics(f"line {number} of the metrics cannot be read: {shown(line, 60)}")
    if name is None:
        raise wrong
    rest = line[name.end() :].lstrip(" \t")
    labels: Labels = frozenset()
    if rest.startswith("{"):
        found = _labels(rest)
        if found is None:
            raise wrong
        labels, rest = found
    elif not line[name.end() :].startswith((" ", "\t")):
        raise wrong
    if open_metrics:
        rest = rest.partition(" # ")[0]  # an exemplar
    words = rest.split()
    value = _number(words[0]) if len(words) in (1, 2) else None
    if value is None or (len(words) == 2 and _number(words[1]) is None):
        raise wrong
    return Sample(name.group(), labels, value)


def _labels(text: str) -> tuple[Labels, str] | None:
    """The labels of a text that begins with them, and what stands behind; None where they cannot be read."""
    found: dict[str, str] = {}
    place = 1
    while (label := _LABEL.match(text, place)) is not None:
        if label.group(1) in found:
            return None
        found[label.group(1)] = re.sub(r"\\.", lambda escape: _ESCAPES.get(escape[0], escape[0]), label.group(2))
        place = label.end()
        if text[place : place + 1] != ",":
            break
        place += 1
    closing = text[place:].lstrip(" \t")
    return (frozenset(found.items()), closing[1:]) if closing.startswith("}") else None


def _number(text: str) -> float | None:
    special = _NO_NUMBERS.get(text.lstrip("+-").casefold()) if len(text) <= 9 else None
    if special is not None:
        return -special if text.startswith("-") else special
    return float(text) if len(text) <= 64 and _NUMBER.fullmatch(text) else None
