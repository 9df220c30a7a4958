"""An allowed origin can read answers, errors too."""

import pytest

from opscheck.checks.cors_allowed import cors_allowed
from opscheck.model import HttpExchange, Outcome
from opscheck.model.cross_origin import CorsPolicy
from tests.checks.answers import HOSTILE, refused
from tests.checks.crossings import ALLOWED, answer, crossing, crossings, shares
from tests.checks.proofs import is_complete, red

ID = "cors-allowed"
ACAO = "access-control-allow-origin"


@pytest.mark.proof(check=ID, outcome="PASS")
@pytest.mark.parametrize(
    ("kind", "seen"),
    [
        ("ok", answer(shares())),
        ("ok", answer(shares("*"), 204)),
        ("ok", answer(shares(f" {ALLOWED}\t"))),
        ("unauthorized", answer(shares(), 401)),
        ("unauthorized", answer(shares(), 403)),
        ("missing", answer(shares(), 404)),
        ("invalid", answer(shares(), 422)),
        ("failing", answer(shares(), 503)),
    ],
)
def test_an_answer_that_is_shared_passes(kind: str, seen: HttpExchange) -> None:
    """Every promised status, with the header once."""
    assert cors_allowed(crossings(crossing("allowed", seen), kind=kind)).outcome is Outcome.PASS


@pytest.mark.parametrize(
    ("kind", "seen", "reason"),
    [
        red(ID, "cors-not-shared", "ok", answer(), "has no Access-Control-Allow-Origin"),
        red(ID, "cors-other-origin", "ok", answer(shares("https://www.example.org")), "not https://app.example.org"),
        red(ID, "cors-other-origin", "ok", answer(shares("null")), "is 'null'", name="null"),
        red(ID, "cors-allow-origin-doubled", "ok", answer({ACAO: [ALLOWED, ALLOWED]}), "2 headers"),
        red(ID, "cors-allow-origin-doubled", "ok", answer({ACAO: [ALLOWED, "*"]}), "2 headers", name="doubled-any"),
        red(ID, "cors-allow-origin-list", "ok", answer(shares(f"{ALLOWED}, https://b.example")), "is a list"),
        red(ID, "cors-allow-origin-list", "ok", answer(shares(f"{ALLOWED} https://b.example")), "is a list", name="by"),
        red(ID, "cors-allow-origin-misspelt", "ok", answer(shares(f"{ALLOWED}/")), "byte for byte"),
        red(ID, "cors-allow-origin-misspelt", "ok", answer(shares(ALLOWED.upper())), "byte for byte", name="upper"),
        red(ID, "cors-allow-origin-misspelt", "ok", answer(shares(f"{ALLOWED}:443")), "byte for byte", name="port"),
        red(ID, "cors-lost-on-401", "unauthorized", answer(status=401), "cannot read the 401"),
        red(ID, "cors-lost-on-404", "missing", answer(status=404), "cannot read the 404"),
        red(ID, "cors-lost-on-422", "invalid", answer(status=422), "cannot read the 422"),
        red(ID, "cors-lost-on-422", "invalid", answer(status=400), "cannot read the 400", name="400"),
        red(ID, "cors-lost-on-500", "failing", answer(status=500), "cannot read the 500"),
    ],
)
def test_a_fault_is_found(kind: str, seen: HttpExchange, reason: str) -> None:
    """Each way in which browsers keep an answer from a page that may read it."""
    good = crossing("allowed", answer(shares("https://b.example"), seen.status), "https://b.example")
    verdict = cors_allowed(crossings(good, crossing("allowed", seen), kind=kind))

    assert verdict.outcome is Outcome.FAIL
    assert reason in verdict.reason
    assert "more like it" not in verdict.reason
    assert is_complete(verdict)
    assert verdict.evidence[0].details["status"] == seen.status


@pytest.mark.proof(check=ID, outcome="UNMEASURED")
@pytest.mark.parametrize(
    ("kind", "status"), [("ok", 302), ("ok", 404), ("unauthorized", 200), ("missing", 200), ("invalid", 401)]
)
def test_an_answer_of_another_status_is_not_taken_for_it(kind: str, status: int) -> None:
    """What was promised was not seen, shared or not; the reason says which status came instead."""
    for headers in (shares(), {}):
        verdict = cors_allowed(crossings(crossing("allowed", answer(headers, status)), kind=kind))

        assert verdict.outcome is Outcome.UNMEASURED
        assert f"cors_{kind} answers {status}" in verdict.reason
        assert verdict.cause == f"prod:cors:{kind}"  # told once, however many checks wanted that answer
        assert is_complete(verdict)


def test_what_was_not_reached_is_unmeasured() -> None:
    """A refused connection is no verdict, and keeps its root cause."""
    seen = crossings(crossing("allowed", answer(shares())), crossing("allowed", refused("h:agent:refused")))
    verdict = cors_allowed(seen)

    assert verdict.outcome is Outcome.UNMEASURED
    assert verdict.cause == "h:agent:refused"


@pytest.mark.parametrize(
    "entry", ["https://app.example.org/", "app.example.org", "https://*.example.org", "https://A.org"]
)
def test_a_policy_that_names_no_origin_is_told(entry: str) -> None:
    """A mistake in the host file is neither the service's fault nor green."""
    verdict = cors_allowed(crossings(crossing("allowed", answer(shares())), policy=CorsPolicy((ALLOWED, entry))))

    assert verdict.outcome is Outcome.UNMEASURED
    assert entry in verdict.reason
    assert verdict.cause == "prod:cors:policy"
    assert is_complete(verdict)


def test_without_anything_asked_nothing_is_said() -> None:
    """No answer is no pass."""
    assert cors_allowed(crossings()).outcome is Outcome.UNMEASURED


@pytest.mark.parametrize("body", HOSTILE)
def test_no_body_matters(body: bytes) -> None:
    """Only the headers are judged."""
    assert cors_allowed(crossings(crossing("allowed", answer(shares(), body=body)))).outcome is Outcome.PASS


@pytest.mark.parametrize("value", ["", "\x1b[31m", "\u202e", "a" * 5000, "<script>", "https://a\r\nb"])
def test_hostile_headers_are_shown_harmlessly(value: str) -> None:
    """Whatever the header holds, the verdict is one printable line."""
    assert is_complete(cors_allowed(crossings(crossing("allowed", answer(shares(value))))))


def test_what_was_left_out_is_told() -> None:
    """A list that is too long for one run is judged in part, and the verdict says so."""
    verdict = cors_allowed(crossings(crossing("allowed", answer(shares())), left_out=25))

    assert verdict.outcome is Outcome.PASS
    assert verdict.observed.endswith("25 not asked: too many for one run")


def test_all_answers_are_evidence() -> None:
    """A pass rests on a table of who asked and what came of it."""
    seen = crossings(crossing("none", answer()), crossing("allowed", answer(shares())), crossing("null", refused()))
    evidence = seen.evidence()

    assert evidence.kind == "cors"
    assert evidence.summary == "ok: 3 requests in the name of 3 origins"
    assert [row[:4] for row in evidence.details["asked"]] == [
        ["none", "no origin", "plain", "200"],
        ["allowed", ALLOWED, "plain", "200"],
        ["null", "null", "plain", "refused"],
    ]
    assert (seen.attempts, seen.phases.total, seen.at) == (1, 0.05, seen.taken[0].answer.at)
