"""Several addresses are asked the same question and give the same answer."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from opscheck.checks._health import entries, model_path, statements, word
from opscheck.checks._json import NotJson, read_object
from opscheck.checks._status import Summary, json_word, judged_summary, part, same_build
from opscheck.checks._words import failed, passed, shown, status_line, unclear
from opscheck.model import HttpExchange, Json, Verdict
from opscheck.registry import check

_EXPECTED: Final = "ready, retrieval, llm.path and build.sha as the summary tells them"
_RETRIEVAL: Final = ("vectors", "rag", "rag_db", "retrieval")
_STATES: Final = {"pass": True, "warn": True, "fail": False}


@check(
    "status-agreement",
    promise="Summary, readiness and uptime give one answer to one question: ready, retrieval, path, build.",
    concern="status",
    faults={
        "ready-disagrees": "one address says ready, another does not",
        "rag-disagrees": "one address says that retrieval works, another does not",
        "path-disagrees": "two addresses tell different paths to the language model",
        "build-disagrees": "two addresses tell different builds",
    },
    remedy="let every address read one state that is kept in one place, instead of looking for itself",
)
def status_agreement(answer: HttpExchange, other: HttpExchange, *, name: str) -> Verdict:
    """Judge a summary beside what another address, called `name`, tells of the same."""

    def judge(summary: Summary) -> Verdict:
        observed = f"summary {summary.line()}; {name} {status_line(other)}"
        try:
            document = read_object(other.body)
        except NotJson as error:
            return _silent(f"{name} cannot be read: {error}", observed)
        if other.status not in (200, 503):
            return _silent(f"{name} answers {other.status}", observed)
        document = part(document, "detail") or document
        pairs = list(_pairs(summary, document))
        differing = [f"{what}: {one} and {another}" for what, one, another, same in pairs if not same]
        if differing:
            reason = f"summary and {name} differ on {'; '.join(differing)}"
            return failed(reason, expected=_EXPECTED, observed=observed)
        if not pairs:
            return _silent(f"{name} tells nothing that the summary tells", observed)
        agreed = ", ".join(what for what, *_ in pairs)
        return passed(f"summary and {name} agree on {agreed}", expected=_EXPECTED, observed=observed)

    return judged_summary(answer, judge, expected=_EXPECTED)


def _silent(reason: str, observed: str) -> Verdict:
    return unclear(reason, expected=_EXPECTED, observed=observed, remedy="look at that address by itself first")


def _pairs(summary: Summary, document: Json) -> Iterator[tuple[str, str, str, bool]]:
    """What both tell: the name of the fact, each one's word, and whether they are the same."""
    ready, rag, path = _ready(document), _rag(document), model_path(document).name
    if ready is not None:
        yield "ready", json_word(summary.ready), json_word(ready), summary.ready == ready
    if rag is not None:
        yield "retrieval", json_word(summary.rag), json_word(rag), summary.rag == rag
    if path:
        yield "path", shown(summary.path, 40), shown(path, 40), summary.path == path
    sha = part(document, "build").get("sha")
    if isinstance(sha, str) and sha and summary.sha:
        yield "build", shown(summary.sha, 50), shown(sha, 50), same_build(summary.sha, sha)


def _ready(document: Json) -> bool | None:
    """What a document says of the whole; an explicit `ready` or `ok` before the word of `status`."""
    said = {one.field: one.word for one in statements(document)}
    first = next((said[field] for field in ("ready", "ok", "status") if field in said), "unknown")
    return _STATES.get(first)


def _rag(document: Json) -> bool | None:
    told = part(document, "rag").get("ok")
    if isinstance(told, bool):
        return told
    found: list[Any] = [entry for name in _RETRIEVAL for entry in entries(document, name)]
    for entry in found:
        state = entry["ok"] if isinstance(entry.get("ok"), bool) else _STATES.get(word(entry.get("status")))
        if state is not None:
            return bool(state)
    return None
