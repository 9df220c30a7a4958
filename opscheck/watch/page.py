"""The status page: one HTML file without script, made from what a watch knows."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from functools import cache
from importlib.resources import files
from typing import Final

from opscheck.report.html_parts import WORDS, esc, facts, linked
from opscheck.report.visible import counted
from opscheck.watch.incidents import Incident
from opscheck.watch.page_hosts import Shown, host_card, legend
from opscheck.watch.rounds import Gap
from opscheck.watch.view import View, WindowView

_GAPS: Final = 20
_INCIDENTS: Final = 100
_FOLDED: Final = 250  # checks; a page with more of them shows each host's on a page of its own


@cache
def _style() -> str:
    return (files(__package__) / "page.css").read_text("utf-8")


@cache
def _style_hash() -> str:
    return base64.b64encode(hashlib.sha256(_style().encode()).digest()).decode()


def content_security_policy() -> str:
    """Nothing but the style that stands in the page."""
    return (
        f"default-src 'none'; style-src 'sha256-{_style_hash()}'; base-uri 'none'; form-action 'none'; "
        "frame-ancestors 'none'"
    )


def page(
    view: View, hosts: Sequence[Shown], *, troubles: Sequence[str] = (), notes: Sequence[str] = (), only: str = ""
) -> str:
    """The page.

    Args:
        hosts: what is to be drawn; with `only` that host alone, with all its checks.
        troubles: why the watch itself is not well.
        notes: what else a reader should know.
    """
    folded = sum(len(host.checks) for host in hosts) <= _FOLDED
    cards = "".join(host_card(host, inline=bool(only), folded=folded) for host in hosts)
    body = (
        _windows(view.windows),
        _incidents([one for one in view.incidents if not only or one.problem.host in ("", only)], view.at),
        _section("hosts", "Hosts", legend() + cards) if cards else _section("hosts", "Hosts", _nothing(view)),
        _gaps(view.gaps),
        _section("watch", "The watch", f'<div class="card">{_watch(view, notes)}</div>'),
    )
    title = f"{only or view.title}: {view.decision or 'no round yet'}"
    return (
        '<!DOCTYPE html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{esc(title, 120)}</title><style>{_style()}</style></head><body>"
        '<a class="skip" href="#main">Skip to the status</a>'
        f'{_top(view, troubles, only)}<main class="wide" id="main">{"".join(body)}</main>'
        f'<footer class="wide">{_foot(view)}</footer></body></html>\n'
    )


def _section(name: str, title: str, body: str) -> str:
    if not body:
        return ""
    return f'<section id="{name}" aria-labelledby="{name}-title"><h2 id="{name}-title">{title}</h2>{body}</section>'


def _top(view: View, troubles: Sequence[str], only: str) -> str:
    decision = view.decision or "NONE"
    sentence = view.headline.partition(": ")[2] or view.headline or "no round has ended yet"
    wrong = "".join(f"<li>{esc(one, 300)}</li>" for one in troubles)
    trouble = f'<div class="trouble" role="alert"><b>The watch itself is in trouble</b><ul>{wrong}</ul></div>'
    at = f"Last round {_time(view.finished)}." if view.finished else "The first round is under way."
    back = ' <a href="/">All hosts</a>' if only else ""
    return (
        f'<header class="top {decision.lower()}"><div class="wide"><p class="brand">opscheck watch</p>'
        f'<h1><span class="decision">{esc(view.decision or "WAITING")}</span> <span class="sentence">'
        f"{esc(sentence, 300)}</span></h1>"
        f'<p class="meta">{at} Every {_span(view.every)}: <code>{esc(view.title, 160)}</code>{back}</p>'
        f"{trouble if troubles else ''}</div></header>"
    )


def _windows(windows: Iterable[WindowView]) -> str:
    cards = []
    for one in windows:
        until = f", until {_time(one.until)}" if one.until else ""
        since = f"since {_time(one.since)}{until}" if one.since else "open"
        where = f'<span class="meta">on {esc(", ".join(one.hosts), 200)}</span>' if one.hosts else ""
        cards.append(
            f'<div class="card window"><div class="head"><h3>{esc(one.name, 120)}</h3>{where}'
            f'<span class="since">{since}</span></div>'
            f"{f'<p class=reason>{esc(one.reason, 300)}</p>' if one.reason else ''}</div>"
        )
    return _section("windows", "Open maintenance windows", "".join(cards))


def _incidents(incidents: Sequence[Incident], at: datetime) -> str:
    cards = "".join(_incident(one, at) for one in incidents[:_INCIDENTS])
    more = len(incidents) - _INCIDENTS
    cards += f'<p class="quiet">{counted(more, "more incident")}: see status.json</p>' if more > 0 else ""
    return _section("incidents", "Open incidents", cards or '<p class="quiet">None.</p>')


def _incident(incident: Incident, at: datetime) -> str:
    problem = incident.problem
    what = problem.check or problem.cause or "Rounds of checks"
    where = f'<span class="meta">on {esc(problem.host, 80)}</span>' if problem.host else ""
    behind = counted(problem.blocked, "more result") if problem.blocked else ""
    told = facts(
        (
            ("Likely cause", linked(problem.likely_cause, 400)),
            ("Root cause", esc(problem.cause, 120)),
            ("Runbook", esc(problem.section, 120)),
            ("Behind it", behind),
            ("Next step", linked(problem.remedy, 400)),
        )
    )
    return (
        f'<article class="card {problem.outcome.name.lower()}"><div class="head">'
        f'<span class="badge">{WORDS[problem.outcome]}</span><h3>{esc(what, 120)}</h3>{where}'
        f'<span class="since">for {_span((at - incident.since).total_seconds())}, since {_time(incident.since)}</span>'
        f'</div><p class="reason">{esc(problem.reason, 400)}</p>{told}</article>'
    )


def _gaps(gaps: Sequence[Gap]) -> str:
    if not gaps:
        return ""
    items = "".join(
        f"<li>{_time(gap.since)} to {_time(gap.until)}{_missed(gap)}: {esc(gap.told, 300)}</li>"
        for gap in list(reversed(gaps))[:_GAPS]
    )
    more = len(gaps) - _GAPS
    told = f'<p class="quiet">{counted(more, "earlier gap")}: see status.json</p>' if more > 0 else ""
    lead = '<p class="quiet">Times without samples; they count as nothing seen.</p>'
    return _section("gaps", "Gaps in sampling", f'{lead}<ul class="gaps card">{items}</ul>{told}')


def _missed(gap: Gap) -> str:
    return f", {counted(gap.missed, 'sample')} missed" if gap.missed else ""


def _watch(view: View, notes: Sequence[str]) -> str:
    counts = view.counts
    late = f"{counts.late:.2f} s, at most {counts.latest:.2f} s"
    history = esc(view.history, 200) or "not recorded"
    return facts(
        (
            ("Watching since", _time(view.started)),
            ("Rounds", f"{counts.rounds:,}"),
            ("Failed rounds", f"{counts.failed:,}" if counts.failed else ""),
            ("Slots missed", f"{counts.missed:,}" if counts.missed else ""),
            ("Last round late", late if counts.rounds else ""),
            ("History", history),
            *(("Note", esc(one, 300)) for one in notes),
        )
    )


def _nothing(view: View) -> str:
    told = "No round has ended yet." if view.finished is None else "No check was judged."
    return f'<p class="quiet">{told}</p>'


def _foot(view: View) -> str:
    links = ", ".join(f'<a href="/{name}">{name}</a>' for name in ("status.json", "metrics", "healthz"))
    return f"Made {_time(view.at)}. Days and times are UTC. {links}"


def _time(at: datetime | None) -> str:
    if at is None:
        return ""
    return f'<time datetime="{at.isoformat(timespec="seconds")}">{at:%Y-%m-%d %H:%M:%S} UTC</time>'


def _span(seconds: float) -> str:
    if seconds < 120:
        return f"{max(seconds, 0):.0f} s"
    left = timedelta(seconds=round(seconds))
    hours, minutes = divmod(left.seconds // 60, 60)
    parts = [f"{left.days} d"] if left.days else []
    parts += [f"{hours} h"] if hours else []
    parts += [f"{minutes} min"] if minutes and not left.days else []
    return " ".join(parts)
