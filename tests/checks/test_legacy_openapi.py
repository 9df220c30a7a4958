"""An old address in the description of the API has to be found."""

import json

import pytest

from opscheck.checks.legacy_openapi import legacy_openapi
from opscheck.model import HttpExchange, Json, Outcome
from tests.checks.answers import HOSTILE, http, refused
from tests.checks.proofs import is_complete, red

ID = "legacy-openapi"
GET: Json = {"get": {"responses": {}}}
MARKED = {"get": {"deprecated": True}}
ONE_OF_TWO = {**MARKED, "post": {}}
SAID_YES = {"get": {"deprecated": "yes"}}


def described(*paths: str, item: object = GET, servers: object = None) -> HttpExchange:
    """A description with these paths."""
    more = {} if servers is None else {"servers": servers}
    return http({"openapi": "3.1.0", "paths": {"/api/status/summary": GET, **dict.fromkeys(paths, item)}, **more})


@pytest.mark.proof(check=ID, outcome="PASS")
@pytest.mark.parametrize(
    "answer",
    [
        described(),
        described("/status1", "/statuses/a"),
        described("/summary", servers=[{"url": "https://service.example/api"}, {"url": "http://[x"}, 7]),
        http({}, 404),
        http({}, 403),
        http(b"<!doctype html>", content_type="text/html"),
    ],
)
@pytest.mark.parametrize("gate", [True, False])
def test_what_is_not_listed_passes(answer: HttpExchange, gate: bool) -> None:
    """Other paths, or no description that anybody can read."""
    assert legacy_openapi(answer, path="/status/", gate=gate).outcome is Outcome.PASS


def test_marked_as_deprecated_it_may_stay_until_the_gate() -> None:
    """It is told, and red once the gate is on."""
    answer = described("/status/summary", item=MARKED)

    verdict = legacy_openapi(answer, path="/status/", gate=False)

    assert verdict.outcome is Outcome.DEGRADED
    assert is_complete(verdict)


@pytest.mark.parametrize(
    ("answer", "gate"),
    [
        red(ID, "legacy-in-openapi", described("/status/summary"), False),
        red(ID, "legacy-in-openapi", described("/status"), False, name="folder"),
        red(ID, "legacy-in-openapi", described("/status/{name}"), False, name="template"),
        red(ID, "legacy-in-openapi", described("/summary", servers=[{"url": "/status"}]), False, name="server"),
        red(ID, "legacy-in-openapi", described("/status/a\x1b[31m"), False, name="hostile"),
        red(ID, "legacy-in-openapi", described("/status/summary", item=MARKED), True, name="gate"),
        red(ID, "legacy-in-openapi", described("/status/summary", item=ONE_OF_TWO), False, name="one of two"),
        red(
            ID,
            "legacy-in-openapi",
            described("/status/summary", item=SAID_YES),
            False,
            name="yes",
        ),
        red(ID, "legacy-in-openapi", described("/status/summary", item=None), False, name="nothing"),
    ],
)
def test_a_fault_is_found(answer: HttpExchange, gate: bool) -> None:
    """Listed, whatever is said of it there."""
    verdict = legacy_openapi(answer, path="/status/", gate=gate)

    assert verdict.outcome is Outcome.FAIL
    assert "stands in OpenAPI" in verdict.reason
    assert is_complete(verdict)


@pytest.mark.proof(check=ID, outcome="UNMEASURED")
@pytest.mark.parametrize("answer", [refused(), http({}, 502), http({"paths": []}), http({"openapi": "3.1.0"})])
def test_what_is_no_description_is_unmeasured(answer: HttpExchange) -> None:
    """Not reached, or something else than OpenAPI."""
    assert legacy_openapi(answer, path="/status/", gate=True).outcome is Outcome.UNMEASURED


@pytest.mark.parametrize("body", HOSTILE)
def test_no_body_breaks_the_judgement(body: bytes) -> None:
    """Whatever a server sends, it is no OpenAPI."""
    verdict = legacy_openapi(http(body), path="/status/", gate=True)

    assert verdict.outcome is Outcome.UNMEASURED
    assert is_complete(verdict)


def test_hostile_items_are_listed_all_the_same() -> None:
    """What stands at the path does not matter."""
    items: tuple[object, ...] = ([], 7, "x", {"get": []}, {"parameters": {}})
    for item in items:
        answer = http(json.dumps({"paths": {"/status/x": item}}).encode())

        assert legacy_openapi(answer, path="/status/", gate=False).outcome is Outcome.FAIL
