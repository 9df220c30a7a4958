"""A browser gets leave for what pages of allowed origins send."""

from dataclasses import replace

import pytest

from opscheck.checks.cors_preflight import cors_preflight
from opscheck.model import HttpExchange, Outcome, Verdict
from opscheck.model.cross_origin import CorsPolicy
from tests.checks.answers import HOSTILE, refused
from tests.checks.crossings import ALLOWED, GRANTED, POLICY, answer, crossing, crossings, preflight, shares
from tests.checks.proofs import is_complete, red

ID = "cors-preflight"
WITH = replace(POLICY, credentials=True)
READABLE = crossings(crossing("allowed", answer(shares())))


def leave(methods: str = "GET, POST", names: str = "authorization, content-type", status: int = 204) -> HttpExchange:
    """An answer to a preflight with these lists."""
    lists = {"access_control_allow_methods": methods, "access_control_allow_headers": names}
    return answer(shares(**lists), status)


def judged(
    seen: HttpExchange, method: str = "POST", names: str = "content-type", policy: CorsPolicy = POLICY
) -> Verdict:
    """The verdict on one preflight."""
    asked = preflight("allowed", seen, method=method, names=names)
    return cors_preflight(crossings(asked, kind="preflight", policy=policy), READABLE)


@pytest.mark.proof(check=ID, outcome="PASS")
@pytest.mark.parametrize(
    ("seen", "method", "names", "policy"),
    [
        (GRANTED, "POST", "authorization content-type", POLICY),
        (leave(status=200), "POST", "content-type", POLICY),
        (leave("*", "*"), "DELETE", "x-a", POLICY),
        (leave("GET", "Content-Type"), "POST", "content-type", POLICY),  # POST needs no leave, its header does
        (answer(shares(ALLOWED)), "GET", "", POLICY),
        (GRANTED, "POST", "content-type", WITH),  # the word on credentials is another check's affair
    ],
)
def test_leave_passes(seen: HttpExchange, method: str, names: str, policy: CorsPolicy) -> None:
    """All that a browser needs to go on."""
    assert judged(seen, method, names, policy).outcome is Outcome.PASS


@pytest.mark.parametrize(
    ("seen", "method", "names", "policy", "reason"),
    [
        red(ID, "preflight-behind-auth", answer(status=401), "POST", "", POLICY, "without credentials, although"),
        red(ID, "preflight-behind-auth", leave(status=403), "POST", "", POLICY, "refused with 403", name="403"),
        red(
            ID,
            "preflight-redirected",
            answer({"location": "/login", **shares()}, 302),
            "POST",
            "",
            POLICY,
            "redirected (302 to '/login')",
        ),
        red(ID, "preflight-refused", leave(status=400), "POST", "", POLICY, "400, although its plain requests"),
        red(ID, "preflight-refused", answer(status=405), "POST", "", POLICY, "answered with 405", name="405"),
        red(ID, "preflight-crashes", answer(status=500), "POST", "", POLICY, "answered with 500"),
        red(ID, "preflight-not-shared", answer(), "POST", "", POLICY, "has no Access-Control-Allow-Origin"),
        red(ID, "preflight-not-shared", answer(shares("https://b.example")), "POST", "", POLICY, "not https", name="b"),
        red(ID, "preflight-method-missing", leave("GET, POST"), "DELETE", "", POLICY, "lacks DELETE"),
        red(ID, "preflight-method-missing", leave("delete"), "DELETE", "", POLICY, "lacks DELETE", name="lower"),
        red(ID, "preflight-method-missing", leave("*"), "DELETE", "", WITH, "lacks DELETE", name="any"),
        red(ID, "preflight-header-missing", leave(names="x-b"), "POST", "x-a x-b", POLICY, "lacks x-a"),
        red(ID, "preflight-authorization-wildcard", leave(names="*"), "GET", "authorization", POLICY, "authorization"),
        red(ID, "preflight-list-unreadable", leave(names="x-a, bad name"), "GET", "x-a", POLICY, "is no list of names"),
        red(ID, "preflight-list-unreadable", leave("GET POST"), "GET", "", POLICY, "Allow-Methods is no", name="list"),
    ],
)
def test_a_fault_is_found(seen: HttpExchange, method: str, names: str, policy: CorsPolicy, reason: str) -> None:
    """Each way in which a browser stops before the request."""
    if policy is WITH:
        seen = replace(seen, headers=(*seen.headers, ("access-control-allow-credentials", "true")))
    verdict = judged(seen, method, names, policy)

    assert verdict.outcome is Outcome.FAIL
    assert reason in verdict.reason
    assert is_complete(verdict)


@pytest.mark.proof(check=ID, outcome="UNMEASURED")
@pytest.mark.parametrize("seen", [refused(), answer(status=429), answer(status=503)])
def test_what_says_nothing_is_unmeasured(seen: HttpExchange) -> None:
    """No answer, and one that would be given to anything, are no verdict."""
    assert judged(seen).outcome is Outcome.UNMEASURED


def test_what_browsers_no_longer_ask_for_is_told() -> None:
    """A header of a withdrawn proposal is no fault and no merit."""
    private = replace(GRANTED, headers=(*GRANTED.headers, ("access-control-allow-private-network", "true")))
    verdict = judged(private)

    assert verdict.outcome is Outcome.PASS
    assert "browsers no longer ask for" in verdict.reason


def test_a_policy_without_need_is_told() -> None:
    """Where pages only read, no browser asks."""
    verdict = cors_preflight(crossings(kind="preflight", policy=CorsPolicy((ALLOWED,), methods=("GET",))), READABLE)

    assert verdict.outcome is Outcome.PASS
    assert verdict.reason == "no request of the policy needs a preflight"


@pytest.mark.parametrize("body", HOSTILE)
def test_no_body_matters(body: bytes) -> None:
    """Only status and headers are judged."""
    assert judged(replace(GRANTED, body=body)).outcome is Outcome.PASS
