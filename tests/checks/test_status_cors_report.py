"""The report of allowed origins has to be true."""

import pytest

from opscheck.checks.status_cors_report import status_cors_report
from opscheck.model import HttpExchange, Outcome, Samples
from tests.checks.answers import HOSTILE, http, hung, refused
from tests.checks.proofs import is_complete, red

ID = "status-cors-report"
APP, ADMIN, FOREIGN = "https://app.example.org", "https://admin.example.org", "https://opscheck.invalid"


def report(*listed: object, everyone: object = False) -> HttpExchange:
    """A report."""
    return http({"allow_all": everyone, "allowed_origins": list(listed), "timestamp": "2026-01-02T12:00:00Z"})


def asked(origin: str, *let_in: str) -> HttpExchange:
    """A request with an Origin, answered with these values."""
    return http({}, origin=origin, headers=[("access-control-allow-origin", one) for one in let_in])


def tried(*answers: HttpExchange) -> Samples:
    """Some requests, and one of a foreign origin that is not let in."""
    return Samples((*answers, asked(FOREIGN)))


ALL_IN = Samples((asked(APP, "*"), asked(FOREIGN, "*")))


@pytest.mark.proof(check=ID, outcome="PASS")
@pytest.mark.parametrize(
    ("said", "samples"),
    [
        (report(), tried()),
        (report(APP), tried(asked(APP, APP))),
        (report(APP), tried(asked(APP, APP), asked(ADMIN))),
        (report("*"), ALL_IN),
        (report(everyone=True), ALL_IN),
        (http({"allowed_origins": []}), tried()),
    ],
)
def test_a_true_report_passes(said: HttpExchange, samples: Samples) -> None:
    """Who is listed is let in, who is not is not, and all are where it says so."""
    assert status_cors_report(said, samples).outcome is Outcome.PASS


def test_an_origin_that_nobody_sends_is_degraded() -> None:
    """A slash behind the host makes an entry that never fits."""
    verdict = status_cors_report(report(f"{APP}/"), tried())

    assert verdict.outcome is Outcome.DEGRADED
    assert "no browser sends" in verdict.reason
    assert is_complete(verdict)


@pytest.mark.parametrize(
    ("said", "samples", "reason"),
    [
        red(ID, "report-unreadable", http({"origins": []}), tried(), "allowed_origins is no list of texts"),
        red(ID, "report-unreadable", report(7), tried(), "allowed_origins is no list of texts", name="numbers"),
        red(ID, "report-unreadable", report(everyone="no"), tried(), "allow_all is neither", name="allow-all"),
        red(ID, "report-unreadable", http(b"", 404), tried(), "the report answers 404", name="404"),
        red(
            ID, "listed-origin-refused", report(APP, ADMIN), tried(asked(APP, APP), asked(ADMIN)), "listed and not let"
        ),
        red(
            ID, "listed-origin-refused", report(APP), tried(asked(APP, APP, APP)), "listed and not let in", name="twice"
        ),
        red(ID, "unlisted-origin-allowed", report(), tried(asked(ADMIN, ADMIN)), "is let in and not listed"),
        red(ID, "unlisted-origin-allowed", report(), Samples((asked(FOREIGN, "*"),)), "let in and not", name="star"),
        red(ID, "allow-all-untrue", report(APP, everyone=True), tried(asked(APP, APP)), "the report lets all in"),
    ],
)
def test_a_fault_is_found(said: HttpExchange, samples: Samples, reason: str) -> None:
    """No list, and each way in which a list and what is done can differ."""
    verdict = status_cors_report(said, samples)

    assert verdict.outcome is Outcome.FAIL
    assert reason in verdict.reason
    assert is_complete(verdict)


@pytest.mark.proof(check=ID, outcome="UNMEASURED")
@pytest.mark.parametrize("samples", [Samples((asked(APP, APP), hung(4))), Samples(()), Samples((refused("a:b:c"),))])
def test_what_was_not_reached_is_unmeasured(samples: Samples) -> None:
    """A request that was not answered is no verdict, however true the rest; neither is an edge's error."""
    assert status_cors_report(http(b"", 502), tried()).outcome is Outcome.UNMEASURED
    assert status_cors_report(report(APP), samples).outcome is Outcome.UNMEASURED
    assert status_cors_report(refused(), tried()).outcome is Outcome.UNMEASURED  # type: ignore[arg-type] # the registry


@pytest.mark.parametrize("body", HOSTILE)
def test_no_body_breaks_the_judgement(body: bytes) -> None:
    """Whatever the report holds, there is a red verdict."""
    verdict = status_cors_report(http(body), tried())

    assert verdict.outcome is Outcome.FAIL
    assert is_complete(verdict)
