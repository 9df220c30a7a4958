"""A latency distribution in a few bytes: logarithmic bins, so that days can be merged and any percentile be asked."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable
from typing import Final

_GROWTH: Final = math.log(1.04)  # a bin's upper end is 4% above its lower: a percentile is right to 2%
_MICRO: Final = 1e6


class Sketch:
    """How often each latency was seen, in bins of 4%.

    >>> sketch = Sketch.of([0.1] * 99 + [2.0])
    >>> sketch.total, round(sketch.percentile(50), 2), round(sketch.percentile(100))
    (100, 0.1, 2)
    """

    __slots__ = ("_bins", "_data")

    def __init__(self, bins: Iterable[tuple[int, int]] = ()) -> None:
        self._bins: Counter[int] | None = Counter(dict(bins))
        self._data = b""

    @property
    def bins(self) -> Counter[int]:
        """How many latencies each bin in use has."""
        if self._bins is None:
            self._bins = _decoded(self._data)
        return self._bins

    @classmethod
    def of(cls, seconds: Iterable[float]) -> Sketch:
        """The sketch of some latencies in seconds."""
        made = cls()
        for one in seconds:
            made.add(one)
        return made

    def add(self, seconds: float, times: int = 1) -> None:
        """One more latency, seconds."""
        self.bins[bin_of(seconds)] += times

    def merge(self, other: Sketch) -> Sketch:
        """Both together."""
        return Sketch((self.bins + other.bins).items())

    @property
    def total(self) -> int:
        """How many latencies there are."""
        return sum(self.bins.values())

    def percentile(self, percent: float) -> float | None:
        """The latency in seconds that this share is not above; None where there is none."""
        rank = max(math.ceil(self.total * percent / 100), 1)
        for index in sorted(self.bins):
            rank -= self.bins[index]
            if rank <= 0:
                return seconds_of(index)
        return None

    def encode(self) -> bytes:
        """A few bytes for each bin in use: steps between bins and counts, as variable-length numbers."""
        out = bytearray()
        last = 0
        for index in sorted(self.bins):
            _put(out, index - last)
            _put(out, self.bins[index])
            last = index
        return bytes(out)

    @classmethod
    def decode(cls, data: bytes) -> Sketch:
        """Read back what `encode` gave; it is decoded when it is asked for: pages that only count do not."""
        made = cls()
        made._bins, made._data = None, data
        return made

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sketch) and self.bins == other.bins

    __hash__ = None  # type: ignore[assignment] # it grows

    def __repr__(self) -> str:
        return f"Sketch({self.total} latencies)"


def bin_of(seconds: float) -> int:
    """The bin of a latency; all below a microsecond share the first."""
    return round(math.log(max(seconds * _MICRO, 1.0)) / _GROWTH)


def seconds_of(index: int) -> float:
    """The middle of a bin, seconds."""
    return math.exp(index * _GROWTH) / _MICRO


def _put(out: bytearray, number: int) -> None:
    while number > 0x7F:
        out.append(number & 0x7F | 0x80)
        number >>= 7
    out.append(number)


def _decoded(data: bytes) -> Counter[int]:
    bins: Counter[int] = Counter()
    index = number = shift = 0
    step: int | None = None
    for byte in data:
        number |= (byte & 0x7F) << shift
        if byte > 0x7F:
            shift += 7
        elif step is None:
            step, number, shift = number, 0, 0
        else:
            index += step
            bins[index] = number
            step, number, shift = None, 0, 0
    return bins
