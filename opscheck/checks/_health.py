"""What a health document says: its words, its dependencies and the path to its language model."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Literal

from opscheck.checks._json import objects
from opscheck.checks._timing import instant
from opscheck.checks._words import shown
from opscheck.model import Json

Word = Literal["pass", "warn", "fail", "unknown"]

_WORDS: Final[Mapping[str, Word]] = {
    "pass": "pass",
    "ok": "pass",
    "up": "pass",
    "warn": "warn",
    "fail": "fail",
    "error": "fail",
    "down": "fail",
}
WARMING: Final = frozenset({"warming", "starting", "loading"})


@dataclass(frozen=True, slots=True)
class Said:
    """One statement of a document: the field, its value as shown, and what it means."""

    field: str
    value: str
    word: Word

    def __str__(self) -> str:
        return f"{self.field} {self.value}"


def word(value: object) -> Word:
    """What a status means; whatever is not a known word is unknown.

    >>> word("UP"), word("degraded"), word(["ok"])
    ('pass', 'unknown', 'unknown')
    """
    return _WORDS.get(value.strip().casefold(), "unknown") if isinstance(value, str) else "unknown"


def statements(document: Json) -> list[Said]:
    """What a document says of the whole, by `status`, `ready` and `ok`."""
    found: list[Said] = []
    if "status" in document:
        status = document["status"]
        found.append(Said("status", shown(status, 40), word(status)))
    for name in ("ready", "ok"):
        if name in document:
            value = document[name]
            meaning: Word = "unknown" if not isinstance(value, bool) else "pass" if value else "fail"
            found.append(Said(name, shown(value, 40), meaning))
    return found


def malformed(document: Json) -> str:
    """The first statement that has the wrong type, in words; empty where all are well formed."""
    if "status" in document and not isinstance(document["status"], str):
        return f"status is {shown(document['status'], 40)}, not a word"
    for name in ("ready", "ok"):
        if name in document and not isinstance(document[name], bool):
            return f"{name} is {shown(document[name], 40)}, neither true nor false"
    return ""


def entries(document: Json, name: str) -> list[Json]:
    """What a document says of one dependency, under its name or as `name:measurement`."""
    checks = document.get("checks")
    if not isinstance(checks, dict):
        return []
    found: list[Json] = []
    for key, value in checks.items():
        if key.partition(":")[0] == name:
            found += [value] if isinstance(value, dict) else objects(value)
    return found


def dependency_words(document: Json) -> Iterator[tuple[str, Word, str]]:
    """Every dependency with its word and its own explanation."""
    checks = document.get("checks")
    if not isinstance(checks, dict):
        return
    for key, value in checks.items():
        for entry in [value] if isinstance(value, dict) else objects(value):
            output = entry.get("output")
            yield key, word(entry.get("status")), shown(output, 80) if isinstance(output, str) and output else ""


def failing(document: Json) -> list[str]:
    """The dependencies that are said to be down, with what they say."""
    return [
        shown(name, 40)[1:-1] + (f" ({output})" if output else "")
        for name, meaning, output in dependency_words(document)
        if meaning == "fail"
    ]


@dataclass(frozen=True, slots=True)
class ModelPath:
    """The way to the language model: its name in lower case, empty where the document tells none."""

    name: str
    since: datetime | None


def model_path(document: Json) -> ModelPath:
    """The path that a document tells under `llm`."""
    llm: Any = document.get("llm")
    if not isinstance(llm, dict) or not isinstance(llm.get("path"), str):
        return ModelPath("", None)
    return ModelPath(llm["path"].strip().casefold(), instant(llm.get("since")))
