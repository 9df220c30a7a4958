"""Cookies travel as far as the policy says."""

from dataclasses import replace

import pytest

from opscheck.checks.cors_credentials import cors_credentials
from opscheck.model import HttpExchange, Outcome
from opscheck.model.cross_origin import Crossing
from tests.checks.answers import HOSTILE, refused
from tests.checks.crossings import (
    NO_PREFLIGHTS,
    POLICY,
    answer,
    crossing,
    crossings,
    preflight,
    shares,
)
from tests.checks.proofs import is_complete, red

ID = "cors-credentials"
WITH = replace(POLICY, credentials=True)
TRUE = answer(shares(access_control_allow_credentials="true"))
ALONE = answer(shares())


@pytest.mark.proof(check=ID, outcome="PASS")
@pytest.mark.parametrize(
    ("wanted", "seen"),
    [
        (True, TRUE),
        (False, ALONE),
        (False, answer({"access-control-allow-credentials": "true"})),  # not shared: offers nothing
        (False, answer(shares(access_control_allow_credentials="false"))),
        (False, answer(shares("*", access_control_allow_credentials="true"))),  # a foreign origin's affair
        (True, answer()),  # not shared at all: another check's affair
    ],
)
def test_what_the_policy_says_passes(wanted: bool, seen: HttpExchange) -> None:
    """Offered where wanted, and not where not."""
    policy = WITH if wanted else POLICY
    answers = crossings(crossing("allowed", seen), crossing("allowed", seen, cookie=True), policy=policy)

    assert cors_credentials(answers, NO_PREFLIGHTS).outcome is Outcome.PASS


@pytest.mark.parametrize(
    ("wanted", "taken", "reason"),
    [
        red(ID, "cors-credentials-missing", True, crossing("allowed", ALONE), "is absent"),
        red(ID, "cors-credentials-missing", True, preflight("allowed", ALONE), "by the preflight for POST", name="pre"),
        red(
            ID,
            "cors-credentials-misspelt",
            True,
            crossing("allowed", answer(shares(access_control_allow_credentials="True"))),
            "'True'",
        ),
        red(
            ID,
            "cors-credentials-wildcard",
            True,
            crossing("allowed", answer(shares("*", access_control_allow_credentials="true"))),
            "is `*`",
        ),
        red(ID, "cors-credentials-offered", False, crossing("allowed", TRUE, cookie=True), "the policy has none"),
        red(ID, "cors-credentials-offered", False, preflight("allowed", TRUE), "the preflight for POST", name="by-pre"),
    ],
)
def test_a_fault_is_found(wanted: bool, taken: Crossing, reason: str) -> None:
    """More or less than the policy says."""
    policy = WITH if wanted else POLICY
    answers = crossings(*([] if taken.method else [taken]), policy=policy)
    preflights = crossings(*([taken] if taken.method else []), kind="preflight", policy=policy)
    verdict = cors_credentials(answers, preflights)

    assert verdict.outcome is Outcome.FAIL
    assert reason in verdict.reason
    assert is_complete(verdict)


@pytest.mark.proof(check=ID, outcome="UNMEASURED")
@pytest.mark.parametrize("seen", [refused(), answer(status=502), answer(status=302)])
def test_what_says_nothing_is_unmeasured(seen: HttpExchange) -> None:
    """No answer, and one that is not the wanted one, are no verdict."""
    answers = crossings(crossing("allowed", ALONE), crossing("allowed", seen))

    assert cors_credentials(answers, NO_PREFLIGHTS).outcome is Outcome.UNMEASURED


@pytest.mark.parametrize("body", HOSTILE)
def test_no_body_matters(body: bytes) -> None:
    """Only the headers are judged."""
    answers = crossings(crossing("allowed", answer(shares(), body=body)))

    assert cors_credentials(answers, NO_PREFLIGHTS).outcome is Outcome.PASS
