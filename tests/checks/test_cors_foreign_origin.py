"""A foreign origin gets no credentials."""

import pytest

from opscheck.checks.cors_foreign_origin import cors_foreign_origin
from opscheck.model import HttpExchange, Outcome
from tests.checks.answers import HOSTILE, http, refused
from tests.checks.proofs import is_complete, red

ID = "cors-foreign-origin"
FOREIGN = "https://foreign.example"


def allows(origin: str | None, credentials: str | None = None) -> HttpExchange:
    """An answer to the foreign origin with these headers."""
    named = (("access-control-allow-origin", origin), ("access-control-allow-credentials", credentials))
    return http(b"", headers=[(name, value) for name, value in named if value is not None], origin=FOREIGN)


NOBODY = allows(None)


@pytest.mark.proof(check=ID, outcome="PASS")
@pytest.mark.parametrize(
    "answer",
    [
        NOBODY,
        allows(None, "true"),  # not shared with anybody
        allows("*"),
        allows(FOREIGN),
        allows("https://ours.example", "true"),
        allows(FOREIGN, "True"),  # browsers take nothing but the exact word
        allows(f"{FOREIGN}, {FOREIGN}", "true"),  # sent twice: no browser accepts it
    ],
)
def test_no_credentials_passes(answer: HttpExchange) -> None:
    """What a browser would not share with a user's credentials is no danger here."""
    assert cors_foreign_origin(NOBODY, answer).outcome is Outcome.PASS


@pytest.mark.parametrize(
    ("preflight", "simple", "reason"),
    [
        red(ID, "cors-reflects-credentials", NOBODY, allows(FOREIGN, "true"), "the answer allows the foreign origin"),
        red(ID, "cors-reflects-credentials", allows(FOREIGN, "true"), NOBODY, "the preflight allows", name="preflight"),
        red(ID, "cors-reflects-credentials", NOBODY, allows("null", "true"), "the origin null", name="null"),
        red(ID, "cors-wildcard-credentials", NOBODY, allows(" *\t", "true"), "every origin together with credentials"),
    ],
)
def test_a_fault_is_found(preflight: HttpExchange, simple: HttpExchange, reason: str) -> None:
    """An echo and a wildcard, each with credentials, fail."""
    verdict = cors_foreign_origin(preflight, simple)

    assert verdict.outcome is Outcome.FAIL
    assert reason in verdict.reason
    assert is_complete(verdict)


@pytest.mark.proof(check=ID, outcome="UNMEASURED")
def test_what_was_not_reached_is_unmeasured() -> None:
    """A refused connection is no verdict."""
    verdict = cors_foreign_origin(NOBODY, refused())  # type: ignore[arg-type] # the registry answers for it

    assert verdict.outcome is Outcome.UNMEASURED


@pytest.mark.parametrize("body", HOSTILE)
def test_no_body_matters(body: bytes) -> None:
    """Only the headers are judged."""
    assert cors_foreign_origin(NOBODY, http(body, origin=FOREIGN)).outcome is Outcome.PASS
