"""An old address says since when it should not be used, until when it answers, and where to go instead."""

from __future__ import annotations

from typing import Final

from opscheck.checks._legacy import Malformed, Signals, Standing, signals, standing, told
from opscheck.checks._words import degraded, failed, passed, shown, unclear
from opscheck.model import HttpExchange, Verdict
from opscheck.registry import check

_EXPECTED: Final = "Deprecation @seconds, Sunset as an HTTP date that is not past, Link to the successor"
_SIGNALS: Final = ("Deprecation", "Sunset", "Link")
_TELLING: Final = frozenset({"successor-version", "deprecation", "sunset"})


@check(
    "legacy-signals",
    promise="An old address that still answers announces its end in headers that programs can read, and keeps to it.",
    concern="legacy",
    faults={
        "legacy-unannounced": "neither Deprecation nor Sunset says that the address will end",
        "legacy-deprecation-malformed": "Deprecation is no date of structured fields: `true`, an HTTP date, a number",
        "legacy-sunset-malformed": "Sunset is no HTTP date: another zone than GMT, a wrong weekday, another form",
        "legacy-sunset-first": "Sunset is earlier than Deprecation",
        "legacy-past-sunset": "the address still answers although its Sunset has passed",
        "legacy-link-malformed": "the Link header cannot be read",
        "legacy-successor-elsewhere": "the successor that is named is not the address that took over",
        "legacy-protocols-disagree": "HTTP/1.1 and HTTP/2 get different signals",
    },
    remedy="send Deprecation (RFC 9745), Sunset (RFC 8594) and Link; answer 410 from the Sunset on",
)
def legacy_signals(answer: HttpExchange, other: HttpExchange | None, *, successor: str) -> Verdict:
    """Judge the headers of the old address.

    Args:
        answer: over HTTP/1.1.
        other: the same over HTTP/2; None where that is not spoken.
        successor: the path of the address in its place.
    """
    found = standing(answer, successor)
    observed = told(answer)
    if found is Standing.UNCLEAR:
        reason = f"the old address {found.value}: it answers {answer.status}"
        return unclear(reason, expected=_EXPECTED, observed=observed, remedy="ask again once it has calmed down")
    if found is not Standing.LIVES:
        return passed(f"nothing to announce: the old address {found.value}", expected=_EXPECTED, observed=observed)
    differing = _differ(answer, other) if other is not None else []
    if differing and other is not None:
        reason = f"HTTP/1.1 and HTTP/2 tell different things: {', '.join(differing)}"
        return failed(reason, expected="the same over both", observed=f"1.1: {observed}; 2: {told(other)}")
    try:
        said = signals(answer)
        wrong = _wrong(answer, said, successor)
    except Malformed as error:
        wrong = str(error)
    if wrong:
        return failed(wrong, expected=_EXPECTED, observed=observed)
    if not any(link.relations & _TELLING for link in said.links):
        reason = "the end is announced, and no Link says where to go or to read more"
        return degraded(reason, expected=_EXPECTED, observed=observed)
    return passed(_announced(answer, said), expected=_EXPECTED, observed=observed)


def _differ(answer: HttpExchange, other: HttpExchange) -> list[str]:
    """The signals that are not the same; instants and links as they were sent, in whatever number of headers."""
    if other.http_version == answer.http_version or other.status != answer.status:
        return []
    return [name for name in _SIGNALS if answer.header(name) != other.header(name)]


def _wrong(answer: HttpExchange, said: Signals, successor: str) -> str:
    if not said.announced:
        more = "; a Link alone tells no time" if said.links else ""
        return f"the old address answers and does not announce its end{more}"
    if said.sunset is not None and said.deprecated is not None and said.sunset < said.deprecated:
        return f"Sunset {said.sunset:%Y-%m-%d %H:%M} is earlier than Deprecation {said.deprecated:%Y-%m-%d %H:%M}"
    if said.sunset is not None and said.sunset <= answer.at:
        return f"the old address answers {answer.status} although its Sunset passed on {said.sunset:%Y-%m-%d}"
    paths = [link.path(answer.request.url) for link in said.links if "successor-version" in link.relations]
    if paths and not any(_is_successor(path, successor) for path in paths):
        return f"the successor that is named is {shown(paths[0], 80)}, not {successor}"
    return ""


def _is_successor(path: str, successor: str) -> bool:
    """The path itself, or a folder that it lies in."""
    return path == successor or (path != "/" and path.endswith("/") and successor.startswith(path))


def _announced(answer: HttpExchange, said: Signals) -> str:
    parts = []
    if said.deprecated is not None:
        word = "is deprecated since" if said.deprecated <= answer.at else "will be deprecated from"
        parts.append(f"{word} {said.deprecated:%Y-%m-%d}")
    if said.sunset is not None:
        parts.append(f"ends on {said.sunset:%Y-%m-%d}")
    return f"the old address {', '.join(parts)}"
