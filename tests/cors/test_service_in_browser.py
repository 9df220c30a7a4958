"""The reference service, asked by pages in a real browser: the judgement says of it what the browser does."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from pathlib import Path

import pytest
from pydantic import SecretStr

from opscheck.checks._cors import exposes, needs_preflight, preflight_allows, shared
from opscheck.checks._request_headers import preflighted_names
from opscheck.model import HttpExchange, Request
from service.running import EmbeddedService
from service.settings import Settings
from tests.cors.asked import exchanges
from tests.cors.browser import Ask, Told, visited
from tests.cors.server import ExactServer

JSON = {"Content-Type": "application/json"}
TOKEN = {"Authorization": "Bearer wrong"}
ASKED: Mapping[str, tuple[str, str, dict[str, str], int]] = {
    "success": ("GET", "/api/status/summary", {}, 200),
    "sign-in": ("GET", "/v1/models", {}, 401),
    "sign-in-with-a-token": ("GET", "/v1/models", TOKEN, 401),
    "missing": ("GET", "/nowhere", {}, 404),
    "method": ("DELETE", "/v1/agent", {}, 0),  # the policy has no DELETE
    "json": ("POST", "/chat", JSON, 401),
    "text": ("POST", "/chat", {"Content-Type": "text/plain"}, 401),
    "own-header": ("GET", "/api/status/summary", {"X-Own": "1"}, 0),
}
PAGES = ("localhost", "app.localhost", "127.0.0.1", "sandbox")
ALLOWED = "localhost"


def _asked(url: str, *, credentials: bool) -> list[Ask]:
    return [
        Ask(url=url + path, method=method, headers=headers, credentials=credentials)
        for method, path, headers, _ in ASKED.values()
    ]


async def _by_probe(url: str, origin: str) -> dict[str, tuple[HttpExchange, HttpExchange]]:
    found = {}
    for name, (method, path, headers, _) in ASKED.items():
        names = ",".join(preflighted_names(list(headers.items())))
        more = {"access_control_request_headers": names} if names else {}
        before = Request("OPTIONS", url + path).with_headers(
            origin=origin, access_control_request_method=method, **more
        )
        request = Request(method, url + path, tuple(headers.items())).with_headers(origin=origin)
        preflight, answer = await exchanges(before, request)
        found[name] = (preflight, answer)
    return found


Seen = Mapping[tuple[str, bool], Mapping[str, tuple[Told, HttpExchange, HttpExchange, str]]]


@pytest.fixture(scope="module")
def seen(tmp_path_factory: pytest.TempPathFactory) -> Seen:
    """What each page got with and without credentials, and what the probe read in its name."""
    state: Path = tmp_path_factory.mktemp("state")
    with ExactServer() as pages:
        allowed = f"http://{ALLOWED}:{pages.port}"
        settings = Settings(
            state_dir=state,
            vector_engine="sqlite",
            allowed_origins=(allowed,),
            api_key=SecretStr("right"),
            log_level="CRITICAL",
        )
        with EmbeddedService(settings) as service:
            return _seen(pages.port, service.agent_url)


def _seen(port: int, url: str) -> Seen:
    told: dict[tuple[str, bool], list[Told]] = {}
    with visited() as browser:
        for page in PAGES:
            home = f"http://{ALLOWED if page == 'sandbox' else page}:{port}/"
            ask = browser.ask_in_sandbox if page == "sandbox" else browser.ask
            for credentials in (False, True):
                told[page, credentials] = ask(home, _asked(url, credentials=credentials))
    found: dict[tuple[str, bool], dict[str, tuple[Told, HttpExchange, HttpExchange, str]]] = {}
    for (page, credentials), answers in told.items():
        origin = "null" if page == "sandbox" else f"http://{page}:{port}"
        probed = asyncio.run(_by_probe(url, origin))
        found[page, credentials] = {
            name: (got, *probed[name], origin) for name, got in zip(ASKED, answers, strict=True)
        }
    return found


@pytest.mark.parametrize("name", ASKED)
@pytest.mark.parametrize("credentials", [False, True], ids=["without", "with"])
@pytest.mark.parametrize("page", PAGES)
def test_the_judgement_of_the_service_agrees_with_the_browser(
    page: str,
    credentials: bool,
    name: str,
    seen: Seen,
) -> None:
    """Only pages of the listed origin get through, without cookies, to every answer that the policy has."""
    told, preflight, answer, origin = seen[page, credentials][name]
    method, _, headers, status = ASKED[name]
    names = preflighted_names(list(headers.items()))
    judged = shared(answer, origin, credentials=credentials).allowed
    if needs_preflight(method, list(headers.items())):
        judged &= preflight_allows(preflight, origin, method, names, credentials=credentials).allowed

    assert told["through"] is judged
    assert judged is (page == ALLOWED and not credentials and status != 0)
    if judged:
        assert told["status"] == answer.status == status
        readable = {key for key, _ in answer.headers if exposes(answer, key, credentials=credentials)}
        assert set(told["readable"]) == readable
