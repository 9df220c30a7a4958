"""What the page is made of: under integrity, under a strict policy, and fresh."""

from __future__ import annotations

import base64
import hashlib
import json
from html.parser import HTMLParser

import httpx
import pytest

from service.page import FOLDER
from service.running import EmbeddedService

_ASSETS = ("assets/badge.css", "assets/badge.js")


def sha384(content: bytes) -> str:
    """Give the integrity of a content."""
    return "sha384-" + base64.b64encode(hashlib.sha384(content).digest()).decode("ascii")


class Tags(HTMLParser):
    """The tags of a page with their attributes, and the text within scripts and styles."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.inline = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Keep a tag."""
        self.found.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        """Keep what stands in a script or a style."""
        if self.found and self.found[-1][0] in {"script", "style"}:
            self.inline += data.strip()


def test_the_manifest_and_the_page_agree_with_the_files() -> None:
    """Each asset's hash is the one of the manifest and of the tag that names it; nothing else is listed."""
    hashes = {name: sha384((FOLDER / name).read_bytes()) for name in _ASSETS}
    tags = Tags((FOLDER / "index.html").read_text(encoding="utf-8")).found
    named = {
        str(attributes.get("src") or attributes.get("href")).lstrip("/"): attributes
        for tag, attributes in tags
        if tag == "script" or (tag == "link" and attributes.get("rel") == "stylesheet")
    }

    assert {name: attributes["integrity"] for name, attributes in named.items()} == hashes
    assert {attributes["crossorigin"] for attributes in named.values()} == {"anonymous"}
    expected = {name: {"sha384": value} for name, value in hashes.items()}
    manifest = (FOLDER / "sri-manifest.json").read_text(encoding="utf-8")
    assert manifest == json.dumps(expected, indent=2, sort_keys=True) + "\n"


def test_nothing_of_the_page_is_inline() -> None:
    """No script, style, handler or style attribute stands in the page: the policy allows none."""
    page = Tags((FOLDER / "index.html").read_text(encoding="utf-8"))

    assert page.inline == ""
    assert [attributes for tag, attributes in page.found if tag == "script" and not attributes.get("src")] == []
    assert [
        name for _, attributes in page.found for name in attributes if name.startswith("on") or name == "style"
    ] == []


def test_the_page_is_served_under_its_policy(service: EmbeddedService, http: httpx.Client) -> None:
    """Nothing but its own script and style, its own icon and its own service; integrity is demanded."""
    answer = http.get(f"{service.agent_url}/")

    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert set(answer.headers["content-security-policy"].split("; ")) == {
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self'",
        "connect-src 'self'",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
    }
    assert answer.headers["integrity-policy"] == "blocked-destinations=(script style)"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["referrer-policy"] == "no-referrer"
    assert answer.headers["cache-control"] == "no-cache"


@pytest.mark.parametrize(
    ("path", "media_type"),
    [
        ("/assets/badge.js", "text/javascript; charset=utf-8"),
        ("/assets/badge.css", "text/css; charset=utf-8"),
        ("/assets/icon.svg", "image/svg+xml"),
    ],
)
def test_assets_may_be_kept_and_are_not_transformed(
    service: EmbeddedService, http: httpx.Client, path: str, media_type: str
) -> None:
    """Byte for byte the file, whatever encodings are offered, asked about before each use."""
    plain = http.get(service.agent_url + path, headers={"accept-encoding": "identity"})
    offered = http.get(service.agent_url + path, headers={"accept-encoding": "gzip, br, zstd"})

    assert plain.content == offered.content == (FOLDER / path.lstrip("/")).read_bytes()
    assert plain.headers["content-type"] == media_type
    directives = plain.headers["cache-control"].split(", ")
    assert {"public", "max-age=0", "must-revalidate", "no-transform"} == set(directives)
    assert "content-encoding" not in offered.headers


@pytest.mark.parametrize("path", ["/", "/sri-manifest.json", "/assets/badge.js"])
def test_who_has_a_file_is_told_so(service: EmbeddedService, http: httpx.Client, path: str) -> None:
    """304 without a body for the same ETag, weak or among others; the file for another one; HEAD has no body."""
    url = service.agent_url + path
    etag = http.get(url).headers["etag"]

    for known in (etag, f"W/{etag}", f'"other", {etag}', "*"):
        again = http.get(url, headers={"if-none-match": known})
        assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", etag)
    assert http.get(url, headers={"if-none-match": '"other"'}).status_code == 200
    assert (http.head(url).status_code, http.head(url).content) == (200, b"")


@pytest.mark.parametrize("path", ["/assets/", "/assets/nothing.js", "/assets/../settings.py", "/index.html"])
def test_nothing_else_is_served(service: EmbeddedService, http: httpx.Client, path: str) -> None:
    """Only the files that are meant to be."""
    request = httpx.Request("GET", service.agent_url)
    request.url = request.url.copy_with(raw_path=path.encode())

    assert http.send(request).status_code == 404
