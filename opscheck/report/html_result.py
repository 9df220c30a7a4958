"""One result in the HTML report: a card for what needs attention, a slim line for the rest."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from opscheck.report.html_parts import WORDS, badge, esc, esc_lines, facts, fold, icon, linked, phases_bar
from opscheck.report.json_report import strict
from opscheck.report.latency import latency_ms
from opscheck.report.run import Result
from opscheck.report.terminal import telling_exchange
from opscheck.report.visible import counted, milliseconds
from opscheck.report.waived import waiver_line

_MOST_EXCHANGES: Final = 6
_MOST_HEADERS: Final = 30
_LONGEST_CURL: Final = 4000  # a curl line that was cut could not be pasted: a longer one is left out
_SHORT: Final = 160
_KNOWN: Final = frozenset(
    {"kind", "where", "at", "summary", "phases_ms", "attempts", "request", "headers", "excerpt", "cause"}
)


class Room:
    """How much of the page cards and lines may take: what does not fit is told more briefly.

    Attributes:
        refused: how many results that wanted a card became a line.
    """

    def __init__(self, *, cards: int, lines: int) -> None:
        self._cards = cards
        self._lines = lines
        self.refused = 0

    def card(self, text: str) -> bool:
        """Take the room for a card, if there is enough."""
        fits = len(text) <= self._cards
        self._cards -= len(text) if fits else self._cards  # a later, shorter one must not overtake
        self.refused += not fits
        return fits

    def line(self, text: str) -> bool:
        """Take the room for a line that opens, if there is enough."""
        fits = len(text) <= self._lines
        self._lines -= len(text) if fits else self._lines
        return fits

    @property
    def full(self) -> bool:
        """No further card fits."""
        return self._cards <= 0


def shown(results: Iterable[Result], room: Room, level: int = 3) -> str:
    """The results as cards while there is room, then as lines."""
    cards: list[str] = []
    lines: list[str] = []
    for result in results:
        text = "" if room.full else card(result, level)
        if text and room.card(text):
            cards.append(text)
        else:
            room.refused += not text
            lines.append(line(result, room, named=True))
    return "".join(cards) + (f'<ul class="lines">{"".join(lines)}</ul>' if lines else "")


def card(result: Result, level: int = 3) -> str:
    """Everything about a result: promise, reason, expected and got, phases, evidence and the curl line."""
    telling = telling_exchange(result)
    pairs = (
        ("Expected", f"<code>{esc(result.expected, 400)}</code>" if result.expected else ""),
        ("Got", f"<code>{esc(result.observed, 400)}</code>" if result.observed else ""),
        ("Likely cause", esc(result.likely_cause, 400)),
        ("Next step", linked(result.remedy, 400)),
        *(("Waiver", linked(waiver_line(waiver), 400)) for waiver in result.waivers),
    )
    return (
        f'<article class="card {result.outcome.name.lower()}">'
        f"<header>{badge(result.outcome)}{_title(result, level)}{_meta(result, telling)}</header>"
        f'<p class="reason">{esc(result.reason, 400)}</p>{facts(pairs)}{phases_bar(telling)}'
        f"{_evidence(result.evidence)}{_again(result.curl)}</article>"
    )


def _title(result: Result, level: int) -> str:
    return f"<h{level}>{esc(result.promise or result.check)}</h{level}>"


def _meta(result: Result, telling: Mapping[str, object]) -> str:
    words = [f"<code>{esc(result.check, 120)}</code>", f"on <b>{esc(result.host, 80)}</b>"]
    if telling.get("where"):
        words.append(f'<span class="where">{esc(telling["where"])}</span>')
    if result.attempts > 1:
        words.append(f'<strong class="again">{result.attempts} attempts</strong>')
    words += [f'<span class="tag">{esc(marker, 40)}</span>' for marker in result.markers[:8]]
    return f'<p class="meta">{" ".join(words)}</p>'


def _again(curl: str) -> str:
    if not curl or len(curl) > _LONGEST_CURL:
        return ""
    body = f'<pre tabindex="0"><code>{esc(curl, 0)}</code></pre>'
    return fold("Ask again with curl", body)


def _evidence(exchanges: Sequence[Mapping[str, object]]) -> str:
    if not exchanges:
        return ""
    parts = [_exchange(item) for item in exchanges[:_MOST_EXCHANGES]]
    if len(exchanges) > _MOST_EXCHANGES:
        parts.append(f"<p>{len(exchanges) - _MOST_EXCHANGES} more in the JSON report.</p>")
    return fold(f"Evidence: {counted(len(exchanges), 'exchange')}", "".join(parts))


def _exchange(exchange: Mapping[str, object]) -> str:
    request = exchange.get("request")
    asked = request if isinstance(request, Mapping) else {}
    method = f"{esc(asked['method'], 20)} " if asked.get("method") else ""
    others = {key: value for key, value in exchange.items() if key not in _KNOWN and value not in ("", None)}
    pairs = [
        ("Seen", f"<b>{esc(exchange.get('summary', ''))}</b>"),
        ("At", esc(exchange.get("at", ""), 60)),
        *(
            (esc(str(key).replace("_", " ").capitalize(), 40), esc(_told(value), 400))
            for key, value in list(others.items())[:12]
        ),
    ]
    parts = [
        f'<p class="asked">{method}{esc(exchange.get("where", ""))}</p>{facts(pairs)}',
        phases_bar(exchange, slim=True),
        _headers("Request headers", asked.get("headers")),
        _text("Request body", asked.get("body")),
        _headers("Answer headers", exchange.get("headers")),
        _text("Start of the answer", exchange.get("excerpt")),
    ]
    return f'<div class="exchange">{"".join(parts)}</div>'


def _told(value: object) -> str:
    if isinstance(value, Mapping | list | tuple):
        return json.dumps(strict(value), ensure_ascii=False)
    return str(value)


def _headers(title: str, headers: object) -> str:
    pairs = list(headers.items()) if isinstance(headers, Mapping) else headers
    if not isinstance(pairs, Sequence) or isinstance(pairs, str) or not pairs:
        return ""
    lines = [
        f"<b>{esc(pair[0], 80)}</b>: {esc(pair[1], 200)}"
        for pair in pairs[:_MOST_HEADERS]
        if isinstance(pair, Sequence) and len(pair) == 2
    ]
    return f'<p class="label">{title}</p><pre tabindex="0">{chr(10).join(lines)}</pre>' if lines else ""


def _text(title: str, text: object) -> str:
    if not text:
        return ""
    return f'<p class="label">{title}</p><pre tabindex="0">{esc_lines(text, 700)}</pre>'


def line(result: Result, room: Room, *, named: bool = False) -> str:
    """A result as one line that opens: verdict and timing only. With `named`, the host stands in it."""
    latency = latency_ms(result)
    took = "" if latency is None else f'<span class="took">{milliseconds(latency)}</span>'
    host = f' <span class="on">on {esc(result.host, 60)}</span>' if named else ""
    again = f' <strong class="again">{result.attempts} attempts</strong>' if result.attempts > 1 else ""
    promise = f"{esc(result.promise, _SHORT)} " if result.promise else ""
    head = (
        f'<span class="o {result.outcome.name.lower()}">{icon(result.outcome)}{WORDS[result.outcome]}</span>'
        f"<span>{promise}<code>{esc(result.check, 80)}</code>{host}{again}</span>{took}"
    )
    pairs = [
        ("Reason", esc(result.reason, _SHORT)),
        ("Expected", esc(result.expected, _SHORT)),
        ("Got", esc(result.observed, _SHORT)),
        *(("Waiver", esc(waiver_line(waiver), _SHORT)) for waiver in result.waivers),
        *((esc(item.get("where", ""), 120), esc(item.get("summary", ""), 120)) for item in result.evidence[:2]),
    ]
    bar = phases_bar(telling_exchange(result), slim=True)
    whole = fold(head, facts(pairs) + bar, kind="slim")
    if not room.line(whole):
        whole = fold(head, f"<p>{esc(result.reason, _SHORT)}</p>", kind="slim")
    return f"<li>{whole}</li>"
