"""A configuration without its secrets, in whatever language it is written: rather too much is masked than too little.

It is read line by line: a telling name anywhere in a line, its value to its end, over several lines where it has them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import Enum, auto
from typing import Final

from opscheck.redact import MASK
from opscheck.window.token_shapes import without_tokens

_PRIVATE: Final = re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY-----.*?(?:-----END [A-Z ]*PRIVATE KEY-----|\Z)", re.DOTALL)
_IN_URL: Final = re.compile(r"(?<=://)[^\s\"<>]{1,1000}@(?!sha\d)")
_LOGIN: Final = re.compile(
    r"(?<![\w/.-])[\w.-]{1,80}:[^\s\"'@/:]{1,200}@(?!sha\d)(?=[\w(\[])"
)  # of a DSN without a scheme
TELLING: Final = (
    r"(?:passw(?:or)?d|passphrase|passcode|secret|token|credential|authorization|bearer|masterauth"
    r"|(?:api|access|private|signing|encryption|account)[ _-]?key"
    r"|(?<![${(])pwd(?![a-z])|(?<!\bby)(?<!\bcom)(?<!\btres)(?<!\bover)pass(?![a-z]))"
)
_ASSIGNED: Final = re.compile(rf"(?i)({TELLING}[\w.-]{{0,60}}=)(?!\[secret)(?:\"[^\"]*\"|'[^']*'|[^\s&;]+)")
_NAME: Final = re.compile(rf"(?i){TELLING}[\w.-]{{0,60}}")
_VALUE_TOO: Final = re.compile(rf"(?i)(?:{TELLING}|\bvalue\b)[\w.-]{{0,60}}")
_UPSTREAM: Final = re.compile(r"(?i)(?:proxy|fastcgi|uwsgi|scgi|grpc|memcached)_$")  # where nginx passes requests on to
_SIGN: Final = re.compile(r"[\\\"'\])]{0,4}\s{0,20}(?:[?+:]?=>?|:)\s*")
_LATER_SIGN: Final = re.compile(r"[^=:#]{0,60}[=:]")
_IN_TAG: Final = re.compile(r"<[\w:.-]{0,80}$")
_TAG: Final = re.compile(r"[^<>]{0,200}>")
_AFTER_FLAG: Final = re.compile(r"[\"']?,?\s+[\"']?|[\"'],[\"']?")
_TO_END: Final = re.compile(r"[\"', \\\r]*$")
_SPACE: Final = re.compile(r"\s+(?=\S)")
# What stands before a name that is parted from its value by space alone.
_FLAG: Final = re.compile(r"(?:^|[\s\"'=\[,(])--?[\w-]{0,40}$")
_FIRST: Final = re.compile(r"^[\s#;/]*(?:-\s+)?[\"']?[\w.$-]{0,80}$")
_DIRECTIVE: Final = re.compile(
    r"(?i)(?:(?:set|header|env|arg|export|define)\s+[\"']?[$\w-]{0,40}|(?:login|user|account)\s+\S{1,100}\s+)$"
)
_SCHEME: Final = re.compile(r"(?i)authorization|bearer")
_ENDS: Final = re.compile(r"\s*(?:[,;}\])#/>&|]|$)")
_QUOTED: Final = re.compile(r"\"(?:[^\"\\]|\\.)*\"|'(?:[^']|'')*'")
_BLOCK: Final = re.compile(r"[|>][-+\d]{0,3}\s*(?:#.*)?$")
_OPEN: Final = re.compile(r"[\[{(]+\s*$")
_MARGIN: Final = re.compile(r"\s*(?:-\s+)*")
_COMMENT_MARGIN: Final = re.compile(r"[\s#;/]*(?:-\s+)*")
_KEYED: Final = re.compile(r"\s*(?:-\s+)*[\"']?[\w.-]{1,80}[\"']?\s*[:=]\s+(?=\S)|\s*(?:-\s+)*")
_CLOSER: Final = re.compile(r"\s*[}\])]+[,;]?\s*$")
_PAIR: Final = re.compile(rf"(?i)\b(?:name|key|header|variable|env)[\"']?\s*[:=]\s*[\"']?[^\"'\n,]{{0,80}}?{TELLING}")
_ITEM: Final = re.compile(r"\s*[-\[\]{}]")
_AHEAD, _BACK = 6, 3  # lines of one item: a name and its value stand near each other


class _Said(Enum):
    """What says that a value follows a name.

    A sign right behind it; space, behind a flag or a directive; or a sign later on, with words between, so that nobody
    knows where the value begins.
    """

    SIGN = auto()
    SPACE = auto()
    LATER = auto()


@dataclass(frozen=True, slots=True)
class _Rest:
    """A value that goes on in the lines that follow.

    Attributes:
        margin: of the line that it began in; what is further in belongs to it.
        comment: that line is a comment, and so is what belongs to it.
        keyed: it may be a mapping, whose keys stay readable.
        dashes: a list that is not further in belongs to it as well.
        until: a text that ends it, wherever it stands; empty for none.
        closer: it goes on to a closing bracket.
        lines: how many more lines at most; -1 for any number.
    """

    margin: int
    comment: bool = False
    keyed: bool = False
    dashes: bool = False
    until: str = ""
    closer: bool = False
    lines: int = -1


def without_secrets(text: str) -> str:
    """Private keys, tokens known by their looks, logins in addresses, values of telling names, each as the mask."""
    text = without_tokens(_PRIVATE.sub(MASK, text))
    lines = text.split("\n")
    paired = _paired(lines)
    return "\n".join(_lines(lines, paired))


def typed_without_secrets(value: object) -> object:
    """What people typed, in whatever it stands: tokens known by their looks, and `password=...`; prose stays prose."""
    if isinstance(value, str):
        return _ASSIGNED.sub(rf"\g<1>{MASK}", without_tokens(value))
    if isinstance(value, dict):
        return {key: typed_without_secrets(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [typed_without_secrets(item) for item in value]
    return value


def _lines(lines: Sequence[str], paired: set[int]) -> Iterator[str]:
    rest: _Rest | None = None
    for number, line in enumerate(lines):
        if rest is not None:
            if not line.strip():
                yield line
                continue
            if _is_comment(line) and not rest.comment and not _belongs(line, rest):
                yield _masked(line, _NAME)[0]  # a comment between a name and its value ends nothing
                continue
            if _belongs(line, rest):
                yield _continued(line, rest)
                rest = _after(line, rest)
                continue
        done, rest = _masked(line, _VALUE_TOO if number in paired else _NAME)
        yield _LOGIN.sub(f"{MASK}@", _IN_URL.sub(f"{MASK}@", done)) if "@" in done else done


def _paired(lines: Sequence[str]) -> set[int]:
    """Lines in which `value` is telling, for the name beside it is: `- name: DB_PASSWORD`, then `value: x`."""
    found: set[int] = set()
    for number, line in enumerate(lines):
        if not _PAIR.search(line):
            continue
        found.add(number)
        for other in range(number + 1, min(number + 1 + _AHEAD, len(lines))):
            if _ITEM.match(lines[other]):
                break
            found.add(other)
        for other in range(number, max(number - _BACK, 0), -1):
            if _ITEM.match(lines[other]):
                break
            found.add(other - 1)
    return found


def _is_comment(line: str) -> bool:
    return line.lstrip().startswith(("#", ";", "//"))


def _margin(line: str, *, comment: bool) -> int:
    found = (_COMMENT_MARGIN if comment else _MARGIN).match(line)
    return found.end() if found else 0


def _belongs(line: str, rest: _Rest) -> bool:
    if rest.until or rest.lines > 0:
        return True
    if rest.comment and not _is_comment(line):
        return False
    if _margin(line, comment=rest.comment) > rest.margin or (rest.closer and not _CLOSER.match(line)):
        return True
    return rest.dashes and line.lstrip().startswith("-") and len(line) - len(line.lstrip()) >= rest.margin


def _continued(line: str, rest: _Rest) -> str:
    if _CLOSER.match(line) and not rest.until:
        return line
    kept = _KEYED.match(line) if rest.keyed else _MARGIN.match(line)
    return f"{line[: kept.end()] if kept else ''}{MASK}"


def _after(line: str, rest: _Rest) -> _Rest | None:
    if rest.until:
        return None if rest.until in line else rest
    if rest.lines > 0:
        return rest if line.rstrip().endswith("\\") else None
    return rest


def _masked(line: str, names: re.Pattern[str]) -> tuple[str, _Rest | None]:
    """A line without its secrets, and what of them goes on behind it."""
    kept: list[str] = []
    done = at = 0
    while (name := names.search(line, at)) is not None:
        value = _value_of(line, name)
        at = name.end()
        if value is None:
            continue
        begin, said = value
        quoted = _QUOTED.match(line, begin)
        if (
            said is not _Said.LATER
            and quoted is not None
            and _ENDS.match(line, quoted.end())
            and not line.startswith(('"""', "'''"), begin)
        ):
            kept += [line[done:begin], MASK]
            done = at = quoted.end()
            continue
        text = line[begin:].rstrip()
        rest = _opens(line, text, said)
        if rest is not None and (not text or _BLOCK.match(text) or _OPEN.match(text)):
            return "".join([*kept, line[done:]]), rest
        end = "\\" if text.endswith("\\") else "\r" if line.endswith("\r") else ""
        return "".join([*kept, line[done:begin], MASK, end]), rest
    return "".join([*kept, line[done:]]), None


def _value_of(line: str, name: re.Match[str]) -> tuple[int, _Said] | None:
    """Where the value of a name begins, and what says so; None where the name is only mentioned."""
    end = name.end()
    if sign := _SIGN.match(line, end):
        return sign.end(), _Said.SIGN
    before = line[max(name.start() - 120, 0) : name.start()]
    if _UPSTREAM.search(before):
        return None
    if _FLAG.search(before) and (parted := _AFTER_FLAG.match(line, end) or _TO_END.match(line, end)):
        return parted.end(), _Said.SPACE
    if _IN_TAG.search(before) and (tag := _TAG.match(line, end)):
        return tag.end(), _Said.SIGN
    if (space := _SPACE.match(line, end)) and _by_space(line, name, before, line[space.end()]):
        return space.end(), _Said.SPACE
    return (end, _Said.LATER) if _LATER_SIGN.match(line, end) else None


def _by_space(line: str, name: re.Match[str], before: str, behind: str) -> bool:
    """Whether space alone parts a name from its value: prose has such names as well."""
    if behind in "\"'" or _SCHEME.match(name.group()) or _DIRECTIVE.search(before):
        return True
    return name.start() < 100 and bool(_FIRST.match(line[: name.start()]))


def _opens(line: str, text: str, said: _Said) -> _Rest | None:
    """How a value goes on behind its line; None where it does not."""
    margin = _margin(line, comment=_is_comment(line))
    if said is _Said.LATER:
        return _Rest(margin) if text.endswith((":", "=", "|", ">", "{", "[", "(")) else None
    if text[:3] in ('"""', "'''"):
        return None if text.count(text[:3]) > 1 else _Rest(margin, until=text[:3])
    if text[:1] in ('"', "'") and not _QUOTED.match(text):
        return _Rest(margin, until=text[0])
    if text.endswith("\\") or (not text and said is _Said.SPACE):  # or a flag, whose value is the next item
        return _Rest(margin, lines=1)
    if said is _Said.SPACE:
        return None
    is_open = bool(_OPEN.match(text))
    return _Rest(margin, _is_comment(line), keyed=is_open or not text, dashes=not text, closer=is_open)
