"""The token in the rendered configuration."""

import pytest

from opscheck.checks.tunnel_token import tunnel_token
from opscheck.model import Outcome
from opscheck.model.tunnel import ComposeToken
from tests.checks.answers import refused
from tests.checks.proofs import is_complete, red
from tests.checks.tunnel import rendered

ID = "tunnel-token"


@pytest.mark.proof(check=ID, outcome="PASS")
@pytest.mark.parametrize("seen", [rendered(), rendered(place="file", length=0, shaped=False)])
def test_what_is_rendered_passes(seen: ComposeToken) -> None:
    """A token in the environment, or credentials in a file."""
    assert tunnel_token(seen).outcome is Outcome.PASS


def test_a_token_in_the_command_is_degraded() -> None:
    """It works, and everybody on the machine can read it."""
    assert tunnel_token(rendered(place="command")).outcome is Outcome.DEGRADED


@pytest.mark.parametrize(
    ("seen", "reason"),
    [
        red(ID, "token-not-rendered", rendered(length=0, shaped=False, unset=("CLOUDFLARE_TUNNEL_TOKEN",)), "no token"),
        red(ID, "token-not-rendered", rendered(place="", length=0, shaped=False), "no token", name="nowhere"),
        red(ID, "token-malformed", rendered(length=40, shaped=False), "is no token of a tunnel"),
        red(ID, "tunnel-service-missing", rendered(services=("nginx",)), "no service tunnel"),
    ],
)
def test_a_fault_is_found(seen: ComposeToken, reason: str) -> None:
    """By its length and form alone."""
    verdict = tunnel_token(seen)

    assert verdict.outcome is Outcome.FAIL
    assert reason in verdict.reason
    assert is_complete(verdict)


@pytest.mark.proof(check=ID, outcome="UNMEASURED")
def test_what_cannot_be_rendered_is_unmeasured() -> None:
    """Without Compose nobody knows."""
    assert tunnel_token(refused()).outcome is Outcome.UNMEASURED  # type: ignore[arg-type] # the registry answers for it
