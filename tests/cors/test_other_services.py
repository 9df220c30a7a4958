"""Services that know nothing of opscheck: a folder of files, and the middleware that most Python services use."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from collections import defaultdict
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from tests.faults.server import Served, bind, url_of

ROOT = Path(__file__).parents[2]
ALLOWED = "https://app.example.org"
ENDPOINTS = ("unauthorized", "missing", "failing")
POLICY = [f'allowed = ["{ALLOWED}"]', 'methods = ["GET", "POST"]', 'headers = ["authorization", "content-type"]']
GOOD = {
    "allow_origins": [ALLOWED],
    "allow_methods": ["GET", "POST"],
    "allow_headers": ["authorization", "content-type"],
    "expose_headers": ["x-request-id"],
}
Outcomes = Mapping[str, Mapping[str, set[str]]]


async def _ok(_: Request) -> JSONResponse:
    return JSONResponse({"ok": True})


async def _unauthorized(_: Request) -> JSONResponse:
    return JSONResponse({"detail": "sign in"}, 401)


async def _fails(_: Request) -> JSONResponse:
    raise RuntimeError("unforeseen")


def _app(**middleware: Any) -> Starlette:  # noqa: ANN401 - the middleware's own settings
    routes = [Route("/", _ok), Route("/unauthorized", _unauthorized), Route("/failing", _fails)]
    return Starlette(routes=routes, middleware=[Middleware(CORSMiddleware, **middleware)])


SERVICES: Mapping[str, tuple[Starlette, list[str]]] = {
    "listed": (_app(**GOOD), [*POLICY, 'exposed = ["x-request-id"]']),
    "listed-with-credentials": (_app(**GOOD, allow_credentials=True), [*POLICY, "credentials = true"]),
    "listed-with-too-many-credentials": (_app(**GOOD, allow_credentials=True), POLICY),
    "pattern": (_app(**{**GOOD, "allow_origin_regex": "https://app.example.org"}), POLICY),
    "sub-domains": (_app(**{**GOOD, "allow_origin_regex": r"https://.*\.example\.org"}), POLICY),
    "anybody": (_app(allow_origins=["*"]), []),
    "anybody-though-listed": (_app(allow_origins=["*"], allow_methods=["*"], allow_headers=["*"]), POLICY),
    "anybody-with-credentials": (_app(allow_origins=["*"], allow_credentials=True), []),
    "fewer-headers": (_app(**{**GOOD, "allow_headers": ["content-type"]}), POLICY),
    "long-memory": (_app(**GOOD, max_age=3600), [*POLICY, "max_age = 600"]),
}


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        """A file that is fetched is no news."""


@contextmanager
def _files(folder: Path) -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Quiet, directory=str(folder)))
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def _section(name: str, url: str, policy: list[str], endpoints: tuple[str, ...] = ENDPOINTS) -> str:
    placed = [f'cors_{kind} = {{ component = "edge", path = "/{kind}" }}' for kind in endpoints]
    lines = [f"[hosts.{name}]", 'system = "web"', f'url = "{url}"', f"[hosts.{name}.endpoints]", *placed]
    return "\n".join([*lines, f"[hosts.{name}.expect.cors]", *policy, ""])


@pytest.fixture(scope="module")
def outcomes(tmp_path_factory: pytest.TempPathFactory) -> Outcomes:
    """The checks of each service by outcome, from one run over all of them."""
    folder = tmp_path_factory.mktemp("others")
    (folder / "site").mkdir()
    (folder / "site" / "index.html").write_text("<!doctype html><title>site</title>")
    hosts, report = folder / "opscheck.toml", folder / "report.json"
    bound = {name: bind() for name in SERVICES}
    names = ",".join([*SERVICES, "files"])
    options = [f"--ops-inventory={hosts}", f"--ops-host={names}", f"--ops-report={report}"]
    command = [sys.executable, "-m", "pytest", str(ROOT / "suites"), "-m", "cors", "-q", "-p", "no:cacheprovider"]
    with Served([(bound[name], app) for name, (app, _) in SERVICES.items()]), _files(folder / "site") as files:
        sections = [_section(name, url_of(bound[name]), policy) for name, (_, policy) in SERVICES.items()]
        hosts.write_text("\n".join([*sections, _section("files", files, [], ())]))
        run = subprocess.run([*command, *options], cwd=ROOT, capture_output=True, text=True, timeout=240, check=False)
    assert run.returncode in (0, 1), run.stdout[-4000:] + run.stderr[-4000:]
    found: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    for result in json.loads(report.read_text())["results"]:
        found[result["host"]][result["outcome"]].add(result["check"])
    return found


# In this middleware an error that nobody foresaw is answered outside of it: a page cannot read that the service failed.
LOST = {"cors-allowed"}


@pytest.mark.parametrize(
    ("name", "red"),
    [
        ("files", set()),
        ("listed", LOST),
        ("listed-with-credentials", LOST),
        ("listed-with-too-many-credentials", LOST | {"cors-credentials"}),
        ("pattern", LOST | {"cors-refused"}),
        ("sub-domains", LOST | {"cors-refused"}),
        ("anybody", set()),
        ("anybody-though-listed", LOST | {"cors-refused"}),
        ("anybody-with-credentials", {"cors-foreign-origin"}),
        ("fewer-headers", LOST | {"cors-preflight"}),
        ("long-memory", LOST | {"cors-max-age"}),
    ],
)
def test_a_service_is_judged_by_what_it_does(name: str, red: set[str], outcomes: Outcomes) -> None:
    """Exactly what is wrong with it is red, and nothing is blind but what is refused before it could be seen."""
    seen = outcomes[name]
    blind = {"cors-max-age"} if "cors-preflight" in red else set()

    assert seen.get("FAIL", set()) == red
    assert seen.get("UNMEASURED", set()) | seen.get("BLOCKED", set()) == blind
    assert seen["PASS"]
