"""What a browser would load of a page's tags and headers, each with its absolute address."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import SplitResult, quote, urljoin, urlsplit, urlunsplit

from opscheck.model.page import PageElement

SPACE: Final = "\t\n\f\r "
_LOADED: Final = frozenset({"stylesheet", "preload", "modulepreload"})
_JUDGED: Final = frozenset({"script", "style"})
_PRELOADED: Final = frozenset({"fetch", "font", "image", "track"})
_SPLIT: Final = re.compile(f"[{SPACE}]+")
_SCHEMES: Final = ("http", "https", "data")
_NOT_LOADED: Final = re.compile(r"[a-z][a-z0-9+.-]*:", re.IGNORECASE)
_SCRIPT_TYPES: Final = frozenset(
    f"{kind}/{name}"
    for kind, names in {
        "application": ("ecmascript", "javascript", "x-ecmascript", "x-javascript"),
        "text": (
            *("ecmascript", "javascript", "jscript", "livescript", "x-ecmascript", "x-javascript"),
            *(f"javascript1.{minor}" for minor in range(6)),
        ),
    }.items()
    for name in names
)
_LINK: Final = re.compile(
    r'\s*<([^>]*)>((?:\s*;\s*[\w!#$&+^`|~*-]+(?:\s*=\s*(?:"(?:\\.|[^"\\])*"|[^\s;,"]*))?)*)\s*(?:,|$)'
)
_PARAMETER: Final = re.compile(r';\s*([\w!#$&+^`|~*-]+)(?:\s*=\s*(?:"((?:\\.|[^"\\])*)"|([^\s;,"]*)))?')
_CONTROLS: Final = "".join(map(chr, range(0x21)))
_PORTS: Final = {"http": 80, "https": 443}
_DOTS: Final = re.compile(r"(?:(?<=/)|^)(?:\.|%2e){1,2}(?=/|$)", re.IGNORECASE)
_NO_HOST: Final = re.compile(r"(?:https?:)?//(?:[?#].*)?", re.IGNORECASE | re.DOTALL)
_SAFE: Final = "!$%&'()*+,-./:;=?@_~[]"
_SAFE_QUERY: Final = "!$%&()*+,-./:;=?@_~[]\\`{|}^"


@dataclass(slots=True)
class Reader:
    """Turns tags into elements; a `<base>` counts from where it stands."""

    url: str
    base: str = field(default="")
    _based: bool = False

    def __post_init__(self) -> None:
        self.base = self.url

    def elements(self, tags: Iterable[Mapping[str, Any]]) -> Iterator[PageElement]:
        """Those of the tags that a browser would load."""
        for tag in tags:
            if tag["tag"] == "base":
                self._rebase(tag["href"])
                continue
            made = self._script(tag) if tag["tag"] == "script" else self._link(tag)
            if made is not None:
                yield made

    def headers(self, values: Iterable[str]) -> Iterator[PageElement]:
        """What `Link` headers name."""
        for value in values:
            for address, parameters in links(value):
                made = self._link({"tag": "Link", "href": address, "flags": (), "line": 0, **parameters})
                if made is not None:
                    yield made

    def _rebase(self, address: str) -> None:
        if not self._based:
            self._based = True
            base = resolve(self.url, address)
            self.base = base if base and not base.startswith("data:") else self.url

    def _script(self, tag: Mapping[str, Any]) -> PageElement | None:
        kind = tag.get("type", f"text/{tag.get('language') or 'javascript'}") or "text/javascript"
        kind = kind.strip(SPACE).lower()
        module = kind == "module"
        if not tag["src"].strip(SPACE) or (not module and (kind not in _SCRIPT_TYPES or "nomodule" in tag["flags"])):
            return None
        return self._made(tag, tag["src"], "script", module=module)

    def _link(self, tag: Mapping[str, Any]) -> PageElement | None:
        rel = tuple(dict.fromkeys(filter(None, _SPLIT.split(tag.get("rel", "").lower()))))
        loaded = _LOADED.intersection(rel)
        if not loaded or not tag["href"].strip(SPACE) or "disabled" in tag["flags"]:
            return None
        kind = tag.get("type", "").strip(SPACE).partition(";")[0].lower()
        if "stylesheet" in loaded:
            return self._made(tag, tag["href"], "style", rel=rel) if kind in ("", "text/css") else None
        if "modulepreload" in loaded:
            return self._made(tag, tag["href"], tag.get("as", "").lower() or "script", rel=rel, module=True)
        destination = tag.get("as", "").strip(SPACE).lower()
        told = destination in _JUDGED or (destination in _PRELOADED and "integrity" in tag)
        return self._made(tag, tag["href"], destination, rel=rel) if told else None

    def _made(
        self, tag: Mapping[str, Any], address: str, destination: str, *, rel: tuple[str, ...] = (), module: bool = False
    ) -> PageElement | None:
        url = resolve(self.base, address)
        if url is None:
            return None
        return PageElement(
            tag["tag"],
            address,
            url,
            destination,
            integrity=tag.get("integrity"),
            crossorigin=tag.get("crossorigin"),
            rel=rel,
            module=module,
            line=tag["line"],
        )


def resolve(base: str, address: str) -> str | None:
    r"""An address as a browser reads it, without its fragment; empty where it cannot be read.

    None where it is of a scheme that is not fetched over a network, such as blob:.

    >>> resolve("https://a.test/x/y", "../z?q#f"), resolve("https://a.test/", "//b.test\c")
    ('https://a.test/z?q', 'https://b.test/c')
    """
    text = address.strip(_CONTROLS).translate({9: None, 10: None, 13: None})
    scheme = _NOT_LOADED.match(text)
    if scheme and scheme[0][:-1].lower() not in _SCHEMES:
        return None
    if scheme and scheme[0].lower() == "data:":
        return text
    text = _with_slashes(text, urlsplit(base).scheme)
    try:
        parts = urlsplit(urljoin(base, text))
        netloc = _netloc(parts)
    except ValueError:
        return ""
    if parts.scheme not in _PORTS or not netloc or _NO_HOST.fullmatch(text):
        return ""
    path, query = quote(parts.path or "/", safe=_SAFE), quote(parts.query, safe=_SAFE_QUERY)
    return urlunsplit((parts.scheme, netloc, path, query, ""))


def _netloc(parts: SplitResult) -> str:
    """Host and port as browsers write them: without user, without the scheme's own port, names in ASCII."""
    host, port = parts.hostname or "", parts.port
    if not host.isascii():
        host = host.encode("idna").decode("ascii").lower()
    bracketed = f"[{host}]" if ":" in host else host
    return bracketed if port in (None, _PORTS.get(parts.scheme)) else f"{bracketed}:{port}"


def _with_slashes(text: str, scheme: str) -> str:
    """With slashes as an address has them: browsers read backslashes as such, and forgive too many or too few."""
    end = min((at for sign in "?#" if (at := text.find(sign)) >= 0), default=len(text))
    text = _DOTS.sub(_plain, text[:end].replace("\\", "/")) + text[end:]
    named = re.match(r"(https?):(/*)", text, re.IGNORECASE)
    if named is None:
        return re.sub(r"^//+", "//", text)
    rest = text[named.end() :]
    if named[1].lower() == scheme and len(named[2]) < 2:
        return named[2] + rest  # of the page's own scheme: relative, as if nothing stood before it
    return f"{named[1]}://{rest}"


def _plain(dots: re.Match[str]) -> str:
    """`%2e%2e` is `..`, whatever stands for its dots."""
    return re.sub("%2e", ".", dots[0], flags=re.IGNORECASE)


def links(value: str) -> Iterator[tuple[str, dict[str, str]]]:
    """The links of a header: address and parameters, the first of each name; what is malformed ends the header.

    >>> list(links('</a.js>; rel=preload; integrity="sha256-x", <b>'))
    [('/a.js', {'rel': 'preload', 'integrity': 'sha256-x'}), ('b', {})]
    """
    at = 0
    while at < len(value) and (found := _LINK.match(value, at)):
        parameters: dict[str, str] = {}
        for name, quoted, plain in _PARAMETER.findall(found[2]):
            parameters.setdefault(name.lower(), re.sub(r"\\(.)", r"\1", quoted) or plain)
        yield found[1], parameters
        at = found.end()
