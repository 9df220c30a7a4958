"""A certificate is judged by trust, name and the days that it has left."""

from datetime import timedelta

import pytest

from opscheck.checks.edge_certificate import edge_certificate
from opscheck.model import Certificate, Outcome, Phases, TlsSession, Verdict
from tests.checks.answers import NOW, refused
from tests.checks.proofs import is_complete, red

ID = "edge-certificate"


def seen(trust: str = "", *, days: float = 60, names: tuple[str, ...] = ("ops.example.org",)) -> TlsSession:
    """A handshake."""
    ends = NOW + timedelta(days=days)
    leaf = Certificate("CN=ops.example.org", "CN=authority", names, ends - timedelta(days=90), ends)
    return TlsSession(
        "ops.example.org:443", "ops.example.org", "TLSv1.3", "AES", "h2", (leaf,), trust, Phases(None, 0.001), NOW
    )


def judge(session: TlsSession) -> Verdict:
    """With the budget of the packs."""
    return edge_certificate(session, days=14)


@pytest.mark.proof(check=ID, outcome="PASS")
@pytest.mark.parametrize("days", [14, 14.5, 400])
def test_a_trusted_certificate_with_time_left_passes(days: float) -> None:
    """Up to the last day of its budget."""
    assert judge(seen(days=days)).outcome is Outcome.PASS


@pytest.mark.parametrize(
    ("session", "reason"),
    [
        red(ID, "certificate-expired", seen("certificate has expired", days=-3), "has expired 3 days ago"),
        red(ID, "certificate-expired", seen("certificate has expired"), "one of its chain", name="intermediate"),
        red(
            ID,
            "certificate-wrong-name",
            seen(
                "Hostname mismatch, certificate is not valid for 'ops.example.org'", names=("a.example", "b", "c", "d")
            ),
            "is for 'a.example', 'b', 'c' and 1 more",
        ),
        red(ID, "certificate-wrong-name", seen("IP address mismatch", names=()), "is for no name", name="address"),
        red(ID, "certificate-untrusted", seen("self-signed certificate"), "not trusted: self-signed"),
        red(ID, "certificate-untrusted", seen("unable\nto get\x1b"), "not trusted: unable", name="foreign-words"),
        red(ID, "certificate-expires-soon", seen(days=13.9), "has 13.9 days left"),
    ],
)
def test_a_fault_is_found(session: TlsSession, reason: str) -> None:
    """Each names what is wrong first of all."""
    verdict = judge(session)

    assert verdict.outcome is Outcome.FAIL
    assert reason in verdict.reason
    assert is_complete(verdict)


def test_names_of_others_are_shown_harmlessly() -> None:
    """A certificate's names are foreign text."""
    assert is_complete(judge(seen("Hostname mismatch", names=("\x1b[31m\nx" * 99,))))


@pytest.mark.proof(check=ID, outcome="UNMEASURED")
def test_what_was_not_reached_is_unmeasured() -> None:
    """A refused connection is no verdict."""
    assert judge(refused()).outcome is Outcome.UNMEASURED  # type: ignore[arg-type] # the registry answers for it
