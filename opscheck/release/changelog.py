"""Whether the newest entry of a changelog speaks of something. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from opscheck.release.words import Seen, State
from opscheck.report.visible import visible

_HEADING: Final = re.compile(r"^(#{1,3})[ \t]+(.+?)[ \t]*#*$|^(.+)\n[-=]{3,}[ \t]*$", re.MULTILINE)
_ENTRY: Final = re.compile(r"unreleased|\d+\.\d+|\d{4}-\d{2}-\d{2}|next", re.IGNORECASE)
# A version of one number is one only where the heading has nothing else but a day or a name behind it.
_MAJOR: Final = re.compile(
    r"\[?(?:(?:version|release)\s*v?|v(?:er)?\.?\s*)?\d+(?:-[0-9a-z]+)?\]?(?:\([^)]*\))?(?:\s+[-(\u2013\u2014].*)?",
    re.IGNORECASE,
)
_FENCE: Final = re.compile(r"^(```|~~~).*?^\1[ \t]*$", re.MULTILINE | re.DOTALL)
_COMMENT: Final = re.compile(r"<!--.*?-->", re.DOTALL)


def newest_entry(text: str) -> tuple[str, str] | None:
    """Heading and text of the first entry; None where there is none.

    An entry is headed by a version (`1.2.3`, `[v1.2]`, `v1`, `Version 2`), a day or `Unreleased`. An empty one is
    passed over only if it is `Unreleased`, which many keep there, or the title of entries below it.
    """
    text = _COMMENT.sub("", text.replace("\r\n", "\n"))
    plain = _FENCE.sub(lambda match: "\n" * match.group().count("\n"), text)
    heads = [match for match in _HEADING.finditer(plain) if _is_entry(match[2] or match[3])]
    for number, head in enumerate(heads):
        end = heads[number + 1].start() if number + 1 < len(heads) else len(plain)
        body = plain[head.end() : end].strip()
        title = (head[2] or head[3]).strip()
        series = number + 1 < len(heads) and _level(heads[number + 1]) > _level(head)
        if body or not (series or "unreleased" in title.lower()):
            return title, body
    return None


def _is_entry(heading: str) -> bool:
    return bool(_ENTRY.search(heading) or _MAJOR.fullmatch(heading.strip(" \t*_`:")))


def _level(heading: re.Match[str]) -> int:
    """1 is the highest."""
    return len(heading[1]) if heading[1] else 1 if heading[0].rstrip().endswith("=") else 2


def judge_changelog(text: str, name: str, mentions: Sequence[str]) -> Seen:
    """The newest entry is there, and mentions each of these words."""
    entry = newest_entry(text)
    if entry is None:
        return Seen(
            State.NOT_MET,
            f"{name} has no entry",
            (),
            "write an entry headed by the version (1.2.0, v1, Version 2), the day or Unreleased",
        )
    title, body = entry
    line = f"{name}: newest entry {visible(title, 80)!r}"
    if not body:
        return Seen(
            State.NOT_MET, f"the newest entry of {name} is empty", (line,), "write what changes for its readers"
        )
    missing = [word for word in mentions if word.casefold() not in body.casefold()]
    if missing:
        reason = f"the newest entry of {name} does not mention {', '.join(missing)}"
        return Seen(State.NOT_MET, reason, (line,), "write what changes for those who used it")
    told = next((row.strip() for row in body.splitlines() if mentions and mentions[0].casefold() in row.casefold()), "")
    more = (f"it says: {visible(told, 200)}",) if told else ()
    return Seen(State.MET, f"{name} has an entry {visible(title, 80)!r}", (line, *more))
