"""Bars and lines as SVG: one path a tone, so that a page with many of them stays small."""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from typing import Final

from opscheck.report.visible import counted, milliseconds
from opscheck.watch.past import BAD, GOOD, UNSEEN, WAIVED, Tally, tallies, uptime

_STEP: Final = 4  # units from one column to the next,
_WIDE: Final = 3  # of which the column takes this,
_HIGH: Final = 24  # and its height
_LEAST: Final = 5  # a single failure among thousands of samples is seen
_LINE: Final = 20  # height of a line, with room for its stroke


def bars(counts: array[int], unit: str, units: str = "") -> str:
    """A column for each part of a strip: good from above, what failed, could not be seen or was waived from below.

    A part without samples is a hollow foot: a gap is no good day, and no bad one.
    """
    strip = tallies(counts)
    paths: dict[str, list[str]] = {"good": [], "unseen": [], "waived": [], "bad": [], "gap": []}
    for index, tally in enumerate(strip):
        for tone, top, height in _column(tally):
            paths[tone].append(f"M{index * _STEP} {top:g}h{_WIDE}v{height:g}h-{_WIDE}z")
    drawn = "".join(f'<path class="{tone}" d="{"".join(parts)}"/>' for tone, parts in paths.items() if parts)
    width = len(strip) * _STEP - (_STEP - _WIDE)
    return (
        f'<svg class="bars" viewBox="0 0 {width} {_HIGH}" preserveAspectRatio="none" role="img" '
        f'aria-label="{told(counts, unit, units)}">{drawn}</svg>'
    )


def _column(tally: Tally) -> list[tuple[str, float, float]]:
    """Tone, top and height of its parts."""
    whole = sum(tally)
    if not whole:
        return [("gap", _HIGH - 3, 3)]
    parts: list[tuple[str, float, float]] = []
    bottom = float(_HIGH)
    for tone, kind in (("bad", BAD), ("unseen", UNSEEN), ("waived", WAIVED)):
        if tally[kind]:
            height = round(max(_LEAST, _HIGH * tally[kind] / whole), 1)
            height = min(height, bottom)
            bottom -= height
            parts.append((tone, round(bottom, 1), height))
    if tally[GOOD] and bottom > 0:
        parts.append(("good", 0, round(bottom, 1)))
    return parts


def told(counts: array[int], unit: str, units: str = "") -> str:
    """A strip in words: `99.95 % good; 1 of 90 days with failures, 3 without samples`."""
    strip = tallies(counts)
    bad = sum(1 for tally in strip if tally[BAD])
    unseen = sum(1 for tally in strip if tally[UNSEEN])
    waived = sum(1 for tally in strip if tally[WAIVED])
    empty = sum(1 for tally in strip if not any(tally))
    parts = [f"{share(counts)} good", f"{bad} of {counted(len(strip), unit, units)} with failures"]
    parts += [f"{unseen} with what could not be measured"] if unseen else []
    parts += [f"{waived} with what was waived"] if waived else []
    parts += [f"{empty} without samples"] if empty else []
    return "; ".join(parts[:1]) + "; " + ", ".join(parts[1:])


def share(counts: array[int]) -> str:
    """The share of good samples; never rounded up to 100 %.

    >>> share(array("L", (99_999, 1, 0, 0)))
    '99.99 %'
    """
    found = uptime(counts)
    if found is None:
        return "-"
    if found == 1:
        return "100 %"
    return f"{int(found * 10_000) / 100:.2f} %"


def sparkline(latency: Sequence[tuple[float, int]]) -> str:
    """The mean of each half hour as a line, broken where there is none."""
    means = [total / number if number else None for total, number in latency]
    known = [one for one in means if one is not None]
    if not known:
        return '<span class="quiet">no latency</span>'
    top = max(known) or 1.0
    parts, pen = [], "M"
    for index, mean in enumerate(means):
        if mean is None:
            pen = "M"
            continue
        y = round(_LINE - 2 - (_LINE - 4) * mean / top, 1)
        alone = pen == "M" and (index + 1 == len(means) or means[index + 1] is None)
        parts.append(f"{pen}{index * _STEP} {y:g}" + (f"h{_WIDE}" if alone else ""))
        pen = "L"
    width = (len(means) - 1) * _STEP + _WIDE
    latest = milliseconds(known[-1] * 1000)
    peak = milliseconds(top * 1000)
    words = f"mean latency by half hour: {latest} last, {peak} at most"
    return (
        f'<svg class="line" viewBox="0 0 {width} {_LINE}" preserveAspectRatio="none" role="img" '
        f'aria-label="{words}"><path d="{"".join(parts)}"/></svg><span class="took">{latest}</span>'
    )
