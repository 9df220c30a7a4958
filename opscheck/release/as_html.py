"""The report as one HTML file: no script, no network, light and dark, readable on paper and by a screen reader."""

from __future__ import annotations

from typing import Final

from opscheck.release.policy import counts, decide, headline, obstacles
from opscheck.release.words import Finding, Go, ReleaseReport, State, StepTold
from opscheck.report.frame import Frame, resource
from opscheck.report.html_parts import esc, facts, fold, linked

_OWN: Final = "opscheck.release"
_LONGEST: Final = 500
_FOOT: Final = (
    "GO only where every item that counts is met, waived, not applicable or not due. "
    "What could not be measured, and what nobody has attested, is NO-GO."
)
_FOLDED: Final = 8  # lines of evidence that stand open


def render(report: ReleaseReport) -> str:
    """The whole page: the decision first, then what stands in its way, the steps, every item, notes."""
    decision = decide(report.findings)
    sentence = headline(report).partition(": ")[2]
    return Frame(
        title=esc(f"{headline(report)} ({report.title})"),
        style=resource("release.css", _OWN),
        symbols=resource("symbols.html", _OWN),
        skip="reasons",
        brand=f"opscheck, {esc(report.plan, 80)}",
        decision=decision.value,
        kind=decision.value.lower(),
        symbol=_icon(State.MET if decision is Go.GO else State.NOT_MET),
        sentence=esc(sentence[:1].upper() + sentence[1:]),
        facts=_about(report),
        under=f'<ul class="counted" aria-label="Items by state">{_counted(report)}</ul>',
        main=_main(report),
        foot=f"{_FOOT} Secrets are masked. Written by opscheck {esc(report.version, 40)}.",
        version=esc(report.version, 40),
    ).render()


def _name(state: State) -> str:
    return state.value.replace(" ", "-")


def _icon(state: State) -> str:
    return f'<svg class="i" aria-hidden="true"><use href="#i-{_name(state)}"/></svg>'


def _about(report: ReleaseReport) -> str:
    words = (
        ("Checklist", esc(report.title, 120)),
        ("Release", f"<code>{esc(report.release, 64)}</code>" if report.release else "no commit and no name"),
        ("Commits", f"<code>{esc(report.range, 80)}</code>" if report.range else ""),
        ("Hosts", esc(", ".join(report.hosts), 120)),
        ("Decided", f"<time>{report.finished:%Y-%m-%d %H:%M:%S} {esc(report.finished.tzname() or '', 20)}</time>"),
        ("Took", f"{(report.finished - report.started).total_seconds():,.1f} s"),
        ("Command", f"<code>{esc(' '.join(report.argv), 300)}</code>" if report.argv else ""),
    )
    return "".join(f"<div><dt>{name}</dt><dd>{text}</dd></div>" for name, text in words if text)


def _counted(report: ReleaseReport) -> str:
    found = counts(one for one in report.findings if one.counts)
    return "".join(
        f'<li class="s-{_name(state)}"><b>{number}</b><span>{state.value}</span></li>'
        for state, number in found.items()
    )


def _main(report: ReleaseReport) -> str:
    parts = (
        ("way", "In the way", "".join(_card(one) for one in obstacles(report.findings))),
        ("steps", "Steps", _steps(report.playbook)),
        ("items", "Checklist", f'<ul class="items">{"".join(_item(one) for one in report.findings)}</ul>'),
        ("notes", "Notes", _notes(report)),
    )
    return "\n".join(
        f'<section id="{id_}" aria-labelledby="h-{id_}"><h2 id="h-{id_}">{title}</h2>{body}</section>'
        for id_, title, body in parts
        if body
    )


def _card(one: Finding) -> str:
    badge = f'<span class="badge">{_icon(one.state)}{one.state.value}</span>'
    pairs = (
        ("Next step", linked(one.remedy, _LONGEST) if one.remedy else ""),
        ("Waiver", esc(one.waiver, _LONGEST)),
        ("Found", f"{one.how}, {one.seconds:.1f} s"),
    )
    return (
        f'<article class="card s-{_name(one.state)}"><header>{badge}<h3>{esc(one.title)}</h3>'
        f'<p class="meta"><code>{esc(one.id, 80)}</code><span>{esc(one.kind, 40)}</span></p></header>'
        f'<p class="reason">{linked(one.reason, _LONGEST)}</p>{facts(pairs)}{_evidence(one, opened=True)}</article>'
    )


def _evidence(one: Finding, *, opened: bool) -> str:
    if not one.evidence:
        return ""
    shown = "".join(f"<li>{esc(line, _LONGEST)}</li>" for line in one.evidence)
    body = f'<ul class="seen">{shown}</ul>'
    return body if opened and len(one.evidence) <= _FOLDED else fold("What was seen", body)


def _item(one: Finding) -> str:
    told = "" if one.counts else ' <span class="tag">told only</span>'
    again = one.waiver == one.reason
    waiver = f'<p class="why">Waiver: {esc(one.waiver, _LONGEST)}</p>' if one.waiver and not again else ""
    more = _evidence(one, opened=False) if not one.stands_in_the_way else ""
    took = f"{one.how}, {one.seconds:.1f} s" if one.seconds >= 0.05 else one.how
    return (
        f'<li class="s-{_name(one.state)}"><span class="state">{_icon(one.state)}{one.state.value}</span>'
        f'<h3>{esc(one.title)}{told}</h3><span class="took">{took}</span>'
        f'<p class="why">{linked(one.reason, _LONGEST)}</p>{waiver}'
        + (f'<div class="more">{more}</div>' if more else "")
        + "</li>"
    )


def _steps(steps: tuple[StepTold, ...]) -> str:
    lines = []
    for step in steps:
        do = f'<p class="do"><code>{esc(step.do, _LONGEST)}</code></p>' if step.do and step.standing == "next" else ""
        why = f"<p>{linked(step.why, _LONGEST)}</p>" if step.why else ""
        lines.append(
            f'<li class="t-{step.standing}"><span class="number">{step.number}</span>'
            f'<span class="standing">{step.standing}</span><h3>{esc(step.title)}</h3>{do}{why}</li>'
        )
    return f'<ol class="steps">{"".join(lines)}</ol>' if lines else ""


def _notes(report: ReleaseReport) -> str:
    rows = "".join(f"<li>{linked(note, _LONGEST)}</li>" for note in report.notes)
    return f"<ul>{rows}</ul>" if rows else ""
