"""A manifest of integrity metadata: which file has which hash, read so that nothing passes for want of a hash."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final, TypeAlias
from urllib.parse import quote, unquote, urljoin, urlsplit

from opscheck.checks._integrity import ALGORITHMS, Metadata, metadata_of, parse
from opscheck.checks._json import NotJson, kind_of, read_json
from opscheck.checks._words import failed, shown, unclear
from opscheck.model import HttpExchange, Verdict
from opscheck.model.files import LocalFile
from opscheck.model.page import Digests, origin_of

Source: TypeAlias = LocalFile | HttpExchange

KEYS: Final = (*ALGORITHMS, "algo", "integrity")
_ELSEWHERE: Final = frozenset({401, 403, 404, 410})
_PATH: Final = "/@!$&'()*+,;=:~-._"


class BadManifest(ValueError):
    """There is nothing to compare with; the text says why in one sentence."""


class NoManifest(BadManifest):
    """There is none to be seen from here; whether there should be is not told."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A file of a manifest.

    Attributes:
        path: as the manifest writes it.
        hashes: every hash that it gives for the file; each has to be right.
        problem: why it gives none that could be compared.
    """

    path: str
    hashes: tuple[Metadata, ...] = ()
    problem: str = ""

    @property
    def name(self) -> str:
        """The path below the folder."""
        return self.path.removeprefix("./").lstrip("/")

    @property
    def algorithms(self) -> tuple[str, ...]:
        """What has to be computed of the file."""
        return tuple(sorted({one.algorithm for one in self.hashes}))

    @property
    def expected(self) -> str:
        """The hashes, as one line."""
        return " ".join(item.written for one in self.hashes for item in one.strongest)

    def current(self, digests: Digests) -> str:
        """What the hashes would have to be for these bytes."""
        return " ".join(metadata_of(digests, name) for name in self.algorithms)

    def matches(self, digests: Digests) -> bool:
        """Every hash is that of these bytes."""
        return bool(self.hashes) and all(one.matches(digests) for one in self.hashes)


def read_manifest(source: Source) -> tuple[Entry, ...]:
    """The entries of a manifest, a file's or a served one's.

    Raises:
        BadManifest: it cannot be read, is not a JSON object, or names no file at all.
        NoManifest: it is kept from whoever asks, or something else answers at its address.
    """
    if isinstance(source, LocalFile):
        if source.problem:
            kind = NoManifest if source.problem == "permission denied" else BadManifest
            raise kind(f"the manifest {'' if source.problem.startswith('is ') else 'cannot be read: '}{source.problem}")
        return parse_manifest(source.content)
    if source.status in _ELSEWHERE or (source.status == 200 and source.content_type == "text/html"):
        raise NoManifest(f"no manifest is served: {source.status} {source.content_type}".rstrip())
    if source.status != 200:
        raise BadManifest(f"the manifest is answered with {source.status}")
    return parse_manifest(source.body)


def unusable(error: BadManifest, source: Source, *, expected: str) -> Verdict:
    """The verdict where there is nothing to compare with: never green."""
    observed = source.evidence().summary
    if isinstance(error, NoManifest):
        remedy = "name the manifest's address in endpoints.sri_manifest, or the file in expect.sri.manifest_file"
        return unclear(f"{error}", expected=expected, observed=observed, remedy=remedy)
    return failed(f"{error}", expected=expected, observed=observed)


def parse_manifest(content: bytes) -> tuple[Entry, ...]:
    """The entries of these bytes.

    Raises:
        BadManifest: they are not a JSON object, or it is empty.
    """
    try:
        document = read_json(content)
    except NotJson as error:
        raise BadManifest(str(error).replace("the body", "the manifest")) from None
    if not isinstance(document, dict):
        raise BadManifest(f"the manifest is a JSON {kind_of(document)}, not an object of files")
    if not document:
        raise BadManifest("the manifest names no file: there is nothing to compare")
    return tuple(_entry(path, record) for path, record in document.items())


def _entry(path: str, record: object) -> Entry:
    if not path.strip():
        return Entry(path, problem="its path is empty")
    if "://" in path:
        return Entry(path, problem="its path is a URL, not a file")
    if not isinstance(record, dict):
        return Entry(path, problem=f"its record is a JSON {kind_of(record)}, not an object with a hash")
    given = {key: record[key] for key in KEYS if key in record}
    if not given:
        return Entry(path, problem="its record has none of " + ", ".join(KEYS))
    useless = next((why for key, value in given.items() if (why := _useless(key, value))), "")
    return Entry(path, problem=useless) if useless else Entry(path, tuple(map(parse, given.values())))


def _useless(key: str, value: object) -> str:
    """Why a hash could never be compared, or is not what its key says; empty where it can."""
    if not isinstance(value, str):
        return f"its {key} is a JSON {kind_of(value)}, not a hash"
    metadata = parse(value)
    if not metadata.effective:
        return f"its {key} {shown(value, 40)} has no known algorithm"
    return f"its {key} is a {metadata.algorithm}" if key in ALGORITHMS and metadata.algorithm != key else ""


def wanted(entries: Iterable[Entry]) -> list[tuple[str, tuple[str, ...]]]:
    """The files to compute, each with its algorithms: those of entries that can be compared."""
    return [(entry.name, entry.algorithms) for entry in entries if not entry.problem]


def files_of(source: Source) -> list[tuple[str, tuple[str, ...]]]:
    """What `wanted` gives for a manifest; nothing where it cannot be used."""
    try:
        return wanted(read_manifest(source))
    except BadManifest:
        return []


def addresses(source: Source, base: str) -> list[str]:
    """The addresses of a manifest's files, below that of the page or of the manifest itself."""
    try:
        return [url_of(entry, base) for entry in read_manifest(source) if not entry.problem]
    except BadManifest:
        return []


def url_of(entry: Entry, base: str) -> str:
    """The address of a file: a path with a leading slash is one of the host's root, any other one is relative."""
    root = "/" if entry.path.startswith("/") else "./"
    return urljoin(base, root + quote(entry.name, safe=_PATH))


def by_address(entries: Iterable[Entry], base: str) -> Mapping[tuple[str, str], Entry]:
    """The entries by what `address` gives for the URL of a page's element."""
    return {address(url_of(entry, base)): entry for entry in entries}


def address(url: str) -> tuple[str, str]:
    """Origin and path of a URL, however they are escaped; the query is for caches only."""
    return origin_of(url), unquote(urlsplit(url).path)


def told(lines: Iterable[str], most: int = 3) -> str:
    """The first of many lines, as one."""
    every = list(lines)
    more = f"; and {len(every) - most} more" if len(every) > most else ""
    return "; ".join(every[:most]) + more


def problems(entries: Iterable[Entry]) -> Iterator[str]:
    """The entries that cannot be compared, each with why."""
    return (f"{shown(entry.path, 70)}: {entry.problem}" for entry in entries if entry.problem)
