"""Readiness and the dependencies themselves have to agree."""

from collections.abc import Mapping
from dataclasses import replace

import pytest

from opscheck.checks.truthful_readiness import truthful_readiness
from opscheck.model import HttpExchange, Kind, Observation, Outcome, Phases, Unmeasured
from tests.checks.answers import HOSTILE, http, hung, refused
from tests.checks.proofs import is_complete, red

ID = "truthful-readiness"
UP = http(b"ok")
GONE = refused(cause="here:llm:refused")


def says(status: str | None, whole: str = "pass") -> HttpExchange:
    """Readiness that gives the model this status."""
    return http({"status": whole, "checks": {} if status is None else {"llm": [{"status": status}]}})


@pytest.mark.proof(check=ID, outcome="PASS")
@pytest.mark.parametrize(
    ("answer", "direct"),
    [
        (says("pass"), UP),
        (says("pass"), http(b"", 401)),
        (says("warn", "warn"), UP),
        (says("warn", "warn"), refused()),
        (says("fail", "fail"), GONE),
        (says("fail", "fail"), http(b"", 503)),
        (says(None), UP),
        (says(None, "fail"), refused()),
    ],
)
def test_agreement_passes(answer: HttpExchange, direct: Observation | Unmeasured) -> None:
    """Up and healthy, or down and not called healthy; an error of the caller's is an answer."""
    verdict = truthful_readiness(answer, {"llm": direct})

    assert verdict.outcome is Outcome.PASS
    assert len(verdict.evidence) == 2


@pytest.mark.parametrize(
    ("answer", "direct", "reason"),
    [
        red(ID, "ready-hides-outage", says("pass"), refused(), "llm is down and readiness calls it healthy"),
        red(ID, "ready-hides-outage", says("pass"), GONE, "llm is down", name="root-cause"),
        red(ID, "ready-hides-outage", says("pass"), hung(), "llm is down", name="hung"),
        red(ID, "ready-hides-outage", says("pass"), http(b"", 500), "llm is down", name="error"),
        red(ID, "ready-hides-outage", says(None), GONE, "passes without a word of it", name="untold"),
        red(ID, "ready-invents-outage", says("down", "fail"), UP, "llm answers its own probe and readiness calls"),
    ],
)
def test_a_fault_is_found(answer: HttpExchange, direct: Observation | Unmeasured, reason: str) -> None:
    """A hidden and an invented outage fail, and the verdict shows both sides."""
    verdict = truthful_readiness(answer, {"llm": direct})

    assert verdict.outcome is Outcome.FAIL
    assert reason in verdict.reason
    assert is_complete(verdict)
    assert len(verdict.evidence) == 2


@pytest.mark.proof(check=ID, outcome="UNMEASURED")
@pytest.mark.parametrize(
    "dependencies",
    [
        {},
        *({"llm": replace(refused(), kind=kind, phases=Phases())} for kind in set(Kind) - {Kind.REFUSED, Kind.RESET}),
        {"llm": replace(GONE, cause="runner:network")},
    ],
)
def test_what_this_side_could_not_ask_is_unmeasured(dependencies: Mapping[str, Unmeasured]) -> None:
    """A limit of the run's own, or its own network, says nothing of the dependency."""
    assert truthful_readiness(says("pass"), dependencies).outcome is Outcome.UNMEASURED


def test_readiness_that_was_not_reached_is_unmeasured() -> None:
    """Without readiness there is nothing to compare."""
    verdict = truthful_readiness(refused(), {"llm": UP})  # type: ignore[arg-type] # the registry answers for it

    assert verdict.outcome is Outcome.UNMEASURED


@pytest.mark.parametrize("body", HOSTILE)
def test_no_body_breaks_the_judgement(body: bytes) -> None:
    """Whatever a server sends, there is a verdict."""
    assert truthful_readiness(http(body), {"llm": refused()}).reason
