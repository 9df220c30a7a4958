"""The request of an evidence as one curl line: safe to paste, with placeholders where secrets were."""

from __future__ import annotations

import re
import shlex
from collections.abc import Mapping
from typing import Final

from opscheck.model.evidence import EXCERPT

_MASKED: Final = re.compile(r"\[secret(?: ([^\]\n]{1,80}))?\]")
_TOKEN: Final = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]+")
_PLAIN: Final = re.compile(r"[\w :/.,=?&%+;*()@-]*", re.ASCII)
_PRINTABLE: Final = re.compile(r"[ -~\u00a1-\u00ac\u00ae-\u02ff\u0370-\u03ff\u0400-\u04ff\u3041-\u3096\u4e00-\u9fff]*")
_SET_BY_CURL: Final = frozenset({"content-length", "connection", "transfer-encoding", "host"})
_LONGEST_URL: Final = 2000


def _variable(name: str) -> str:
    word = re.sub(r"[^A-Z0-9]+", "_", name.upper()).strip("_") or "SECRET"
    return f"S_{word}" if word[0].isdigit() else word


def _escaped(text: str) -> str:
    """The text in the shell's `$'...'` form, in which nothing is hidden."""
    spelled = []
    for character in text:
        code = ord(character)
        if character in "\\'":
            spelled.append("\\" + character)
        elif _PRINTABLE.fullmatch(character):
            spelled.append(character)
        elif code < 0x80:
            spelled.append(f"\\x{code:02x}")
        else:
            spelled.append(f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}")
    return f"$'{''.join(spelled)}'"


def _literal(text: str) -> str:
    return shlex.quote(text) if _PRINTABLE.fullmatch(text) else _escaped(text)


def _quoted(text: str, unnamed: str) -> str:
    """The text as one word of the shell; `[secret name]` becomes `$NAME`, outside of single quotes."""
    marks = list(_MASKED.finditer(text))
    if not marks:
        return _literal(text)
    pieces = _MASKED.sub("\0", text).split("\0")
    names = [_variable(mark[1] or unnamed) for mark in marks]
    if len(pieces) != len(names) + 1:  # the text had a NUL of its own
        return _literal(text)
    if all(_PLAIN.fullmatch(piece) for piece in pieces):
        held = pieces[0] + "".join(
            f"${{{name}}}{piece}" if re.match(r"\w", piece) else f"${name}{piece}"
            for name, piece in zip(names, pieces[1:], strict=True)
        )
        return f'"{held}"'
    joined = [_literal(pieces[0]) if pieces[0] else ""]
    for name, piece in zip(names, pieces[1:], strict=True):
        joined += (f'"${name}"', _literal(piece) if piece else "")
    return "".join(joined)


def _url(url: str) -> str:
    """The URL as one word; a masked query value is named after its key."""
    named = re.sub(r"([?&])([^=&\[\]]{1,60})=\[secret\]", r"\1\2=[secret \2]", url)
    return _quoted(named, "secret")


def _headers(headers: object) -> list[str]:
    pairs = list(headers.items()) if isinstance(headers, Mapping) else []
    words = []
    for name, value in pairs:
        if not _TOKEN.fullmatch(str(name)) or str(name).lower() in _SET_BY_CURL:
            continue
        shown = "-".join(part.capitalize() for part in str(name).split("-"))
        words += ["-H", _quoted(f"{shown}: {value}", shown)]
    return words


def _body(body: str) -> list[str]:
    if not body:
        return []
    if len(body) >= EXCERPT:  # evidence keeps only the start of it
        return ["--data-binary", "@body"]
    return ["--data-raw", _quoted(body, "secret")]


def curl_line(request_evidence: Mapping[str, object]) -> str:
    """The line that asks again; a body that evidence keeps only in part is read from a file `body`.

    >>> curl_line({"url": "https://h/a", "headers": {"authorization": "[secret admin_token]"}})
    'curl -sS -i -H "Authorization: $ADMIN_TOKEN" https://h/a'
    """
    url = str(request_evidence.get("url") or "")
    if not url or len(url) > _LONGEST_URL:
        return ""
    method = str(request_evidence.get("method") or "GET").upper()
    words = ["curl", "-sS", "-I" if method == "HEAD" else "-i"]
    body = _body(str(request_evidence.get("body") or ""))
    if method not in {"GET", "HEAD"} or body:
        words += ["-X", _literal(method)]
    if re.search(r"[\[\]{}]", _MASKED.sub("", url)):
        words.append("--globoff")
    words += _headers(request_evidence.get("headers"))
    words += body
    words += [_url(url)] if re.match(r"https?://", url) else ["--url", _url(url)]
    return " ".join(words)
