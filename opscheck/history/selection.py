"""Which series are meant, and what their counts say."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType

from opscheck.model import Outcome


@dataclass(frozen=True, slots=True)
class Series:
    """A test on a host."""

    host: str
    check: str
    test: str
    markers: tuple[str, ...]


@lru_cache(maxsize=4096)
def counted_outcomes(told: str) -> Mapping[Outcome, int]:
    """Counts by outcome; most days of most tests have the same."""
    return MappingProxyType({Outcome(word): number for word, number in json.loads(told).items()})


def wanted_series(host: str, check: str, marker: str) -> Callable[[Series], bool]:
    """Whether a series is meant; an empty word stands for all."""

    def wanted(one: Series) -> bool:
        return (
            (not host or one.host == host)
            and (not check or one.check == check)
            and (not marker or marker in one.markers)
        )

    return wanted
