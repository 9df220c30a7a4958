"""Ollama says which version it is, and it is new enough for what the system asks of it."""

from __future__ import annotations

import re
from typing import Any, Final

from opscheck.checks._words import error_text, failed, judged_json, passed, shown, status_line
from opscheck.model import HttpExchange, Verdict
from opscheck.registry import check

_VERSION: Final = re.compile(r"v?(\d{1,6}(?:\.\d{1,6}){0,3})(?:[-+].*)?")


@check(
    "ollama-version",
    promise="Ollama tells its version, and it is not older than the one that the system needs.",
    concern="infra",
    faults={
        "ollama-version-untold": "what answers at the address of the version tells none",
        "ollama-too-old": "the version is older than the one that the system needs",
    },
    remedy="compare ollama --version on the machine with expect.ollama.version; update Ollama",
)
def ollama_version(answer: HttpExchange, *, least: str = "") -> Verdict:
    """Judge `/api/version`, with `least` as the oldest version that will do; empty for any."""
    expected = f"a version{f' from {least} on' if least else ''}"
    if answer.status != 200:
        reason = f"the version answers {answer.status}: {error_text(answer)}"
        return failed(reason, expected=expected, observed=status_line(answer))

    def judge(document: dict[str, Any]) -> Verdict:
        told = document.get("version")
        observed = f"version {shown(told, 40)}"
        version = numbers(told)
        if version is None:
            return failed("no version is told", expected=expected, observed=observed)
        needed = numbers(least)
        if needed is not None and version < needed:
            return failed(f"{shown(told, 40)} is older than {least}", expected=expected, observed=observed)
        return passed(f"version {shown(told, 40)[1:-1]}", expected=expected, observed=observed)

    return judged_json(answer, judge, expected=expected)


def numbers(text: object) -> tuple[int, ...] | None:
    """The numbers of a version, always four; None where it is none.

    >>> numbers("0.17.4-rc1"), numbers("soon")
    ((0, 17, 4, 0), None)
    """
    found = _VERSION.fullmatch(text.strip()) if isinstance(text, str) else None
    if found is None:
        return None
    parts = [int(part) for part in found[1].split(".")]
    return tuple([*parts, 0, 0, 0][:4])
