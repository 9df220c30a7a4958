"""The report as JSON: for machines, for history and for the comparison of two runs."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping
from typing import Final

from opscheck.report.run import RunReport

_SURROGATE: Final = re.compile("[\ud800-\udfff]")
_DEEPEST: Final = 24  # levels of an exchange that are kept; evidence is bounded, this holds if it is not


def render(report: RunReport) -> str:
    """`opscheck.report/1` as plain ASCII: no character of a probed server reaches a terminal raw."""
    return json.dumps(strict(report.as_dict()), indent=1, allow_nan=False) + "\n"


def strict(value: object, depth: int = 0) -> object:
    """The value as strict JSON can carry it: no lone surrogate, no NaN, nothing unknown, not too deep."""
    if isinstance(value, str):
        return _SURROGATE.sub(lambda match: f"\\u{ord(match.group()):04x}", value)
    if depth >= _DEEPEST or (isinstance(value, float) and not math.isfinite(value)):
        return f"({type(value).__name__} left out)"
    if isinstance(value, Mapping):
        return {str(strict(str(key))): strict(item, depth + 1) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [strict(item, depth + 1) for item in value]
    return value if value is None or isinstance(value, bool | int | float) else strict(str(value), depth)
