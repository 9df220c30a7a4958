"""The page fetcher over real sockets: what it brings back, and what it keeps out."""

from __future__ import annotations

import gzip
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import httpx
import pytest

from service.webfetch.content import decode, text_of

from .conftest import Run

_HTML = (
    "<html><head><title>Rota</title><style>p{}</style></head><body><script>steal()</script>"
    "<p>Who is on call?</p><p>Ada &amp; Grace</p></body></html>"
)


class Site(ThreadingHTTPServer):
    """A small site on loopback that remembers which hosts it was asked for."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Pages)
        self.hosts: list[str] = []
        self.released = threading.Event()

    @property
    def port(self) -> int:
        """Give the port."""
        return int(self.server_address[1])


class _Pages(BaseHTTPRequestHandler):
    server: Site

    def log_message(self, *_args: object) -> None:
        """Stay silent."""

    def do_GET(self) -> None:
        """Answer by the path's first part."""
        self.server.hosts.append(self.headers["host"])
        name, _, rest = self.path[1:].partition("/")
        pages: dict[str, tuple[int, dict[str, str], bytes]] = {
            "page": (200, {"content-type": "text/html; charset=utf-8"}, _HTML.encode()),
            "latin": (200, {"content-type": "text/plain; charset=latin-1"}, "caf\u00e9".encode("latin-1")),
            "image": (200, {"content-type": "image/png"}, b"\x89PNG"),
            "untyped": (200, {}, b"?"),
            "broken": (503, {"content-type": "text/plain"}, b"down"),
            "big": (200, {"content-type": "text/plain"}, b"a" * 5_000_000),
            "bomb": (
                200,
                {"content-type": "text/plain", "content-encoding": "gzip"},
                gzip.compress(b"a" * 50_000_000),
            ),
            "brotli": (200, {"content-type": "text/plain", "content-encoding": "br"}, b"x"),
            "to": (302, {"location": rest}, b""),
            "loop": (302, {"location": "/loop"}, b""),
        }
        if name == "slow":
            self.server.released.wait(10)
            return
        status, headers, body = pages[name]
        self.send_response(status)
        for key, value in headers.items():
            self.send_header(key, value)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        try:
            self.wfile.write(body)
        except OSError:
            self.close_connection = True


@pytest.fixture
def site() -> Iterator[Site]:
    """Give a running site."""
    with Site() as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield server
        server.released.set()
        server.shutdown()
        thread.join()


class Names:
    """A resolver with a table of its own; each list is what one look-up gives, the last one stays."""

    def __init__(self, **answers: list[list[str]]) -> None:
        self._answers = {name.replace("_", "."): list(lists) for name, lists in answers.items()}

    async def __call__(self, host: str, port: int) -> list[str]:
        """Look a name up; addresses stand for themselves."""
        del port
        lists = self._answers.get(host)
        if lists is None:
            return [host]
        return lists.pop(0) if len(lists) > 1 else lists[0]


def fetch(http: httpx.Client, url: str, target: str, **more: Any) -> httpx.Response:  # noqa: ANN401 - body fields
    """Ask the page fetcher at `url` for a page."""
    return http.post(f"{url}/fetch", json={"url": target, **more})


def test_a_page_comes_back_as_text(run: Run, http: httpx.Client, site: Site) -> None:
    """Text without scripts and styles; the markup only when wanted."""
    url = run(webfetch_allow=(f"127.0.0.1:{site.port}",)).webfetch_url
    page = f"http://127.0.0.1:{site.port}/page"
    item = fetch(http, url, page).json()["item"]

    assert (item["url"], item["ok"], item["status"]) == (page, True, 200)
    assert item["text"] == "Rota\nWho is on call?\nAda & Grace"
    assert "html" not in item
    assert fetch(http, url, page, include_html=True).json()["item"]["html"] == _HTML


def test_the_charset_is_heeded(run: Run, http: httpx.Client, site: Site) -> None:
    """A declared charset decodes the page."""
    url = run(webfetch_allow=(f"127.0.0.1:{site.port}",)).webfetch_url

    assert fetch(http, url, f"http://127.0.0.1:{site.port}/latin").json()["item"]["text"] == "caf\u00e9"


@pytest.mark.parametrize(
    ("path", "status", "code"),
    [
        ("image", 502, "unsupported_content"),
        ("untyped", 502, "unsupported_content"),
        ("brotli", 502, "unsupported_content"),
        ("broken", 502, "upstream_status"),
        ("loop", 502, "too_many_redirects"),
        ("slow", 504, "fetch_timeout"),
        ("to/http://10.0.0.1/", 403, "blocked_address"),
        ("to/http://127.0.0.1/", 403, "blocked_address"),
        ("to/http://[::ffff:127.0.0.1]/", 403, "blocked_address"),
        ("to/http://127.1/", 403, "blocked_address"),
        ("to/file:///etc/passwd", 422, "blocked_scheme"),
        ("to/http://user@example.org/", 422, "invalid_url"),
    ],
)
def test_each_failure_has_its_own_answer(  # noqa: PLR0917 - three of the arguments are fixtures
    run: Run, http: httpx.Client, site: Site, path: str, status: int, code: str
) -> None:
    """A page that cannot be had is never 200, also when the refusal comes after a redirect."""
    url = run(webfetch_allow=(f"127.0.0.1:{site.port}",), webfetch_timeout_s=0.4 if path == "slow" else 10).webfetch_url
    answer = fetch(http, url, f"http://127.0.0.1:{site.port}/{path}")

    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert answer.headers["content-type"] == "application/problem+json"


def test_nothing_listening_is_502(run: Run, http: httpx.Client) -> None:
    """A refused connection is told at once, without any retry."""
    started = time.monotonic()
    answer = fetch(http, run(webfetch_allow=("127.0.0.1:9",)).webfetch_url, "http://127.0.0.1:9/")

    assert answer.status_code == 502
    assert time.monotonic() - started < 2.5  # each retry would add one and a half


@pytest.mark.parametrize("path", ["big", "bomb"])
def test_large_pages_are_cut_while_they_are_read(run: Run, http: httpx.Client, site: Site, path: str) -> None:
    """No more than the limit is taken, counted after decompression."""
    url = run(webfetch_allow=(f"127.0.0.1:{site.port}",), webfetch_max_bytes=4096).webfetch_url
    item = fetch(http, url, f"http://127.0.0.1:{site.port}/{path}").json()["item"]

    assert item["text"] == "a" * 4096
    assert item["truncated"] is True


@pytest.mark.parametrize(
    "addresses", [["127.0.0.1"], ["8.8.8.8", "10.0.0.1"], ["::1"], ["2606:2800:21f::1", "fd00::1"], ["169.254.169.254"]]
)
def test_a_name_with_any_private_address_is_blocked(run: Run, http: httpx.Client, addresses: list[str]) -> None:
    """All addresses of a name must be public, not only the first."""
    url = run(resolver=Names(inside_example=[addresses])).webfetch_url
    answer = fetch(http, url, "http://inside.example/")

    assert (answer.status_code, answer.json()["code"]) == (403, "blocked_address")
    assert addresses[-1] not in answer.text


def test_the_connection_goes_to_the_address_that_was_checked(run: Run, http: httpx.Client, site: Site) -> None:
    """A name that answers otherwise the second time gains nothing: it is looked up once per hop, and Host keeps it."""
    names = Names(rebind_example=[["127.0.0.1"], ["10.0.0.1"]])
    url = run(
        resolver=names, webfetch_allow=("127.0.0.0/8",), webfetch_allowed_ports=frozenset({site.port})
    ).webfetch_url
    first = fetch(http, url, f"http://rebind.example:{site.port}/page")
    second = fetch(http, url, f"http://rebind.example:{site.port}/page")

    assert first.status_code == 200
    assert site.hosts == [f"rebind.example:{site.port}"]
    assert (second.status_code, second.json()["code"]) == (403, "blocked_address")


def test_extract_tells_each_page_apart(run: Run, http: httpx.Client, site: Site) -> None:
    """Several pages come back in order, each with its own success or failure; a failure is not remembered."""
    url = run(webfetch_allow=(f"127.0.0.1:{site.port}",)).webfetch_url
    base = f"http://127.0.0.1:{site.port}"
    items = http.post(f"{url}/extract", json=[f"{base}/page", f"{base}/broken", "http://10.0.0.1/"]).json()["items"]

    assert [item["ok"] for item in items] == [True, False, False]
    assert [item.get("code") for item in items] == [None, "upstream_status", "blocked_address"]


@pytest.mark.parametrize("body", [{"url": "x"}, [5], ["http://e.example/"] * 11, "x"])
def test_extract_takes_a_short_list_of_urls(run: Run, http: httpx.Client, body: object) -> None:
    """Anything else is refused."""
    assert http.post(f"{run().webfetch_url}/extract", json=body).status_code == 422


@pytest.mark.parametrize("path", ["/healthz", "/health", "/ready"])
def test_the_page_fetcher_has_the_documented_probes(run: Run, http: httpx.Client, path: str) -> None:
    """Every probe that a deployment may use exists."""
    assert http.get(run().webfetch_url + path).status_code == 200


def test_the_tool_brings_a_page_into_the_answer(run: Run, http: httpx.Client, site: Site) -> None:
    """`web_fetch` runs when a call names it, its output is a system message, and the steps keep their order."""
    agent = run(webfetch_allow=(f"127.0.0.1:{site.port}",)).agent_url
    page = f"http://127.0.0.1:{site.port}/page"
    calls = [{"name": "web_fetch", "args": {"url": page}}, "nope"]
    body = http.post(f"{agent}/v1/agent", json={"prompt": "read it", "metadata": {"tool_calls": calls}}).json()

    assert [s["type"] for s in body["steps"]] == ["memory_retrieval", "tool", "tool", "completion"]
    done, missing = body["metadata"]["tool_results"]
    assert (done["status"], missing) == ("ok", {"name": "nope", "status": "missing"})
    assert done["output"] == f"Fetched URL: {page}\nExtracted Text Snippet:\nRota\nWho is on call?\nAda & Grace"
    assert any(m["role"] == "system" and "Ada & Grace" in m["content"] for m in body["messages"])


@pytest.mark.parametrize(
    ("metadata", "step"),
    [
        ({"tools": [], "tool_calls": ["web_fetch"]}, {"status": "skipped", "reason": "not-allowed"}),
        ({"tools": "all", "tool_calls": "web_fetch"}, {"status": "error", "error": "web_fetch needs a url"}),
        (
            {"tool_calls": {"name": "web_fetch", "args": {"uri": "x"}}},
            {"status": "error", "error": "web_fetch takes url and include_html, not 'uri'"},
        ),
        (
            {"tool_calls": [{"name": "web_fetch", "args": {"url": "http://169.254.169.254/latest"}}]},
            {"status": "error", "error": "the host's address is not public"},
        ),
    ],
)
def test_a_tool_that_does_not_run_says_why(
    run: Run, http: httpx.Client, metadata: dict[str, object], step: dict[str, str]
) -> None:
    """Skipped and failed calls are steps; the answer is 200 all the same."""
    answer = http.post(f"{run().agent_url}/v1/agent", json={"prompt": "x", "metadata": metadata})

    assert answer.status_code == 200
    assert answer.json()["steps"][1] == {"type": "tool", "name": "web_fetch", **step}


def test_allowing_tools_alone_runs_none(run: Run, http: httpx.Client) -> None:
    """A list of tools is a permission, not a call."""
    body = http.post(f"{run().agent_url}/v1/agent", json={"prompt": "x", "metadata": {"tools": ["web_fetch"]}}).json()

    assert "tool_results" not in body["metadata"]
    assert len(body["steps"]) == 2


@pytest.mark.parametrize(
    ("raw", "content_type", "text"),
    [
        (b"\xef\xbb\xbfhi", "text/plain", "hi"),
        ("hi".encode("utf-16"), "text/plain", "hi"),
        (b'<meta charset="windows-1252">\x80', "text/html", '<meta charset="windows-1252">\u20ac'),
        (b"a\xff", "text/plain", "a\ufffd"),
        (b"abc", "text/plain; charset=punycode", "abc"),
        (b"abc", "text/plain; charset=rot13", "abc"),
    ],
)
def test_bytes_become_text(raw: bytes, content_type: str, text: str) -> None:
    """Marks, declarations and broken bytes are dealt with; codecs that are no charset of the web are not used."""
    assert decode(raw, content_type) == text


@pytest.mark.parametrize("page", ["<script>" * 1000, "<p" * 5000, "&#xD800;", "<!--" * 1000, "<svg>x</svg>y</svg>"])
def test_broken_markup_is_read_to_the_end(page: str) -> None:
    """No page makes the reader fail, and what it gives can be sent."""
    text_of(page, "text/html").encode("utf-8")
