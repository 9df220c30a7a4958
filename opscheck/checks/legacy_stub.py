"""An old address gives its document or none, never something that only looks like one."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from opscheck.checks._json import NotJson, read_json, read_object
from opscheck.checks._legacy import Standing, standing
from opscheck.checks._words import failed, passed, shown, status_line, unclear
from opscheck.model import HttpExchange, Verdict
from opscheck.registry import check

_EXPECTED: Final = "the document that the successor gives, or 404 or 410"
_PAGES: Final = frozenset({"text/html", "application/xhtml+xml"})


@check(
    "legacy-stub",
    promise="The old address gives the same document as its successor, or says that it is gone.",
    concern="legacy",
    faults={
        "legacy-page": "the old address answers 2xx with a page, as an application does that answers anything",
        "legacy-empty": "the old address answers 2xx with nothing, or with something that is no document",
        "legacy-zero-stub": "the old address answers 2xx with a document whose every value is zero, false or empty",
        "legacy-keys-missing": "the old address answers 2xx with a document that lacks what its successor tells",
    },
    remedy="answer 410 where nothing is behind the address; whoever reads a stub takes it for the truth",
)
def legacy_stub(answer: HttpExchange, successor: HttpExchange, nowhere: HttpExchange) -> Verdict:
    """Judge the old address beside its successor, and beside an address that nobody serves."""
    found = standing(answer, _path(successor))
    observed = f"{status_line(answer)}; successor {status_line(successor)}; unknown address {status_line(nowhere)}"
    if found is Standing.UNCLEAR:
        reason = f"the old address {found.value}: it answers {answer.status}"
        return unclear(reason, expected=_EXPECTED, observed=observed, remedy="ask again once it has calmed down")
    if found is not Standing.LIVES:
        return passed(f"the old address {found.value}: {answer.status}", expected=_EXPECTED, observed=observed)
    wrong = _no_document(answer, nowhere)
    if wrong:
        return failed(wrong, expected=_EXPECTED, observed=observed)
    try:
        current = read_object(successor.body)
    except NotJson as error:
        current, why = {}, str(error)
    else:
        why = f"it answers {successor.status}" if successor.status != 200 else ""
    if why:
        reason = f"the successor gives nothing to compare with: {why}"
        return unclear(reason, expected=_EXPECTED, observed=observed, remedy="mend the successor first")
    wrong = _stub(read_object(answer.body), current)
    if wrong:
        return failed(wrong, expected=_EXPECTED, observed=observed)
    return passed("the old address gives the document of its successor", expected=_EXPECTED, observed=observed)


def _path(successor: HttpExchange) -> str:
    url = successor.request.url
    return url[url.find("/", url.find("://") + 3) :].partition("?")[0]


def _no_document(answer: HttpExchange, nowhere: HttpExchange) -> str:
    """Why the body of a 2xx is no document at all."""
    if not answer.body.strip():
        return f"the old address answers {answer.status} with an empty body"
    if answer.content_type in _PAGES or answer.body.lstrip()[:1] == b"<":
        same = 200 <= nowhere.status < 300 and nowhere.body == answer.body
        return "the old address answers with a page" + (", as an address does that nobody serves" if same else "")
    try:
        value = read_json(answer.body)
    except NotJson as error:
        return f"the old address answers {answer.status} and no document: {error}"
    if not isinstance(value, dict):
        return f"the old address answers {answer.status} and no document: {shown(value, 40)}"
    return ""


def _stub(old: dict[str, Any], current: dict[str, Any]) -> str:
    if any(_leaves(current)) and not any(_leaves(old)):
        return "every value of the old address is zero, false or empty, and the successor's are not"
    missing = [name for name in _names(current) if name not in set(_names(old))]
    if missing:
        more = f" and {len(missing) - 3} more" if len(missing) > 3 else ""
        return f"the old address does not tell {', '.join(shown(name, 40)[1:-1] for name in missing[:3])}{more}"
    return ""


def _names(document: dict[str, Any]) -> Iterator[str]:
    """The names of a document and, dotted, those of the objects in it."""
    for name, value in document.items():
        yield name
        if isinstance(value, dict):
            yield from (f"{name}.{inner}" for inner in value)


def _leaves(value: object) -> Iterator[bool]:
    """Whether each value of a document says anything."""
    if isinstance(value, dict):
        for inner in value.values():
            yield from _leaves(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _leaves(inner)
    else:
        yield bool(value)
