"""Paths of a repository against patterns, and whether documents moved with what they describe. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any, Final

from opscheck.release.words import Seen, State

_SHOWN: Final = 5  # paths of a line


@lru_cache(maxsize=512)
def _compiled(pattern: str) -> re.Pattern[str]:
    if "/" not in pattern:
        pattern = f"**/{pattern}"
    parts = re.split(r"(\*\*/|\*\*|\*|\?)", pattern)
    meaning = {"**/": "(?:.*/)?", "**": ".*", "*": "[^/]*", "?": "[^/]"}
    return re.compile("".join(meaning.get(part, re.escape(part)) for part in parts))


def matches(path: str, patterns: Iterable[str]) -> bool:
    """Whether one of the patterns means the path; `*` stays in a folder, `**` goes through them.

    A pattern without a slash means a name in any folder.

    >>> matches("docs/a/b.md", ["docs/**"]), matches("docs/a/b.md", ["docs/*"]), matches("a/x.py", ["*.py"])
    (True, False, True)
    """
    return any(_compiled(pattern).fullmatch(path) for pattern in patterns)


def judge_documents(changed: Mapping[str, str], rules: Sequence[Mapping[str, Any]], range_: str) -> Seen:
    """Hold what a range of commits changes against the rules.

    Args:
        changed: path to what became of it, `A` added, `M` modified, `D` deleted and the like, as git says it.
        rules: each with `paths`, `documents` and perhaps `except`.
    """
    if not changed:
        return Seen(
            State.UNMEASURED, f"no file changes in {range_}", (), "name the range of the release: --range v1..HEAD"
        )
    bad: list[str] = []
    good: list[str] = []
    for rule in rules:
        described = [
            path for path in changed if matches(path, rule["paths"]) and not matches(path, rule.get("except", ()))
        ]
        # A document that was deleted tells nobody anything.
        updated = [path for path, how in changed.items() if how != "D" and matches(path, rule["documents"])]
        # What is its own document describes itself: a README in a folder of code is no code without a document.
        described = [path for path in described if path not in updated]
        if described and not updated:
            bad.append(f"{_some(described)} without a change of {' or '.join(rule['documents'])}")
        elif described:
            good.append(f"{_some(described)} with {_some(updated)}")
    if bad:
        reason = f"in {range_} documents did not move with what they describe: {bad[0]}"
        return Seen(State.NOT_MET, reason, (*bad, *good), "bring the documents up to date in the same range of commits")
    if not good:
        return Seen(
            State.MET, f"nothing that a document describes changes in {range_}", (f"{len(changed)} files change",)
        )
    return Seen(State.MET, f"documents moved with what they describe in {range_}", tuple(good))


def _some(paths: Sequence[str]) -> str:
    shown = sorted(paths)[:_SHOWN]
    more = f" and {len(paths) - _SHOWN} more" if len(paths) > _SHOWN else ""
    return ", ".join(shown) + more
