"""An origin that is not allowed gets no access."""

import pytest

from opscheck.checks.cors_refused import cors_refused
from opscheck.model import HttpExchange, Outcome, Verdict
from opscheck.model.cross_origin import CorsPolicy, Crossing
from opscheck.model.origin import FAMILIES, look_alikes, read_origin
from tests.checks.answers import HOSTILE, refused
from tests.checks.crossings import (
    ALLOWED,
    FOREIGN,
    GRANTED,
    NO_POLICY,
    POLICY,
    answer,
    crossing,
    crossings,
    preflight,
    shares,
)
from tests.checks.proofs import is_complete, red

ID = "cors-refused"
NOBODY = answer({"vary": "Origin"})
OTHERS = {one.family: one.origin for one in look_alikes(read_origin(ALLOWED))}  # type: ignore[arg-type] # it is one
LISTED = "https://old.example.org"
LEAVE = answer({**dict(GRANTED.headers), **shares(FOREIGN)}, 204)


def judged(*taken: Crossing, policy: CorsPolicy = POLICY) -> Verdict:
    """The verdict on these, preflights and others."""
    plain = crossings(*(one for one in taken if not one.method), policy=policy)
    asked = crossings(*(one for one in taken if one.method), kind="preflight", policy=policy)
    return cors_refused(plain, asked)


def test_every_family_has_a_look_alike() -> None:
    """The ordinary origin of these tests can be mistaken in each way."""
    assert set(OTHERS) == set(FAMILIES)


@pytest.mark.proof(check=ID, outcome="PASS")
@pytest.mark.parametrize(
    "seen",
    [
        NOBODY,
        answer({"access-control-allow-credentials": "true"}),
        answer(shares()),  # named is another one than the one that asks
        answer(status=403),
        answer(status=400),
        answer(shares(ALLOWED.upper())),
    ],
)
def test_no_access_passes(seen: HttpExchange) -> None:
    """Refusals, and answers that browsers keep from the page."""
    strangers = [crossing(family, seen, origin) for family, origin in OTHERS.items() if family != "case"]
    asked = [preflight("foreign", answer(status=status)) for status in (204, 400, 403, 405)]

    assert judged(crossing("foreign", seen), crossing("null", seen), *strangers, *asked).outcome is Outcome.PASS


@pytest.mark.parametrize(
    ("taken", "reason"),
    [
        red(ID, "cors-allows-foreign", crossing("foreign", answer(shares(FOREIGN))), "every origin is let in"),
        red(ID, "cors-allows-foreign", crossing("foreign", answer(shares("*"))), "every origin is let in", name="any"),
        red(ID, "cors-allows-null", crossing("null", answer(shares("null"))), "every sandboxed frame has it"),
        red(ID, "cors-allows-refused", crossing("refused", answer(shares(LISTED)), LISTED), "refuses it by name"),
        red(
            ID,
            "cors-allows-preflight",
            preflight("foreign", LEAVE),
            "may send POST",
        ),
        *(
            red(ID, f"cors-allows-{family}", crossing(family, answer(shares(origin)), origin), FAMILIES[family])
            for family, origin in OTHERS.items()
        ),
    ],
)
def test_a_fault_is_found(taken: Crossing, reason: str) -> None:
    """Whoever is not allowed and gets access is named, with the mistake that lets it in."""
    verdict = judged(crossing("allowed", answer(shares())), crossing("null", NOBODY), taken)

    assert verdict.outcome is Outcome.FAIL
    assert reason in verdict.reason
    assert taken.visitor.origin in verdict.reason
    assert is_complete(verdict)
    assert verdict.evidence[0].details["request"]


def test_what_else_is_let_in_is_named() -> None:
    """A pattern that lets in several kinds is told by all of them."""
    taken = [crossing(family, answer(shares(OTHERS[family])), OTHERS[family]) for family in ("suffix", "port", "dot")]
    verdict = judged(*taken)

    assert verdict.reason.endswith("likewise port, dot")
    assert "dot, port, suffix" in verdict.likely_cause


@pytest.mark.parametrize("kind", ["unauthorized", "missing", "invalid", "failing"])
def test_errors_are_no_more_open(kind: str) -> None:
    """An error that names whoever asks is as open as a success that does."""
    status = {"unauthorized": 401, "missing": 404, "invalid": 422, "failing": 500}[kind]
    closed = crossings(crossing("foreign", answer(status=status)), kind=kind)
    opened = crossings(crossing("foreign", answer(shares(FOREIGN), status)), kind=kind)

    assert cors_refused(closed).outcome is Outcome.PASS
    assert cors_refused(opened).outcome is Outcome.FAIL


@pytest.mark.parametrize(
    ("taken", "outcome"),
    [
        ([crossing("foreign", NOBODY), crossing("null", NOBODY)], Outcome.PASS),
        ([crossing("foreign", answer(shares("*"))), crossing("null", answer(shares("*")))], Outcome.PASS),
        ([crossing("foreign", answer(shares(FOREIGN))), crossing("null", answer(shares("null")))], Outcome.DEGRADED),
        ([crossing("foreign", NOBODY), crossing("null", answer(shares("null")))], Outcome.FAIL),
        ([crossing("refused", answer(shares("*")), LISTED)], Outcome.FAIL),
    ],
    ids=["nobody", "everybody", "whoever asks", "null alone", "refused by name"],
)
def test_without_a_policy_only_what_nobody_can_mean_is_wrong(taken: list[Crossing], outcome: Outcome) -> None:
    """Public answers are somebody's policy; a hole for sandboxed frames is nobody's."""
    assert judged(*taken, policy=NO_POLICY).outcome is outcome


def test_a_public_policy_refuses_only_by_name() -> None:
    """Where everybody may read, an echo is no defect, and who is refused is refused all the same."""
    public = CorsPolicy(("*",))
    echo = [crossing("foreign", answer(shares(FOREIGN))), crossing("null", answer(shares("null")))]

    assert judged(*echo, policy=public).outcome is Outcome.PASS
    assert judged(*echo, crossing("refused", answer(shares("*")), LISTED), policy=public).outcome is Outcome.FAIL


@pytest.mark.proof(check=ID, outcome="UNMEASURED")
@pytest.mark.parametrize(
    "taken",
    [
        crossing("null", refused()),
        crossing("null", answer(status=429)),
        crossing("null", answer(status=502)),
        crossing("null", answer(status=302)),
        preflight("foreign", answer(status=503)),
    ],
)
def test_what_says_nothing_of_origins_is_unmeasured(taken: Crossing) -> None:
    """A limit and a service that is down refuse everybody, which is no verdict."""
    verdict = judged(crossing("foreign", NOBODY), taken)

    assert verdict.outcome is Outcome.UNMEASURED


@pytest.mark.parametrize("body", HOSTILE)
def test_no_body_matters(body: bytes) -> None:
    """Only the headers are judged."""
    assert judged(crossing("foreign", answer(body=body))).outcome is Outcome.PASS
