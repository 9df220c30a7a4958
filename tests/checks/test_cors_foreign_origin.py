"""A foreign origin gets no credentials."""

import pytest

from opscheck.checks.cors_foreign_origin import cors_foreign_origin
from opscheck.model import HttpExchange, Outcome, Verdict
from opscheck.model.cross_origin import Crossing
from tests.checks.answers import HOSTILE, refused
from tests.checks.crossings import FOREIGN, NO_POLICY, answer, crossing, crossings, preflight
from tests.checks.proofs import is_complete, red

ID = "cors-foreign-origin"


def allows(origin: str | None, credentials: str | None = None, status: int = 200) -> HttpExchange:
    """An answer to the foreign origin with these headers."""
    named = (("access-control-allow-origin", origin), ("access-control-allow-credentials", credentials))
    return answer({name: value for name, value in named if value is not None}, status, origin=FOREIGN)


def judged(*taken: Crossing) -> Verdict:
    """The verdict on these, preflights and others."""
    plain = crossings(*(one for one in taken if not one.method), policy=NO_POLICY)
    asked = crossings(*(one for one in taken if one.method), kind="preflight", policy=NO_POLICY)
    return cors_foreign_origin(plain, asked)


NOBODY = crossing("foreign", allows(None))


@pytest.mark.proof(check=ID, outcome="PASS")
@pytest.mark.parametrize(
    "seen",
    [
        allows(None),
        allows(None, "true"),  # not shared with anybody
        allows("*"),
        allows(FOREIGN),
        allows("https://ours.example", "true"),
        allows(FOREIGN, "True"),  # browsers take nothing but the exact word
        allows(f"{FOREIGN}, {FOREIGN}", "true"),  # sent twice: no browser accepts it
        allows("null", "true"),  # the page that asks is not the one that is named
        allows(None, status=403),
    ],
)
def test_no_credentials_passes(seen: HttpExchange) -> None:
    """What a browser would not share with a user's credentials is no danger here."""
    assert judged(crossing("foreign", seen)).outcome is Outcome.PASS


@pytest.mark.parametrize(
    ("taken", "reason"),
    [
        red(
            ID,
            "cors-reflects-credentials",
            crossing("foreign", allows(FOREIGN, "true")),
            "the answer allows the foreign origin",
        ),
        red(
            ID,
            "cors-reflects-credentials",
            preflight("foreign", allows(FOREIGN, "true", 204)),
            "the preflight allows",
            name="preflight",
        ),
        red(
            ID,
            "cors-reflects-credentials",
            crossing("foreign", allows(FOREIGN, "true"), cookie=True),
            "the foreign origin",
            name="cookie",
        ),
        red(
            ID,
            "cors-reflects-credentials",
            crossing("null", allows("null", "true")),
            "the origin null",
            name="null",
        ),
        red(
            ID,
            "cors-wildcard-credentials",
            crossing("foreign", allows(" *\t", "true")),
            "every origin together with credentials",
        ),
    ],
)
def test_a_fault_is_found(taken: Crossing, reason: str) -> None:
    """An echo and a wildcard, each with credentials, fail."""
    verdict = judged(NOBODY, taken)

    assert verdict.outcome is Outcome.FAIL
    assert reason in verdict.reason
    assert is_complete(verdict)


@pytest.mark.proof(check=ID, outcome="UNMEASURED")
@pytest.mark.parametrize(
    "taken",
    [
        crossing("foreign", refused()),
        preflight("null", refused()),
        crossing("foreign", allows(None, status=502)),
        crossing("foreign", allows(None, status=429)),
        preflight("foreign", allows(None, status=500)),
    ],
)
def test_what_says_nothing_of_origins_is_unmeasured(taken: Crossing) -> None:
    """A refused connection and a service that is down are no verdict."""
    assert judged(NOBODY, taken).outcome is Outcome.UNMEASURED


@pytest.mark.parametrize("body", HOSTILE)
def test_no_body_matters(body: bytes) -> None:
    """Only the headers are judged."""
    assert judged(crossing("foreign", answer(origin=FOREIGN, body=body))).outcome is Outcome.PASS
