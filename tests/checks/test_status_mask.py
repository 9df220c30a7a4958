"""An edge that answers in the place of a dead or frozen backend has to be found out."""

from dataclasses import replace

import pytest

from opscheck.checks.status_mask import status_mask
from opscheck.model import HttpExchange, Kind, Outcome, Unmeasured, Verdict
from tests.checks.answers import HOSTILE, http, hung, refused
from tests.checks.proofs import is_complete, red
from tests.checks.summaries import GONE, state, summary

ID = "status-mask"
Seen = HttpExchange | Unmeasured

CANNED = http({"ok": False, "ready": False, "llm": {"path": "warming"}, "rag": {"ok": True}})
PAGE_502 = http(b"<h1>502 Bad Gateway</h1>", 502, content_type="text/html")
PAGE_503 = http(b"<h1>503</h1>", 503, content_type="text/html")
PAGE_504 = http(b"<h1>504</h1>", 504, content_type="text/html")
EDGE_PROBLEM = http({"title": "Unavailable", "status": 503}, 503, content_type="application/problem+json")
UNREADY = http({"status": "fail", "ready": False, "checks": {"llm": [{"status": "fail"}]}}, 503)
UNREADY_DETAIL = http({"detail": {"ok": False, "checks": {}}}, 503)
LATE = replace(CANNED, phases=hung(3).phases)
DOWN = refused("prod:backend:refused")
UNRESOLVED = Unmeasured(Kind.DNS, "no such name", "http://backend:8000", DOWN.at, cause="prod:backend:dns")
OFFLINE = replace(DOWN, cause="runner:network")


def judged(answer: Seen, witness: Seen, *, direct: bool) -> Verdict:
    """Beside one witness, within two seconds."""
    return status_mask(answer, {"the witness": witness}, direct=direct, seconds=2)


@pytest.mark.proof(check=ID, outcome="PASS")
@pytest.mark.parametrize(
    ("answer", "witness", "direct"),
    [
        (summary(), summary(), True),
        (summary(state("down")), summary(state("down")), True),
        (summary(state("warming")), UNREADY, False),
        (summary(state("down")), UNREADY_DETAIL, False),
        (summary(), http({"status": "pass", "ready": True}), False),
        (summary(), http({"uptime_seconds": 5}), False),
        (summary(), http(b"", 404), True),
        (PAGE_502, DOWN, True),
        (PAGE_504, hung(4), True),
        (PAGE_502, PAGE_502, False),
        (summary(status=503), PAGE_503, False),
    ],
)
def test_a_truthful_edge_passes(answer: HttpExchange, witness: Seen, direct: bool) -> None:
    """A backend that lives, ready or not; and an outage that shows as one."""
    assert judged(answer, witness, direct=direct).outcome is Outcome.PASS


@pytest.mark.parametrize(
    ("answer", "witness", "direct", "reason"),
    [
        red(ID, "edge-answers-for-backend", CANNED, DOWN, True, "says path 'warming' while the witness is dead"),
        red(ID, "edge-answers-for-backend", CANNED, PAGE_502, False, "while the witness is dead", name="through"),
        red(ID, "edge-answers-for-backend", CANNED, EDGE_PROBLEM, False, "while the witness is dead", name="problem"),
        red(ID, "edge-answers-for-backend", summary(), PAGE_503, False, "path 'primary' while the", name="kept"),
        red(ID, "edge-answers-for-backend", summary(), summary(status=500), True, "is dead", name="500"),
        red(ID, "frozen-backend-hidden", CANNED, hung(4), True, "says path 'warming' while the witness is frozen"),
        red(ID, "frozen-backend-hidden", CANNED, PAGE_504, False, "while the witness is frozen", name="504"),
        red(ID, "frozen-backend-hidden", hung(4), hung(4), True, "a frozen backend is waited for", name="both"),
        red(
            ID,
            "frozen-backend-hidden",
            replace(CANNED, phases=hung(3).phases),
            hung(4),
            False,
            "is frozen",
            name="late",
        ),
        red(ID, "summary-canned", CANNED, summary(), True, "anybody could have written it"),
        red(ID, "summary-canned", CANNED, UNREADY, False, "anybody could have written it", name="through-canned"),
        red(ID, "edge-tells-another-story", summary(), summary(state("down")), True, "by itself 'down'"),
        red(
            ID,
            "edge-tells-another-story",
            summary(),
            summary({"ok": False, "ready": False}),
            True,
            "through the edge ready is true, by itself false",
            name="ready",
        ),
    ],
)
def test_a_fault_is_found(answer: Seen, witness: Seen, direct: bool, reason: str) -> None:
    """A 200 for nobody, a backend that takes connections and is silent, a body that anybody could write."""
    verdict = judged(answer, witness, direct=direct)

    assert verdict.outcome is Outcome.FAIL
    assert reason in verdict.reason
    assert is_complete(verdict)
    assert len(verdict.evidence) == 2


@pytest.mark.proof(check=ID, outcome="UNMEASURED")
@pytest.mark.parametrize(
    ("answer", "witness", "direct"),
    [
        (refused(), DOWN, True),
        (refused("prod:edge:refused"), DOWN, True),
        (hung(4), summary(), True),
        (hung(0.5), hung(4), True),
        (summary(), UNRESOLVED, True),
        (summary(), OFFLINE, True),
        (summary(), hung(4), False),
        (summary(), http(b"<!doctype html>", content_type="text/html"), False),
        (http(b"", 404), DOWN, True),
    ],
)
def test_what_cannot_be_known_is_unmeasured(answer: Seen, witness: Seen, direct: bool) -> None:
    """An edge that cannot be reached, a backend that cannot be seen from here, one late address."""
    assert judged(answer, witness, direct=direct).outcome is Outcome.UNMEASURED


def test_one_field_is_no_proof_of_a_canned_answer() -> None:
    """A summary without a build is poor, and not forged."""
    assert judged(summary({"build": GONE}), summary(), direct=True).outcome is Outcome.PASS


@pytest.mark.parametrize("body", HOSTILE)
def test_no_body_breaks_the_judgement(body: bytes) -> None:
    """What is no summary cannot be judged; what a witness sends besides its code does not matter."""
    assert judged(http(body), summary(), direct=True).outcome is Outcome.UNMEASURED
    assert judged(summary(), http(body), direct=True).outcome is Outcome.PASS
    assert judged(summary(), http(body, 503), direct=False).outcome in (Outcome.PASS, Outcome.FAIL)
    assert judged(summary(), http(body), direct=False).outcome in (Outcome.PASS, Outcome.UNMEASURED)
