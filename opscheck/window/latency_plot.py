"""Latency before and after: how all answers are distributed, and the checks that differ most; as SVG and in words."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from opscheck.model import Outcome
from opscheck.report import RunReport
from opscheck.report.compare import Change, Comparison
from opscheck.report.html_parts import esc
from opscheck.report.latency import latency_ms
from opscheck.report.visible import counted, milliseconds

_WIDE: Final = 600.0
_HIGH: Final = 160.0
_POINTS: Final = 100  # of a curve
_NOTED: Final = 1.0  # ms; what differs less does not differ
_ROWS: Final = 15  # checks that are shown by name
_UNSEEN: Final = frozenset({Outcome.UNMEASURED, Outcome.BLOCKED, Outcome.NOT_APPLICABLE})


def latency_plots(before: RunReport | None, after: RunReport | None, compared: Comparison | None) -> str:
    """The curves, then the checks; empty where nothing was timed."""
    curves = [
        (name, totals)
        for name, run in (("before", before), ("after", after))
        if run and len(totals := _totals(run)) > 1
    ]
    return (_curves(curves) if curves else "") + (_differing(compared) if compared else "")


def _totals(run: RunReport) -> list[float]:
    """Milliseconds of every check that was answered, the fastest first."""
    found = (latency_ms(one) for one in run.results if one.outcome not in _UNSEEN)
    return sorted(value for value in found if value is not None)


def quantile(ordered: Sequence[float], share: float) -> float:
    """The value below which a share of the values lies; between two of them by interpolation."""
    place = share * (len(ordered) - 1)
    low = int(place)
    high = min(low + 1, len(ordered) - 1)
    return ordered[low] + (ordered[high] - ordered[low]) * (place - low)


def _curves(curves: Sequence[tuple[str, list[float]]]) -> str:
    most = max(totals[-1] for _, totals in curves) or 1.0
    lines = "".join(f'<polyline class="q-{name}" points="{_points(totals, most)}"/>' for name, totals in curves)
    grid = "".join(f'<line class="t-tick" x1="0" x2="{_WIDE:.0f}" y1="{y}" y2="{y}"/>' for y in (0, 40, 80, 120, 160))
    told = "; ".join(f"{name}: {_summary(totals)}" for name, totals in curves)
    keys = "".join(f'<li><i class="k-{name}"></i>{name}: {_summary(totals)}</li>' for name, totals in curves)
    return (
        '<figure class="curves"><h3>How long answers took</h3>'
        f'<div class="plot"><span class="top" aria-hidden="true">{milliseconds(most)}</span>'
        f'<svg viewBox="0 0 {_WIDE:.0f} {_HIGH:.0f}" preserveAspectRatio="none" role="img" '
        f'aria-label="Latency of the checks, the fastest first; {esc(told, 300)}">{grid}{lines}</svg></div>'
        '<ul class="axis" aria-hidden="true"><li class="first">fastest</li><li style="left:50%">median</li>'
        '<li class="last">slowest</li></ul>'
        f'<figcaption class="legend"><ul>{keys}</ul></figcaption></figure>'
    )


def _points(totals: Sequence[float], most: float) -> str:
    pairs = []
    for number in range(_POINTS + 1):
        share = number / _POINTS
        pairs.append(f"{share * _WIDE:.0f},{_HIGH - quantile(totals, share) / most * _HIGH:.1f}")
    return " ".join(pairs)


def _summary(totals: Sequence[float]) -> str:
    marks = [(word, quantile(totals, share)) for word, share in (("median", 0.5), ("95th", 0.95), ("slowest", 1.0))]
    return f"{counted(len(totals), 'check')}, {', '.join(f'{word} {milliseconds(value)}' for word, value in marks)}"


def _differing(compared: Comparison) -> str:
    """The checks whose latency differs most, each with a bar for before and one for after on a common scale."""
    timed = [one for one in compared.changes if one.before_ms is not None and one.after_ms is not None and _seen(one)]
    slower = {one.name for one in compared.slower}
    timed.sort(key=lambda one: (one.name not in slower, -abs((one.after_ms or 0.0) - (one.before_ms or 0.0))))
    shown = [one for one in timed if abs((one.after_ms or 0.0) - (one.before_ms or 0.0)) >= _NOTED][:_ROWS]
    most = max((max(one.before_ms or 0.0, one.after_ms or 0.0) for one in shown), default=0.0)
    if not most:
        return ""
    rows = "".join(_row(one, most, slow=one.name in slower) for one in shown)
    return f'<h3>Checks that differ most</h3><ul class="pairs">{rows}</ul>'


def _seen(change: Change) -> bool:
    return all(one is not None and one.outcome not in _UNSEEN for one in (change.before, change.after))


def _row(change: Change, most: float, *, slow: bool) -> str:
    before, after = change.before_ms or 0.0, change.after_ms or 0.0
    bars = "".join(
        f'<rect class="b-{name}" y="{top}" width="{100 * value / most:.1f}" height="5"/>'
        for name, value, top in (("before", before, 0), ("after", after, 7))
    )
    word = ' <strong class="again">slower</strong>' if slow else ""
    return (
        f"<li><span><code>{esc(change.latest.check, 80)}</code> "
        f'<span class="on">on {esc(change.latest.host, 60)}</span>{word}</span>'
        f'<svg viewBox="0 0 100 12" preserveAspectRatio="none" aria-hidden="true">{bars}</svg>'
        f'<span class="took">{milliseconds(before)} before, {milliseconds(after)} after</span></li>'
    )
