"""`opscheck sri generate`: only bytes of the tags change, twice is once, and nothing is written by halves."""

from __future__ import annotations

import hashlib
import json
import os
import random
from base64 import b64encode
from pathlib import Path

import pytest
from selectolax.lexbor import LexborHTMLParser

from tests.sri.conftest import Command

SOURCES = {"app.js": b"alert(1)\n", "sub/mod.mjs": b"export default 1\n", "a b.css": b"b{}\n", "\u00fc.css": b"i{}\n"}


def _hash(content: bytes, algorithm: str = "sha384") -> str:
    return f"{algorithm}-{b64encode(hashlib.new(algorithm, content).digest()).decode()}"


APP = _hash(SOURCES["app.js"])


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Assets without a page."""
    folder = tmp_path / "root"
    for name, content in SOURCES.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
    return folder


def _generate(sri: Command, root: Path, html: bytes, *more: str, page: str = "index.html") -> bytes:
    path = root / page
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(html)
    done = sri("generate", "--root", root, "--html", path, "--manifest", root / "m.json", *more)
    assert done.returncode == 0, done.stderr
    return path.read_bytes()


@pytest.mark.parametrize(
    "html",
    [
        b'<script src="app.js"@></script>',
        b"<script src='app.js'@></script>",
        b"<script src=app.js@></script>",
        b"<script src=app.js@ defer></script>",
        b"<script src=app.js?v=1#x@></script>",
        b"<SCRIPT\n\tSRC = 'app.js'@\r\n></SCRIPT>",
        b'<link rel="preload" as=script href="app.js"@/>',
        b"<link rel=modulepreload href=app.js@ />",
        b'<script src="app.js"@async></script>',
        b"<script src=app.js@ x=></script>",
        b"<script src=&#97;pp.js@></script>",
        b"<script src=./x/../%61pp.js@></script>",
        b"<script src=../../app.js@></script>",
        b"<script src=\\app.js@></script>",
        b"<script nomodule src=app.js@></script>",
        b"<noscript><script src=app.js@></script></noscript>",
        b"<base href=/sub/><script src=../app.js@></script>",
        b"\xef\xbb\xbf<script src=app.js@></script>\r\n\xff",
    ],
)
def test_attributes_are_put_behind_the_address(sri: Command, root: Path, html: bytes) -> None:
    """In the page's own quotation marks; nothing else changes, whatever it is."""
    mark = b"'" if b"'@" in html else b'"'
    added = b" integrity=" + mark + APP.encode() + mark + b" crossorigin=" + mark + b"anonymous" + mark

    assert _generate(sri, root, html.replace(b"@", b"")) == html.replace(b"@", added)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (b"<script src=/app.js integrity=old>", b'<script src=/app.js crossorigin="anonymous" integrity="HASH">'),
        (b"<script integrity='old' src=app.js crossorigin>", b"<script integrity='HASH' src=app.js crossorigin>"),
        (b'<script INTEGRITY="" src=app.js crossorigin>', b'<script INTEGRITY="HASH" src=app.js crossorigin>'),
        (
            b"<script integrity src=app.js crossorigin=use-credentials>",
            b'<script integrity="HASH" src=app.js crossorigin=use-credentials>',
        ),
        (
            b"<script integrity=a integrity=b src=app.js crossorigin>",
            b'<script integrity="HASH" integrity=b src=app.js crossorigin>',
        ),
    ],
)
def test_attributes_that_are_there_are_changed_in_place(sri: Command, root: Path, before: bytes, after: bytes) -> None:
    """Of two the first counts; who chose a mode of CORS keeps it."""
    assert _generate(sri, root, before) == after.replace(b"HASH", APP.encode())


@pytest.mark.parametrize(
    "html",
    [
        b'<!-- <script src="app.js"></script> -->',
        b"<script>document.write('<script src=\"app.js\"><\\/script>')</script>",
        b"<title><script src=app.js></title>",
        b"<textarea><link rel=stylesheet href=app.css></textarea>",
        b'<p data-x="<script src=app.js>">',
        b"<svg><script src=app.js></script></svg>",
        b"<script src=https://cdn.test/app.js></script>",
        b"<script src=//cdn.test/app.js></script>",
        b"<script src=data:text/javascript,1></script>",
        b"<script src='' ></script><script src></script>",
        b"<script type=application/json src=app.js></script>",
        b"<link rel=icon href=app.js><link rel=preload href=app.js><link href=app.js>",
        b"<base href=https://cdn.test/><script src=app.js></script>",
    ],
)
def test_everything_else_stays(sri: Command, root: Path, html: bytes) -> None:
    """Text that looks like a tag, tags that load nothing of the folder."""
    good = b"<script src=/app.js></script>"
    after = _generate(sri, root, good + html)

    assert after == good.replace(b"></", f' integrity="{APP}" crossorigin="anonymous"></'.encode()) + html


def test_a_second_run_changes_nothing(sri: Command, root: Path) -> None:
    """Not a byte, not a time; --check agrees before and after, and writes nothing itself."""
    page = root / "sub" / "p.html"
    page.write_bytes(
        b"<script type=module src=mod.mjs></script><link rel=stylesheet href='/a b.css'><script src=/app.js>"
    )
    arguments = ("--root", root, "--html", root, "--manifest", root / "m.json")
    original = page.read_bytes()

    checked = sri("generate", *arguments, "--check")
    assert (checked.returncode, page.read_bytes(), (root / "m.json").exists()) == (1, original, False)
    assert sri("generate", *arguments).returncode == 0
    for path in (page, root / "m.json"):
        os.utime(path, (1_000_000_000, 1_000_000_000))
    again = sri("generate", *arguments)

    assert (again.returncode, again.stdout) == (0, "1 pages, 3 files: 0 written\n")
    assert {path.stat().st_mtime for path in (page, root / "m.json")} == {1_000_000_000}
    assert sri("generate", *arguments, "--check").returncode == 0
    assert sri("check", *("--manifest", root / "m.json", "--root", root)).returncode == 0


def test_the_manifest_is_written_for_machines_and_people(sri: Command, root: Path) -> None:
    """Sorted, two spaces, a line feed at the end; what the pages no longer load is gone."""
    (root / "m.json").write_text(json.dumps({"stale.js": {"sha384": "sha384-x"}}))
    _generate(
        sri, root, "<link rel=stylesheet href='ü.css'><script src=app.js></script>".encode(), "--algorithm", "sha512"
    )

    assert (root / "m.json").read_text("utf-8") == (
        "{\n"
        f'  "app.js": {{\n    "sha512": "{_hash(SOURCES["app.js"], "sha512")}"\n  }},\n'
        f'  "ü.css": {{\n    "sha512": "{_hash(SOURCES["ü.css"], "sha512")}"\n  }}\n'
        "}\n"
    )


def test_every_page_that_is_named_counts(sri: Command, root: Path) -> None:
    """Behind the option, several times, as a folder."""
    for name in ("one.html", "sub/two.htm", "sub/three.HTML"):
        (root / name).write_bytes(b"<script src=/app.js></script>")
    (root / "sub" / "no.txt").write_bytes(b"<script src=/app.js></script>")
    manifest = ("--manifest", root / "m.json", "--root", root)
    first = sri("generate", "--html", root / "one.html", root / "sub/two.htm", *manifest)
    second = sri("generate", "--html", root / "one.html", "--html", root / "sub", *manifest)

    assert first.stdout.splitlines()[-1] == "2 pages, 1 files: 3 written"
    assert second.stdout.splitlines()[-1] == "3 pages, 1 files: 1 written"
    assert b"integrity" not in (root / "sub" / "no.txt").read_bytes()


def test_modes_are_kept_and_links_followed(sri: Command, root: Path) -> None:
    """A page that only its group may read stays so; one behind a link is written where it is."""
    page = root / "index.html"
    (root / "link.html").symlink_to("index.html")
    page.write_bytes(b"<script src=app.js></script>")
    page.chmod(0o640)
    done = sri("generate", "--root", root, "--html", root / "link.html", "--manifest", root / "m.json")

    assert done.returncode == 0
    assert (root / "link.html").is_symlink()
    assert (page.stat().st_mode & 0o777, b"integrity" in page.read_bytes()) == (0o640, True)
    assert [one.name for one in root.iterdir() if one.name.startswith(".")] == []


@pytest.mark.parametrize(
    ("html", "told"),
    [
        (b"<p>\n<script src=none.js></script>", "index.html:2: none.js: no such file or directory"),
        (b"<script src=sub></script>", "sub: is a directory"),
        (b"<script src=out.js></script>", "out.js: refused: it is a link out of the folder"),
        (b"<script src=..%2foutside.js></script>", "refused: its name leads out of the folder"),
        (b"<script src=a%00b.js></script>", "refused: its name holds a NUL"),
        (b"<p>no tags</p>", "the pages load no file of the folder"),
        ("<script src=app.js></script>".encode("utf-16"), "is UTF-16"),
    ],
)
def test_nothing_is_written_by_halves(sri: Command, root: Path, html: bytes, told: str) -> None:
    """One page that cannot be done, and none is done; exit code 2."""
    (root.parent / "outside.js").write_bytes(b"")
    (root / "out.js").symlink_to("../outside.js")
    good = b"<script src=app.js></script>" if b"no tags" not in html else b"<p>"
    (root / "good.html").write_bytes(good)
    (root / "index.html").write_bytes(html)
    done = sri("generate", "--root", root, "--html", root, "--manifest", root / "m.json")

    assert done.returncode == 2
    assert told in done.stderr
    assert (root / "good.html").read_bytes() == good
    assert not (root / "m.json").exists()


def test_what_is_to_be_left_alone_is_left_alone(sri: Command, root: Path) -> None:
    """A script that the host makes up has no file."""
    html = b"<script src=/config.js></script><script src=app.js></script>"

    assert _generate(sri, root, html, "--ignore", "/config*.js").startswith(b"<script src=/config.js></script>")


@pytest.mark.parametrize(
    "arguments",
    [
        ("--html", "../page.html"),
        ("--html", "none.html"),
        ("--html", "index.html", "--algorithm", "md5"),
        ("--html", "l"),
    ],
)
def test_a_wrong_argument_is_one_line(sri: Command, root: Path, arguments: tuple[str, ...]) -> None:
    """A page outside of the folder, one that is not there, an algorithm that nobody knows."""
    (root / "index.html").write_bytes(b"<script src=app.js></script>")
    (root.parent / "page.html").write_bytes(b"<script src=app.js></script>")
    (root / "l").symlink_to("../page.html")
    page, *more = arguments
    done = sri("generate", "--root", root, "--html", root / page, *more, "--manifest", root / "m.json")

    assert (done.returncode, done.stdout) == (2, "")
    assert len(done.stderr.splitlines()) == 1
    assert (root.parent / "page.html").read_bytes() == b"<script src=app.js></script>"


def test_heaps_of_markup_keep_their_meaning(sri: Command, root: Path) -> None:
    """A parser finds the same elements before and after, each own one with its hash and nothing else changed."""
    dice = random.Random(5)  # noqa: S311 - the same heap every time
    pieces = [
        *(b"<script src=app.js>", b"<script src='/app.js?7'integrity=x>", b"<script>if (a<b) '<script src=app.js>'"),
        *(b"</script>", b"<link rel=stylesheet href=/a%20b.css>", b"<link rel=stylesheet href='a b.css' crossorigin>"),
        *(b"<!-- <script src=app.js> -->", b"<p class=\"<script src='app.js'>\">", b"<title></title>", b"a & b\r\n"),
        *(b"<script src=https://cdn.test/x.js></script>", b"<style>a>b{}</style>", b"</p>"),
        b"<link/href=/app.js/rel=x>",
    ]
    for number in range(40):
        heap = b"".join(dice.choice(pieces) for _ in range(12))
        (root / f"{number}.html").write_bytes(heap + b"</script><script src=app.js></script>")
    before = {path: path.read_bytes() for path in root.glob("*.html")}
    assert sri("generate", "--root", root, "--html", root, "--manifest", root / "m.json").returncode == 0

    for path, html in before.items():
        wanted = [_done(one) for one in _elements(html)]
        assert _elements(path.read_bytes()) == wanted


def _done(one: dict[str, str | None]) -> dict[str, str | None]:
    expected = _expected(one)
    return {"crossorigin": "anonymous", **one, "integrity": expected} if expected else one


def _elements(html: bytes) -> list[dict[str, str | None]]:
    found = LexborHTMLParser(html).css("script, link, p, title, style")
    return [{"": one.tag, "text": one.text(), **one.attributes} for one in found]


def _expected(one: dict[str, str | None]) -> str:
    address = one.get("src") if one[""] == "script" else one.get("href") if one.get("rel") == "stylesheet" else None
    if not address or address.startswith("http"):
        return ""
    return _hash(SOURCES["app.js" if "app.js" in address else "a b.css"])
