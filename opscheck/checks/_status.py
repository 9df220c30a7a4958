"""The status summary: what a document says of the service, whatever its shape."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from opscheck.checks._health import word
from opscheck.checks._json import NotJson, read_object
from opscheck.checks._timing import instant
from opscheck.checks._words import error_text, shown, status_line, unclear
from opscheck.model import HttpExchange, Json, Verdict

PATHS: Final = ("primary", "warming", "fallback", "down")
SERVING: Final = frozenset({"primary", "fallback"})
UNTOLD: Final = object()
_FIRST: Final = "mend first what the check status-summary says of this address"
_NO_BUILD: Final = frozenset({"", "local", "unknown", "dev", "none", "null", "latest"})


class NoSummary(ValueError):
    """There is no summary to judge; the text says why."""


@dataclass(frozen=True, slots=True)
class Summary:
    """What a summary says. None stands for what it does not tell, or says in no known word.

    Attributes:
        path: `llm.path` in lower case.
        present: the primary model is there; None where the service does not know either.
        presences, keys: every place that tells of the model's presence, or of the fallback's key, with its value.
        up: the primary model's host answers.
        key: a fallback is configured.
        rag: retrieval works.
        reason: why the path is not the primary one.
        reasons: why the service is not ready.
        sample: the models that the primary's host lists, at most eight of them.
    """

    document: Json
    ready: bool
    ok: bool | None
    path: str
    model: str
    present: bool | None
    presences: tuple[tuple[str, bool | None], ...]
    keys: tuple[tuple[str, bool], ...]
    up: bool | None
    rag: bool
    reason: str
    reasons: tuple[str, ...]
    since: datetime | None
    sample: tuple[str, ...]
    enabled: bool | None
    sha: str

    @property
    def key(self) -> bool | None:
        """A fallback is configured."""
        return self.keys[0][1] if self.keys else None

    def line(self) -> str:
        """`ready true, path 'primary', rag true` and what else is not as usual, for a report."""
        told = [f"ready {json_word(self.ready)}", f"path {shown(self.path, 40)}", f"rag.ok {json_word(self.rag)}"]
        if self.reason:
            told.append(f"llm.reason {shown(self.reason, 60)}")
        if self.reasons:
            told.append(f"reasons {shown(list(self.reasons), 100)}")
        return ", ".join(told)


def read_summary(answer: HttpExchange) -> Summary:
    """The summary that an answer holds.

    Raises:
        NoSummary: it holds none, or one that tells neither path nor readiness.
    """
    if answer.status != 200:
        raise NoSummary(f"the address answers {answer.status}: {error_text(answer)}")
    try:
        document = read_object(answer.body)
    except NotJson as error:
        raise NoSummary(str(error)) from None
    llm, rag, primary = (part(document, name) for name in ("llm", "rag", "primary"))
    ready, path, rag_ok = document.get("ready"), llm.get("path"), rag.get("ok")
    if not isinstance(ready, bool) or not isinstance(rag_ok, bool) or not isinstance(path, str):
        raise NoSummary("ready, llm.path and rag.ok are not all told")
    presences = _presences(llm, primary)
    return Summary(
        document=document,
        ready=ready,
        ok=_truth(document.get("ok")),
        path=path.strip().casefold(),
        model=_text(llm.get("model")),
        present=presences[0][1] if presences else None,
        presences=presences,
        keys=_keys(document, llm),
        up=_up(llm.get("ollama")),
        rag=rag_ok,
        reason=_text(llm.get("reason")) or _text(primary.get("last_error")),
        reasons=_texts(document.get("reasons")),
        since=instant(llm.get("since")),
        sample=_texts(primary.get("models_sample")),
        enabled=_truth(primary.get("enabled")),
        sha=_text(part(document, "build").get("sha")),
    )


def judged_summary(answer: HttpExchange, judge: Callable[[Summary], Verdict], *, expected: str) -> Verdict:
    """The verdict on a summary; where there is none, that is for another check to tell."""
    try:
        summary = read_summary(answer)
    except NoSummary as error:
        return no_summary(answer, error, expected=expected)
    return judge(summary)


def no_summary(answer: HttpExchange, why: object, *, expected: str) -> Verdict:
    """There is an answer, and no summary in it."""
    reason = f"there is no summary to judge: {why}"
    return unclear(reason, expected=expected, observed=status_line(answer), remedy=_FIRST)


def part(document: Json, name: str) -> dict[str, Any]:
    """An object within a document; an empty one where it is absent or something else."""
    value = document.get(name)
    return value if isinstance(value, dict) else {}


def json_word(value: bool | None) -> str:
    """A truth value as the document writes it."""
    return "null" if value is None else str(value).lower()


def is_no_build(sha: str) -> bool:
    """A word that stands where a build's commit should be.

    >>> is_no_build("local"), is_no_build("3f8e419")
    (True, False)
    """
    return sha.strip().casefold() in _NO_BUILD


def same_build(one: str, other: str) -> bool:
    """Two names of the same commit, one of which may be cut off behind seven digits or more.

    >>> same_build("3F8E419", "3f8e4190c1"), same_build("3f8", "3f8e4190c1")
    (True, False)
    """
    short, long = sorted((one.strip().casefold(), other.strip().casefold()), key=len)
    hexadecimal = all(sign in "0123456789abcdef" for sign in long)
    return short == long or (hexadecimal and len(short) >= 7 and long.startswith(short))


def _presences(llm: Json, primary: Json) -> tuple[tuple[str, bool | None], ...]:
    places = (
        ("llm.primary_model_present", llm.get("primary_model_present", UNTOLD)),
        ("primary.model_present", primary.get("model_present", UNTOLD)),
    )
    return tuple((name, value) for name, value in places if value is None or isinstance(value, bool))


def _keys(document: Json, llm: Json) -> tuple[tuple[str, bool], ...]:
    words = {"configured": True, "not_configured": False}
    told = llm.get("openai")
    places = (
        ("llm.openai", words.get(told) if isinstance(told, str) else None),
        ("openai_configured", _truth(document.get("openai_configured"))),
    )
    return tuple((name, value) for name, value in places if value is not None)


def _up(value: object) -> bool | None:
    if not isinstance(value, str):
        return None
    return word(value) == "pass"  # such as up; down, err:500 and unknown are not


def _truth(value: object) -> bool | None:
    return value if isinstance(value, bool) else None


def _text(value: object) -> str:
    return value.strip() if isinstance(value, str) else ""


def _texts(value: object) -> tuple[str, ...]:
    return tuple(text for one in value if (text := _text(one))) if isinstance(value, list) else ()
