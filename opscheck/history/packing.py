"""Columns in few bytes: series of a roster, and latency, instant and facts of a run's results."""

from __future__ import annotations

import json
import sys
import zlib
from array import array
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from opscheck.report.json_report import strict

_UNTIMED: Final = 0xFFFF
_STEPS: Final = 0xFFFF  # an instant is kept as that many steps of the run at most
_DECADE: Final = 900  # codes for each decade of three-digit numbers


@dataclass(frozen=True, slots=True)
class Packed:
    """A run's results by their place in its roster.

    Attributes:
        micros: latency codes; see `micros_of_code`.
        steps: milliseconds after the run's start, in units of `unit`.
        facts: by place, where there are any.
    """

    micros: array[int]
    steps: array[int]
    unit: int
    facts: Mapping[int, Any]


def code_of_micros(micros: int | None) -> int:
    """Three digits and a power of ten in 16 bits.

    >>> [micros_of_code(code_of_micros(one)) for one in (0, 7, 999, 31_457, 119_999_000)]
    [0, 7, 999, 31400, 119000000]
    """
    if micros is None:
        return _UNTIMED
    power = 0
    while micros > 999:
        micros //= 10
        power += 1
    if not power:
        return max(micros, 0)
    return min(1000 + (power - 1) * _DECADE + micros - 100, _UNTIMED - 1)


def micros_of_code(code: int) -> int | None:
    """Microseconds of a code; None for what was not timed."""
    if code == _UNTIMED:
        return None
    if code < 1000:
        return code
    power, digits = divmod(code - 1000, _DECADE)
    return int((digits + 100) * 10 ** (power + 1))


def pack(micros: Sequence[int | None], offsets: Sequence[int], facts: Mapping[int, Mapping[str, Any]]) -> bytes:
    """The columns; `offsets` are milliseconds after the run's start."""
    unit = max(offsets, default=0) // _STEPS + 1
    places: dict[str, list[int]] = {}
    for place, found in facts.items():
        places.setdefault(json.dumps(dict(found)), []).append(place)  # most checks tell what their neighbours tell
    head = json.dumps([len(micros), unit, [[json.loads(found), at] for found, at in places.items()]])
    columns = _planes(array("H", map(code_of_micros, micros))) + _planes(
        array("H", (offset // unit for offset in offsets))
    )
    text = head.encode("utf-8", "backslashreplace")
    return zlib.compress(len(text).to_bytes(4, "little") + text + columns, 6)


def unpack(data: bytes) -> Packed:
    """Read back what `pack` gave."""
    plain = zlib.decompress(data)
    length = int.from_bytes(plain[:4], "little")
    count, unit, told = json.loads(plain[4 : 4 + length])
    facts = {place: found for found, places in told for place in places}
    at = 4 + length
    return Packed(_joined(plain[at : at + 2 * count]), _joined(plain[at + 2 * count :]), unit, facts)


def pack_series(series: Sequence[int]) -> bytes:
    """A roster's series."""
    return zlib.compress(_little(array("I", series)).tobytes(), 6)


def unpack_series(data: bytes) -> array[int]:
    """Read back what `pack_series` gave."""
    found = array("I")
    found.frombytes(zlib.decompress(data))
    return _little(found)


def pack_json(value: object) -> bytes:
    """Any JSON, compressed; what strict JSON cannot carry is told in words."""
    return zlib.compress(json_text(value).encode(), 6)


def json_text(value: object) -> str:
    """The value as plain ASCII."""
    try:
        return json.dumps(value, allow_nan=False, separators=(",", ":"))
    except (TypeError, ValueError, RecursionError):
        return json.dumps(strict(value), allow_nan=False, separators=(",", ":"))


def unpack_json(data: bytes) -> Any:  # noqa: ANN401 - whatever was packed
    """Read back what `pack_json` gave."""
    return json.loads(zlib.decompress(data))


def _planes(numbers: array[int]) -> bytes:
    """All low bytes, then all high ones: these repeat, so they compress."""
    raw = _little(numbers).tobytes()
    return raw[::2] + raw[1::2]


def _joined(planes: bytes) -> array[int]:
    half = len(planes) // 2
    raw = bytearray(len(planes))
    raw[::2], raw[1::2] = planes[:half], planes[half:]
    found = array("H")
    found.frombytes(raw)
    return _little(found)


def _little(numbers: array[int]) -> array[int]:
    if sys.byteorder == "big":
        numbers = array(numbers.typecode, numbers)
        numbers.byteswap()
    return numbers
