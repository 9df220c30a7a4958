"""A completion has to be counted once, and a good one as good."""

from collections.abc import Mapping, Sequence

import pytest

from opscheck.checks.metrics_count import metrics_count
from opscheck.model import HttpExchange, Outcome, Samples, Unmeasured, Verdict
from tests.checks.answers import HOSTILE, http, refused
from tests.checks.proofs import is_complete, red

ID = "metrics-count"
PATH = "/asked"  # of the address that `http` answers for
ANSWER = http({"choices": [{"message": {"content": "amber"}}]}, sent={"messages": []})
ROUTE = f'http_requests_total{{method="POST",route="{PATH}",status="200"}}'
ERRORS = 'http_requests_total{method="GET",route="/inner",status="500"}'
CALLS = 'llm_requests_total{provider="primary",status="ok"}'
BARE = "http_requests_total"
Moves = Mapping[str, Sequence[float]]


def scrape(values: Mapping[str, float]) -> HttpExchange:
    """Metrics with these values."""
    lines = [f"{name} {value}\n" for name, value in values.items()]
    return http("".join(["other_total 5\n", *lines]).encode(), content_type="text/plain; version=0.0.4")


def taken(moves: Moves, chat: HttpExchange | Unmeasured = ANSWER) -> Samples:
    """Four scrapes with a completion between each two; each series moves by these steps."""
    states = [{name: 10 + sum(by[:number]) for name, by in moves.items()} for number in range(4)]
    scrapes = [scrape(state) for state in states]
    return Samples((scrapes[0], chat, scrapes[1], chat, scrapes[2], chat, scrapes[3]))


def judged(samples: Samples) -> Verdict:
    """By the counters that the suite names."""
    return metrics_count(samples, requests="http_requests_total", provider="llm_requests_total")


@pytest.mark.proof(check=ID, outcome="PASS")
@pytest.mark.parametrize(
    "samples",
    [
        taken({ROUTE: (1, 1, 1), CALLS: (1, 1, 1), ERRORS: (0, 0, 0)}),
        taken({BARE: (2, 2, 2)}),
        taken({CALLS: (1, 1, 1)}),
        taken({CALLS: (2, 1, 2), ROUTE: (3, 1, 2)}),
        taken({CALLS: (2, 2, 3)}),
        taken({ROUTE: (1, 1, 1), ERRORS: (1, 0, 1)}),
        taken({CALLS: (1, 1, 1), 'llm_requests_total{provider="fallback",status="ok"}': (1, 1, 1)}),
    ],
)
def test_counters_that_move_pass(samples: Samples) -> None:
    """By one, or by more while others ask; a bare counter counts the scrapes as well."""
    assert judged(samples).outcome is Outcome.PASS


def test_the_traffic_of_others_is_told() -> None:
    """Whoever reads the verdict learns that the steps were not regular."""
    assert "others ask meanwhile" in judged(taken({CALLS: (2, 1, 4)})).reason


@pytest.mark.parametrize(
    ("samples", "reason"),
    [
        red(ID, "requests-uncounted", taken({}), "neither http_requests_total nor llm_requests_total"),
        red(ID, "requests-uncounted", taken({ROUTE: (0, 0, 0)}), "no request counter moves", name="still"),
        red(ID, "requests-uncounted", taken({CALLS: (0, 0, 0), BARE: (1, 1, 1)}), "no request counter", name="calls"),
        red(ID, "counted-twice", taken({CALLS: (2, 2, 2)}), "every completion is counted twice: llm_requests_total"),
        red(ID, "counted-twice", taken({CALLS: (1, 1, 1), ROUTE: (2, 2, 2)}), "twice: http_requests", name="route"),
        red(ID, "counted-as-error", taken({CALLS: (1, 1, 1), ERRORS: (1, 1, 1)}), "as a server error: http_requ"),
        red(ID, "counted-as-error", taken({CALLS: (3, 1, 1), ERRORS: (2, 1, 5)}), "as a server error", name="busy"),
    ],
)
def test_a_fault_is_found(samples: Samples, reason: str) -> None:
    """Not at all, twice, and as what it was not; each in every single step."""
    verdict = judged(samples)

    assert verdict.outcome is Outcome.FAIL
    assert reason in verdict.reason
    assert is_complete(verdict)


@pytest.mark.proof(check=ID, outcome="UNMEASURED")
@pytest.mark.parametrize(
    "samples",
    [
        taken({CALLS: (1, 1, 1)}, refused()),
        taken({CALLS: (1, 1, 1)}, http({"detail": "no model"}, 503)),
        taken({CALLS: (1, -11, 1)}),
        taken({CALLS: (3, 2, 1), ROUTE: (2, 2, 2)}),
        Samples((refused("prod:agent:refused"),)),
        Samples((http({"req": 5}), ANSWER, http({"req": 6}))),
    ],
)
def test_what_cannot_be_counted_is_unmeasured(samples: Samples) -> None:
    """Nothing answered, a counter that went back, others that ask in step, metrics that cannot be read."""
    verdict = judged(samples)

    assert verdict.outcome is Outcome.UNMEASURED
    assert verdict.reason.isprintable()


@pytest.mark.parametrize("body", HOSTILE)
def test_no_body_breaks_the_judgement(body: bytes) -> None:
    """Metrics that cannot be read count nothing."""
    broken = http(body, content_type="text/plain")

    assert judged(Samples((broken, ANSWER, broken))).outcome in (Outcome.UNMEASURED, Outcome.FAIL)
