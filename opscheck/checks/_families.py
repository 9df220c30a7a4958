"""Metric families: what a type demands of its samples, by the text format 0.0.4 and by OpenMetrics 1.0."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Final

from opscheck.checks._metrics import Labels, Sample
from opscheck.checks._words import shown

_SUFFIXES: Final[Mapping[str, tuple[str, ...]]] = {
    "histogram": ("_bucket", "_count", "_sum", "_created"),
    "gaugehistogram": ("_bucket", "_gcount", "_gsum"),
    "summary": ("", "_count", "_sum", "_created"),
}
_OPEN_SUFFIXES: Final[Mapping[str, tuple[str, ...]]] = {
    **_SUFFIXES,
    "counter": ("_total", "_created"),
    "info": ("_info",),
}
_BELONGS: Final = ("_bucket", "_count", "_sum", "_total", "_created", "_info", "_gcount", "_gsum")


class Families:
    """The families of an exposition in their order: their declared types, and where their samples stand.

    Args:
        text: what `read_metrics` could read, so that every line is a comment or a sample.
        samples: what it gave, in the order of the lines.
        open_metrics: judged by OpenMetrics, else by the text format.
    """

    def __init__(self, text: str, samples: list[Sample], *, open_metrics: bool) -> None:
        self._open = open_metrics
        self.types: dict[str, str] = {}
        self.late: list[str] = []
        self.scattered: list[str] = []
        self.of: dict[str, list[Sample]] = defaultdict(list)
        self._walk(text, iter(samples))

    def _walk(self, text: str, samples: Iterator[Sample]) -> None:
        current, seen = "", set[str]()
        for line in text.split("\n"):
            if line.startswith("#"):
                words = line.split()
                if words[:2] == ["#", "TYPE"]:
                    self.types[words[2]] = words[3]
                    self.late += [words[2]] if words[2] in seen else []
            elif line.strip(" \t"):
                sample = next(samples)
                family = self.family(sample.name)
                if family != current:
                    self.scattered += [family] if family in seen else []
                    current = family
                    seen.add(family)
                self.of[family].append(sample)

    def family(self, name: str) -> str:
        """The family of a sample: the declared one whose type has such samples, else the sample's own name."""
        if name in self.types:
            return name
        ending = next((end for end in _BELONGS if name.endswith(end)), "")
        base = name.removesuffix(ending)
        return base if ending and base in self.types else name

    def defects(self) -> Iterator[tuple[str, str]]:
        """Family and what is wrong with it, in words."""
        for name in dict.fromkeys(self.late):
            yield name, "its type stands behind its samples"
        for name in dict.fromkeys(self.scattered):
            yield name, "its samples stand in more than one place"
        for name, samples in self.of.items():
            for text in self._wrong(name, self.types.get(name, ""), samples):
                yield name, text

    def _wrong(self, name: str, kind: str, samples: list[Sample]) -> Iterator[str]:
        allowed = (_OPEN_SUFFIXES if self._open else _SUFFIXES).get(kind, ("",))
        strange = next((one.name for one in samples if kind and one.name.removeprefix(name) not in allowed), "")
        if strange:
            yield f"a {kind} has no sample {shown(strange, 60)}"
        if kind == "counter":
            low = next((one for one in samples if not one.name.endswith("_created") and not one.value >= 0), None)
            if low is not None:
                yield f"a counter is {low.value:g}"
        if kind == "histogram":
            yield from _buckets(name, samples)


def _buckets(name: str, samples: list[Sample]) -> Iterator[str]:
    """Each histogram of a family: buckets add up, the last one is +Inf and is the count."""
    series: dict[Labels, list[tuple[float, float]]] = defaultdict(list)
    rest: dict[str, dict[Labels, float]] = {"_count": {}, "_sum": {}}
    for one in samples:
        if one.name == f"{name}_bucket":
            series[_without_bound(one)].append((_bound(one), one.value))
        elif one.name.removeprefix(name) in rest:
            rest[one.name.removeprefix(name)][one.labels] = one.value
    for labels, buckets in series.items():
        bounds, counts = [bound for bound, _ in buckets], [count for _, count in buckets]
        if any(math.isnan(bound) for bound in bounds) or math.inf not in bounds:
            yield "a histogram has no bucket +Inf" if math.inf not in bounds else "a bucket has a bound that is none"
        elif bounds != sorted(bounds) or counts != sorted(counts):
            yield "the buckets of a histogram do not add up"
        elif rest["_count"].get(labels, counts[-1]) != counts[-1]:
            yield f"a histogram counts {rest['_count'][labels]:g} while its bucket +Inf holds {counts[-1]:g}"
    for labels in rest["_count"]:
        if labels not in series:
            yield "a histogram has a count and no buckets"


def _without_bound(sample: Sample) -> Labels:
    return frozenset(pair for pair in sample.labels if pair[0] != "le")


def _bound(sample: Sample) -> float:
    text = sample.label("le")
    try:
        return math.inf if text == "+Inf" else float(text)
    except ValueError:
        return math.nan
