"""The path to the language model follows from what the summary says of model, host and fallback."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from opscheck.checks._status import PATHS, Summary, json_word, judged_summary, part
from opscheck.checks._words import degraded, failed, passed, shown, unclear
from opscheck.model import HttpExchange, Verdict
from opscheck.registry import check

_EXPECTED: Final = (
    "host up with the model: primary; up without it: warming; not up with a fallback: fallback; without one: down"
)
_COMPLETE: Final = 8  # a summary lists no more models than this, so a shorter list is all of them


@check(
    "status-path",
    promise="llm.path is what follows from the primary model's host, the model's presence, and the fallback.",
    concern="status",
    faults={
        "path-without-model": "the path is primary while the model is absent",
        "path-without-host": "the path is primary or warming while the model's host is not up",
        "path-not-primary": "host and model are there, and the path is another one than primary",
        "path-not-warming": "the host is up without the model, and the path is another one than warming",
        "path-without-fallback": "the path is fallback while none is configured",
        "path-ignores-fallback": "the path is down without a word, while a fallback is configured",
        "path-of-disabled": "the path is primary or warming while the primary model is switched off",
        "presence-by-prefix": "the model counts as present because another one's name begins with its name",
        "presence-against-list": "presence is not what the list of models shows",
        "state-told-twice": "the summary tells the same fact twice, and differently",
    },
    remedy="derive llm.path from one look at the model's host; compare model names whole, `name` being `name:latest`",
)
def status_path(answer: HttpExchange) -> Verdict:
    """Judge path, presence and list of one summary."""

    def judge(summary: Summary) -> Verdict:
        observed = _observed(summary)
        for find in (_told_twice, _against_list, _against_table):
            wrong = find(summary)
            if wrong:
                return failed(wrong, expected=_EXPECTED, observed=observed)
        if summary.path not in PATHS:
            reason = f"the path is {shown(summary.path, 40)}, of which nothing is promised"
            return unclear(reason, expected=_EXPECTED, observed=observed, remedy="tell one of " + ", ".join(PATHS))
        if summary.path == "primary" and summary.present is None:
            reason = "the path is primary, and whether the model is there is not told"
            return degraded(reason, expected=_EXPECTED, observed=observed)
        return passed(f"the path {summary.path} follows from the rest", expected=_EXPECTED, observed=observed)

    return judged_summary(answer, judge, expected=_EXPECTED)


def _told_twice(summary: Summary) -> str:
    told: tuple[tuple[tuple[str, bool | None], ...], ...] = (summary.presences, summary.keys)
    for places in told:
        if len({value for _, value in places}) > 1:
            return " and ".join(f"{name} is {json_word(value)}" for name, value in places)
    return ""


def _against_table(summary: Summary) -> str:
    if summary.path not in PATHS:
        return ""
    disabled = summary.enabled is False
    up = False if disabled else summary.up
    away = "the primary model is switched off" if disabled else "the model's host is not up"
    rules: tuple[tuple[Callable[[], bool], str], ...] = (
        (lambda: summary.path in ("primary", "warming") and up is False, away),
        (lambda: summary.path == "primary" and summary.present is False, "the model is absent"),
        (lambda: summary.path == "warming" and summary.present is True, "the model is there"),
        (
            lambda: summary.path in ("fallback", "down") and up is True and summary.present is not None,
            f"the model's host is up and the model {'there' if summary.present else 'awaited there'}",
        ),
        (lambda: summary.path == "fallback" and summary.key is False, "no fallback is configured"),
        (
            lambda: summary.path == "down" and summary.key is True and not summary.reasons,
            "a fallback is configured and reasons does not say what ails it",
        ),
    )
    return next((f"the path is {summary.path} while {why}" for broken, why in rules if broken()), "")


def _against_list(summary: Summary) -> str:
    name, listed = _model(summary), summary.sample
    if not name or not listed or summary.present is None or summary.up is False:
        return ""
    there = any(_whole(name) == _whole(one) for one in listed)
    if there and not summary.present:
        return f"the model {shown(name, 60)} is listed and counts as absent"
    if there or not summary.present or len(listed) >= _COMPLETE:
        return ""
    longer = next((one for one in listed if one.casefold().startswith(name.casefold())), "")
    if longer:
        return f"the model {shown(name, 60)} counts as present, and only {shown(longer, 60)} is"
    return f"the model {shown(name, 60)} counts as present and is not listed"


def _model(summary: Summary) -> str:
    """The primary model's name."""
    name = part(summary.document, "primary").get("model")
    if isinstance(name, str) and name.strip():
        return name.strip()
    return summary.model if summary.path in ("primary", "warming") else ""


def _whole(name: str) -> str:
    """A model's name with its tag.

    >>> _whole("llama3"), _whole("example.org:5000/llama3"), _whole("llama3:8b")
    ('llama3:latest', 'example.org:5000/llama3:latest', 'llama3:8b')
    """
    tagged = ":" in name.rpartition("/")[2]
    return name.casefold() if tagged else f"{name.casefold()}:latest"


def _observed(summary: Summary) -> str:
    up = {True: "up", False: "not up", None: "not told"}[summary.up]
    key = {True: "configured", False: "not configured", None: "not told"}[summary.key]
    off = ", primary switched off" if summary.enabled is False else ""
    models = f", lists {shown(list(summary.sample), 80)}" if summary.sample else ""
    present = json_word(summary.present)
    return f"path {shown(summary.path, 40)}, host {up}, model present {present}, fallback {key}{off}{models}"
