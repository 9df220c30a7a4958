"""The configuration as it stands: files and what URLs answer, each with its hash; copies are kept masked."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from opscheck.local_files import read_file
from opscheck.model import mask_url
from opscheck.redact import Redactor
from opscheck.report.visible import visible
from opscheck.window.masking import without_secrets
from opscheck.window.store import Store

_MOST: Final = 4 * 1024 * 1024  # bytes of one source
_MOST_FILES: Final = 500  # that one pattern or folder stands for
_SECONDS: Final = 10.0


@dataclass(frozen=True, slots=True)
class Source:
    """One source as it was.

    Attributes:
        name: a path, or a masked URL.
        sha256: of what was read, unmasked; empty where it could not be read.
        problem: why it could not be read.
        content: masked, for keeping.
    """

    name: str
    sha256: str
    size: int
    problem: str = ""
    content: bytes = b""


def take(words: Iterable[str], base: Path, redactor: Redactor) -> list[Source]:
    """Read every source: paths, patterns and folders relative to `base`, http and https URLs."""
    found: dict[str, Source] = {}
    for word in words:
        for source in [_from_url(word, redactor)] if "://" in word else _from_files(word, base, redactor):
            found.setdefault(source.name, source)
    return list(found.values())


def _from_files(word: str, base: Path, redactor: Redactor) -> list[Source]:
    path = Path(word).expanduser()
    whole = path if path.is_absolute() else base / path
    if any(sign in word for sign in "*?["):
        anchor = Path(whole.anchor)
        files = sorted(one for one in anchor.glob(str(whole.relative_to(anchor))) if one.is_file())
    elif whole.is_dir():
        files = sorted(one for one in whole.rglob("*") if one.is_file())
    else:
        files = [whole]
    if not files:
        return [Source(word, "", 0, "there is no such file")]
    if len(files) > _MOST_FILES:
        return [Source(word, "", 0, f"{len(files)} files: more than the {_MOST_FILES} that a snapshot keeps")]
    return [_source(_near(one, base), *_content(one), redactor) for one in files]


def _near(path: Path, base: Path) -> str:
    try:
        return path.relative_to(base).as_posix()
    except ValueError:
        return str(path)


def _content(path: Path) -> tuple[bytes, str]:
    read = read_file(path, most=_MOST)
    return read.content, read.problem


def _from_url(url: str, redactor: Redactor) -> Source:
    import httpx  # noqa: PLC0415 - only a snapshot of an address needs it

    try:
        with (
            httpx.Client(timeout=_SECONDS, follow_redirects=False, trust_env=False) as client,
            client.stream("GET", url) as answer,
        ):
            content = b""
            for piece in answer.iter_bytes():
                content += piece
                if len(content) > _MOST:
                    return Source(mask_url(url), "", 0, f"is larger than {_MOST // 1024 // 1024} MiB")
            problem = "" if answer.is_success else f"answered {answer.status_code}"
    except (httpx.HTTPError, httpx.InvalidURL, ValueError) as error:
        return Source(mask_url(url), "", 0, visible(str(error) or type(error).__name__, 120))
    return _source(mask_url(url), content, problem, redactor)


def _source(name: str, content: bytes, problem: str, redactor: Redactor) -> Source:
    if problem:
        return Source(name, "", 0, problem)
    return Source(name, hashlib.sha256(content).hexdigest(), len(content), "", masked(content, redactor))


def masked(content: bytes, redactor: Redactor) -> bytes:
    """A configuration without its secrets: registered ones, values of telling names, logins in URLs, private keys.

    What is no text is not kept at all: its hash tells whether it changed.
    """
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError:
        return f"({len(content)} bytes that are no text: only their hash is kept)\n".encode()
    return redactor.text(without_secrets(text)).encode()


def keep(sources: Sequence[Source], store: Store, label: str) -> list[dict[str, Any]]:
    """Keep masked copies below the window's folder; what the log says of each."""
    rows: list[dict[str, Any]] = []
    for number, source in enumerate(sources, 1):
        row: dict[str, Any] = {"source": source.name, "size": source.size, "sha256_source": source.sha256}
        if source.problem:
            rows.append({**row, "problem": source.problem})
            continue
        plain = re.sub(r"[^A-Za-z0-9._-]+", "-", source.name).strip("-.")[-80:]
        rows.append({**row, **store.keep(f"snapshot/{label}-{number:03}-{plain}", source.content)})
    return rows


def changed(before: Iterable[Mapping[str, Any]], after: Iterable[Mapping[str, Any]]) -> list[str]:
    """What differs between two snapshots, each one line."""
    old = {str(row["source"]): str(row["sha256_source"]) for row in before}
    new = {str(row["source"]): str(row["sha256_source"]) for row in after}
    told = []
    for name in sorted({*old, *new}):
        first, second = old.get(name, ""), new.get(name, "")
        if first == second:
            continue
        word = "appeared" if not first else "is gone, or cannot be read" if not second else "changed"
        told.append(f"{name} {word}")
    return told
