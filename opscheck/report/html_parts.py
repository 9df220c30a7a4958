"""The small parts of the HTML report: escaped text, outcome badges, folds, tables and the bar of phases."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from opscheck.model import Outcome
from opscheck.report.latency import phases_of, segments
from opscheck.report.visible import milliseconds, visible, visible_lines

WORDS: Final = {
    Outcome.FAIL: "Fail",
    Outcome.UNMEASURED: "Unmeasured",
    Outcome.BLOCKED: "Blocked",
    Outcome.DEGRADED: "Degraded",
    Outcome.WAIVED: "Waived",
    Outcome.PASS: "Pass",
    Outcome.NOT_APPLICABLE: "Not applicable",
}
SEGMENTS: Final = {
    "dns": "dns",
    "connect": "connect",
    "tls": "tls",
    "wait": "first byte",
    "body": "rest",
    "silence": "no answer",
}
_LINK: Final = re.compile(r"https?://[\w.:\[\]-]+(?:/[\w./#?=&%+,:~-]*)?", re.ASCII)


def esc(text: object, width: int = 240) -> str:
    """One line of text, inert in an element and in a quoted attribute."""
    return html.escape(visible(text, width))


def esc_lines(text: object, length: int) -> str:
    """The same for text of several lines."""
    return html.escape(visible_lines(text, length))


def linked(text: object, width: int = 240) -> str:
    """Escaped text in which http and https addresses can be followed."""
    shown = visible(text, width)
    parts, end = [], 0
    for match in _LINK.finditer(shown):
        address = match.group().rstrip(".,:")
        parts.append(html.escape(shown[end : match.start()]))
        parts.append(f'<a href="{html.escape(address)}" rel="noopener noreferrer">{html.escape(address)}</a>')
        end = match.start() + len(address)
    return "".join((*parts, html.escape(shown[end:])))


def icon(outcome: Outcome) -> str:
    """The outcome's symbol; the word always stands beside it."""
    return f'<svg class="i" aria-hidden="true"><use href="#i-{outcome.name.lower()}"/></svg>'


def badge(outcome: Outcome) -> str:
    """The outcome as symbol and word."""
    return f'<span class="badge {outcome.name.lower()}">{icon(outcome)}{WORDS[outcome]}</span>'


def fold(summary: str, body: str, *, kind: str = "fold", opened: bool = False) -> str:
    """A part that opens on demand; both texts are HTML."""
    state = " open" if opened else ""
    return f'<details class="{kind}"{state}><summary>{summary}</summary>{body}</details>'


def facts(pairs: Iterable[tuple[str, str]]) -> str:
    """A list of names and values; the values are HTML, empty ones are left out."""
    lines = [f"<dt>{name}</dt><dd>{value}</dd>" for name, value in pairs if value]
    return f'<dl class="facts">{"".join(lines)}</dl>' if lines else ""


def table(caption: str, head: Sequence[str], rows: Iterable[Sequence[str]], *, texts: int = 1) -> str:
    """A table of HTML cells: the first column names the row, from column `texts` on stand numbers."""
    columns = "".join(
        f'<th scope="col"{"" if index < texts else _NUMBER}>{name}</th>' for index, name in enumerate(head)
    )
    lines = []
    for row in rows:
        cells = "".join(f"<td{'' if index < texts else _NUMBER}>{cell}</td>" for index, cell in enumerate(row[1:], 1))
        lines.append(f'<tr><th scope="row">{row[0]}</th>{cells}</tr>')
    return (
        f'<div class="scroll" role="region" aria-label="{caption}" tabindex="0"><table>'
        f"<caption>{caption}</caption>"
        f"<thead><tr>{columns}</tr></thead><tbody>{''.join(lines)}</tbody></table></div>"
    )


_NUMBER: Final = ' class="n"'


def phases_bar(exchange: Mapping[str, object], *, slim: bool = False) -> str:
    """Where the time of an exchange went: a bar, and the same in words."""
    phases = phases_of(exchange)
    parts = segments(phases)
    whole = sum(value for _, value in parts)
    if not whole:
        return ""
    rects, start = [], 0.0
    for name, value in parts:
        share = 100 * value / whole
        rects.append(f'<rect class="p-{name}" x="{start:.1f}" width="{share:.1f}" height="8"/>')
        start += share
    bar = f'<svg class="bar" viewBox="0 0 100 8" preserveAspectRatio="none" aria-hidden="true">{"".join(rects)}</svg>'
    total = phases.get("total", whole)
    if slim:
        words = ", ".join(f"{SEGMENTS[name]} {milliseconds(value)}" for name, value in parts)
        return f'<div class="phases">{bar}<span>{words}, total {milliseconds(total)}</span></div>'
    words = "".join(f'<li><i class="p-{name}"></i>{SEGMENTS[name]} {milliseconds(value)}</li>' for name, value in parts)
    return f'<div class="phases">{bar}<ul>{words}<li><b>total {milliseconds(total)}</b></li></ul></div>'
