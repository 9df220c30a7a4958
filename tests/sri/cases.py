"""What may stand in a page, and what becomes of it by the text of the standard.

Where Chromium does otherwise, the case says so: `deviates` is what it does, and the test holds it to that, too.
"""

from __future__ import annotations

import hashlib
from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from opscheck.checks._page_load import Load
from tests.sri.origins import SCRIPT, STYLE

_DROPPED: Final = "Chromium drops what is no base64, as if it were not there, and loads the rest unchecked"
_CAPITALS: Final = "Chromium knows algorithms in lower case only: nothing is checked"
_ALIAS: Final = "Chromium takes sha-256 for sha256"
_BYTES: Final = "Chromium compares decoded bytes, however they are padded or end"


@dataclass(frozen=True)
class Case:
    """One element of a page; OTHER stands for the other origin, SELF for the page's own.

    Attributes:
        load: by the standard's text; None where a browser does not load it at all.
        deviates: what Chromium does instead, where it does.
        headers: of the page.
        blocked: the page's policy refuses it, by the text.
        before: what stands before the element.
    """

    name: str
    html: str
    load: Load | None
    deviates: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    blocked: bool = False

    @property
    def loads(self) -> bool | None:
        """It is loaded, by the text."""
        return None if self.load is None else self.load.loads and not self.blocked


def hashed(algorithm: str, content: bytes) -> str:
    """Canonical metadata."""
    return f"{algorithm}-{b64encode(hashlib.new(algorithm, content).digest()).decode()}"


S256, S384, S512 = (hashed(name, SCRIPT) for name in ("sha256", "sha384", "sha512"))
BAD256, BAD384, BAD512 = (hashed(name, b"something else") for name in ("sha256", "sha384", "sha512"))
CSS384: Final = hashed("sha384", STYLE)
_HEX: Final = "sha256-" + hashlib.sha256(SCRIPT).hexdigest()
_URLSAFE: Final = str.maketrans("+/", "-_")
_ALPHABET: Final = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
_EVENTS: Final = """onload="told='load'" onerror="told='error'\""""


def _other_end(metadata: str) -> str:
    """The same bytes for whoever ignores the bits beyond the last one."""
    last = metadata.rstrip("=")[-1]
    return metadata.rstrip("=")[:-1] + _ALPHABET[_ALPHABET.index(last) | 1] + "="


def script(attributes: str, src: str = "/a.js") -> str:
    """A classic script, unless its attributes say otherwise."""
    return f'<script src="{src}" {attributes} {_EVENTS}></script>'


def link(attributes: str, href: str = "/a.css", rel: str = "stylesheet") -> str:
    """A link."""
    return f'<link rel="{rel}" href="{href}" {attributes} {_EVENTS}>'


def has(metadata: str) -> str:
    """The attribute."""
    return f'integrity="{metadata}"'


_SAME: Final[tuple[tuple[str, str, Load, str], ...]] = (
    ("empty", "", Load.UNPROTECTED, ""),
    ("white space alone", " \t\n ", Load.UNPROTECTED, ""),
    ("sha256", S256, Load.PROTECTED, ""),
    ("sha384", S384, Load.PROTECTED, ""),
    ("sha512", S512, Load.PROTECTED, ""),
    ("other bytes", BAD384, Load.MISMATCH, ""),
    ("made-up algorithm", "foo666-abc", Load.INEFFECTIVE, ""),
    ("sha1", hashed("sha1", b"something else"), Load.INEFFECTIVE, ""),
    ("md5", hashed("md5", b"something else"), Load.INEFFECTIVE, ""),
    ("strong wrong, weak right", f"{BAD512} {S256}", Load.MISMATCH, ""),
    ("strong right, weak wrong", f"{S512} {BAD256}", Load.PROTECTED, ""),
    ("weak right first, strong wrong", f"{S256} {BAD384}", Load.MISMATCH, ""),
    ("any of the strongest", f"{BAD384} {S384}", Load.PROTECTED, ""),
    ("malformed beside the right one", f"sha384-% {S384}", Load.PROTECTED, ""),
    ("unknown beside a wrong one", f"sha1-x {BAD256}", Load.MISMATCH, ""),
    ("options", f"{S256}?ct=text/javascript", Load.PROTECTED, ""),
    ("options behind a wrong one", f"{BAD256}?{S256}", Load.MISMATCH, ""),
    ("options end at a space", f"{BAD256}? {S256}", Load.PROTECTED, ""),
    ("tabs", f"\t{BAD256}\t{S256}\t", Load.PROTECTED, ""),
    ("line feeds", f"\n{BAD256}\n{S256}\n", Load.PROTECTED, ""),
    ("carriage return", f"{BAD256}&#13;{S256}", Load.PROTECTED, ""),
    ("form feed", f"{BAD256}\f{S256}", Load.PROTECTED, ""),
    ("entities", S256.replace("/", "&#x2f;").replace("=", "&#61;"), Load.PROTECTED, ""),
    ("hex digest", _HEX, Load.MISMATCH, ""),
    ("lower case value", S256.lower(), Load.MISMATCH, ""),
    ("two hyphens", "sha256--", Load.MISMATCH, ""),
    ("unpadded", S256.rstrip("="), Load.PROTECTED, ""),
    ("padded once more", S256 + "=", Load.PROTECTED, ""),
    ("padded without need", S384 + "==", Load.PROTECTED, ""),
    ("base64url", S256.translate(_URLSAFE).replace("sha256_", "sha256-"), Load.PROTECTED, ""),
    ("base64url sha512", S512.translate(_URLSAFE), Load.PROTECTED, ""),
    # By the text each of these is present and never matches; or is not what Chromium takes it for.
    ("padded far too much", S384 + "===", Load.MISMATCH, _BYTES),
    ("other bits at the end", _other_end(S256), Load.MISMATCH, _BYTES),
    ("no base64", "sha256-%", Load.MISMATCH, _DROPPED),
    ("algorithm alone", "sha256", Load.MISMATCH, _DROPPED),
    ("algorithm and hyphen", "sha256-", Load.MISMATCH, _DROPPED),
    ("non-ASCII value", "sha256-é", Load.MISMATCH, _DROPPED),
    ("options instead of a value", f"sha256?{S256}", Load.MISMATCH, _DROPPED),
    ("strong malformed, weak right", f"sha512-% {S256}", Load.MISMATCH, _DROPPED),
    ("strong without value, weak right", f"sha512 {S256}", Load.MISMATCH, _DROPPED),
    ("vertical tab", f"{BAD256}\v{S256}", Load.MISMATCH, _DROPPED),
    ("no-break space", f"{BAD256}\u00a0{S256}", Load.MISMATCH, _DROPPED),
    ("comma", f"{BAD256},{S256}", Load.MISMATCH, _DROPPED),
    ("capitals, wrong", BAD256.replace("sha", "SHA"), Load.MISMATCH, _CAPITALS),
    ("alias, wrong", BAD256.replace("sha256", "sha-256"), Load.INEFFECTIVE, _ALIAS),
)
_ANON: Final = "crossorigin=anonymous"
_CRED: Final = "crossorigin=use-credentials"
_ACROSS: Final[tuple[tuple[str, str, str, Load], ...]] = (
    ("nothing", "", "", Load.UNPROTECTED),
    ("empty metadata", has(""), "", Load.UNPROTECTED),
    ("unknown algorithm", has("foo-1"), "", Load.INEFFECTIVE),
    ("no crossorigin", has(S256), "acao=*", Load.NO_CROSSORIGIN),
    ("anonymous, everybody allowed", f"{has(S256)} {_ANON}", "acao=*", Load.PROTECTED),
    ("anonymous, page allowed", f"{has(S256)} crossorigin", "acao=echo", Load.PROTECTED),
    ("anonymous, wrong bytes", f"{has(BAD256)} {_ANON}", "acao=*", Load.MISMATCH),
    ("anonymous, no leave", f"{has(S256)} {_ANON}", "", Load.CORS),
    ("anonymous, another allowed", f"{has(S256)} {_ANON}", "acao=http://elsewhere.invalid", Load.CORS),
    ("anonymous without metadata, no leave", "crossorigin", "", Load.CORS),
    ("meaningless crossorigin", f"{has(S256)} crossorigin=foo", "acao=*", Load.PROTECTED),
    ("credentials", f"{has(S256)} {_CRED}", "acao=echo&acac=true", Load.PROTECTED),
    ("credentials, everybody allowed", f"{has(S256)} {_CRED}", "acao=*&acac=true", Load.CORS),
    ("credentials, not allowed", f"{has(S256)} {_CRED}", "acao=echo", Load.CORS),
    ("credentials, allowed in capitals", f"{has(S256)} {_CRED}", "acao=echo&acac=True", Load.CORS),
    ("capitals of crossorigin", f"{has(S256)} crossorigin=USE-CREDENTIALS", "acao=*&acac=true", Load.CORS),
    ("module asks without being told", f"type=module {has(S256)}", "acao=*", Load.PROTECTED),
    ("module, no leave", f"type=module {has(S256)}", "", Load.CORS),
    ("compressed", f"{has(S256)} {_ANON}", "acao=*&gz=1", Load.PROTECTED),
    ("error", "", "status=500", Load.UNREACHABLE),
)
_TO_OTHER: Final = "/r.js?to=OTHER/a.js%3F"
_FROM_OTHER: Final = "OTHER/r.js?acao=*&to=SELF/a.js%3F"
_PLACES: Final[tuple[Case, ...]] = (
    Case("own, plain", script(""), Load.UNPROTECTED),
    Case("own, compressed", script(has(S256), "/a.js?gz=1"), Load.PROTECTED),
    Case("own, not found", script(has(S256), "/a.js?status=404"), Load.UNREACHABLE),
    Case("own module", script(f"type=module {has(S256)}"), Load.PROTECTED),
    Case("own module, wrong", script(f"type=module {has(BAD256)}"), Load.MISMATCH),
    Case("the first of two attributes counts", script(f"{has(S256)} {has(BAD256)}"), Load.PROTECTED),
    Case("attribute in capitals", script(f'INTEGRITY="{BAD256}"'), Load.MISMATCH),
    Case("unquoted", f"<script src=/a.js integrity={S256} {_EVENTS}></script>", Load.PROTECTED),
    Case("data:", script(has(S256), "data:text/javascript," + SCRIPT.decode().replace("\n", "%0A")), Load.PROTECTED),
    Case("data:, wrong", script(has(BAD256), "data:text/javascript,window.ran=1"), Load.MISMATCH),
    Case("stylesheet", link(has(CSS384)), Load.PROTECTED),
    Case("stylesheet, wrong", link(has(BAD384)), Load.MISMATCH),
    Case("stylesheet among other words", link(has(BAD384), rel="license stylesheet"), Load.MISMATCH),
    Case("stylesheet in capitals", link(has(BAD384), rel="STYLESHEET"), Load.MISMATCH),
    Case("stylesheet for print", link(f"{has(BAD384)} media=print"), Load.MISMATCH),
    Case("stylesheet of elsewhere", link(has(CSS384), "OTHER/a.css?acao=*"), Load.NO_CROSSORIGIN),
    Case("stylesheet of elsewhere, asked", link(f"{has(CSS384)} {_ANON}", "OTHER/a.css?acao=*"), Load.PROTECTED),
    Case("preload", link(f"{has(S256)} as=script", "/a.js", "preload"), Load.PROTECTED),
    Case("preload, wrong", link(f"{has(BAD256)} as=script", "/a.js", "preload"), Load.MISMATCH),
    Case("preloaded style, wrong", link(f"{has(BAD256)} as=style", "/a.css", "preload"), Load.MISMATCH),
    Case("preload of elsewhere", link(f"{has(S256)} as=script", "OTHER/a.js?acao=*", "preload"), Load.NO_CROSSORIGIN),
    Case("modulepreload", link(has(S256), "/a.js", "modulepreload"), Load.PROTECTED),
    Case("modulepreload, wrong", link(has(BAD256), "/a.js", "modulepreload"), Load.MISMATCH),
    Case("modulepreload of elsewhere", link(has(S256), "OTHER/a.js?acao=*", "modulepreload"), Load.PROTECTED),
    Case("redirect within", script(has(S256), "/r.js?to=/a.js"), Load.PROTECTED),
    Case("redirect away, unasked", script(has(S256), f"{_TO_OTHER}acao=*"), Load.NO_CROSSORIGIN),
    Case("redirect away, unchecked", script("", _TO_OTHER), Load.UNPROTECTED),
    Case("redirect away", script(f"{has(S256)} {_ANON}", f"{_TO_OTHER}acao=echo"), Load.PROTECTED),
    Case("redirect away and back", script(f"{has(S256)} {_ANON}", f"{_FROM_OTHER}acao=*"), Load.PROTECTED),
    Case("redirect back, page named", script(f"{has(S256)} {_ANON}", f"{_FROM_OTHER}acao=SELF"), Load.CORS),
    Case("redirect back, null named", script(f"{has(S256)} {_ANON}", f"{_FROM_OTHER}acao=null"), Load.PROTECTED),
    Case("redirect without leave", script(f"{has(S256)} {_ANON}", "OTHER/r.js?to=OTHER/a.js%3Facao=*"), Load.CORS),
    Case("redirect back, unasked", script(has(S256), "OTHER/r.js?to=SELF/a.js"), Load.NO_CROSSORIGIN),
    Case("behind a base", '<base href="/sub/">' + script(has(S256), "a.js"), Load.PROTECTED),
    Case("behind a base elsewhere", '<base href="OTHER/">' + script(has(S256), "a.js"), Load.NO_CROSSORIGIN),
    Case("before a base elsewhere", script(has(S256), "a.js") + '<base href="OTHER/">', Load.PROTECTED),
    Case("backslash", script(has(BAD256), "\\a.js"), Load.MISMATCH),
    Case("white space around the address", script(has(BAD256), " \n/a.js\t "), Load.MISMATCH),
    Case("white space within the address", script(has(BAD256), "/a\t.j\ns"), Load.MISMATCH),
    Case("type with white space", script(f'{has(BAD256)} type=" text/JavaScript "'), Load.MISMATCH),
    Case("unreadable address", script(has(S256), "http://[::1/a.js"), Load.UNREACHABLE),
    # What no browser loads: neither judged nor counted.
    Case("type with parameter", script(f'{has(BAD256)} type="text/javascript;a=b"'), None),
    Case("data block", script(f'{has(BAD256)} type="application/json"'), None),
    Case("another language", script(f"{has(BAD256)} language=vbscript"), None),
    Case("nomodule", script(f"{has(BAD256)} nomodule"), None),
    Case("script of SVG", f"<svg>{script(has(BAD256))}</svg>", None),
    Case("template", f"<template>{script(has(BAD256))}</template>", None),
    Case("noscript", f"<noscript>{script(has(BAD256))}</noscript>", None),
    Case("comment", f"<!-- {script(has(BAD256))} -->", None),
    Case("disabled stylesheet", link(f"{has(BAD384)} disabled"), None),
    Case("stylesheet of another type", link(f"{has(BAD384)} type=text/plain"), None),
    Case("inline script", f"<script {has(BAD256)}>window.ran = 1</script>", None),
)
_ENFORCE: Final = "integrity-policy"
_SCRIPTS: Final = "blocked-destinations=(script)"
_NO_STYLES: Final = "Chromium enforces policies for scripts alone"


def _policy(name: str, value: str, html: str, load: Load, *, blocked: bool = False, deviates: str = "") -> Case:
    return Case(f"policy: {name}", html, load, deviates, {_ENFORCE: value}, blocked)


_POLICIES: Final[tuple[Case, ...]] = (
    _policy("no metadata", _SCRIPTS, script(""), Load.UNPROTECTED, blocked=True),
    _policy("no crossorigin", _SCRIPTS, script(has(S256)), Load.PROTECTED, blocked=True),
    _policy("as it should be", _SCRIPTS, script(f"{has(S256)} {_ANON}"), Load.PROTECTED),
    _policy("unknown algorithm", _SCRIPTS, script(f"{has('foo-1')} {_ANON}"), Load.INEFFECTIVE, blocked=True),
    _policy("module", _SCRIPTS, script(f"type=module {has(S256)}"), Load.PROTECTED),
    _policy("module without metadata", _SCRIPTS, script("type=module"), Load.UNPROTECTED, blocked=True),
    _policy("data:", _SCRIPTS, script("", "data:text/javascript,window.ran=1"), Load.UNPROTECTED),
    _policy("not of this kind", _SCRIPTS, link(""), Load.UNPROTECTED),
    _policy("no source", f"{_SCRIPTS}, sources=()", script(""), Load.UNPROTECTED),
    _policy("unknown source", f"{_SCRIPTS}, sources=(foo)", script(""), Load.UNPROTECTED),
    _policy("further destination", "blocked-destinations=(script foo)", script(""), Load.UNPROTECTED, blocked=True),
    _policy("endpoints", f"{_SCRIPTS}, endpoints=(ep)", script(""), Load.UNPROTECTED, blocked=True),
    _policy("preload", _SCRIPTS, link("as=script", "/a.js", "preload"), Load.UNPROTECTED, blocked=True),
    _policy("style", "blocked-destinations=(style)", link(""), Load.UNPROTECTED, blocked=True, deviates=_NO_STYLES),
    Case("policy: only reports", script(""), Load.UNPROTECTED, headers={"integrity-policy-report-only": _SCRIPTS}),
)

CASES: Final[tuple[Case, ...]] = (
    *(Case(f"own: {name}", script(has(value)), load, deviates) for name, value, load, deviates in _SAME),
    *(
        Case(f"elsewhere: {name}", script(attributes, f"OTHER/a.js?{knobs}"), load)
        for name, attributes, knobs, load in _ACROSS
    ),
    *_PLACES,
    *_POLICIES,
)
