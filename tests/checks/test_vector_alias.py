"""The alias has to lead to the collection of the release."""

from __future__ import annotations

import pytest

from opscheck.checks.vector_alias import vector_alias
from opscheck.model import HttpExchange, Outcome, Verdict
from tests.checks.answers import HOSTILE, http, refused
from tests.checks.proofs import is_complete, red

ID = "vector-alias"
LISTED = http({"result": {"collections": [{"name": "docs_7"}, {"name": "docs_6"}]}})


def aliases(**led: str) -> HttpExchange:
    """Aliases and where they lead."""
    pairs = [{"alias_name": alias, "collection_name": name} for alias, name in led.items()]
    return http({"result": {"aliases": pairs}, "status": "ok"})


def judged(seen: HttpExchange, listed: HttpExchange = LISTED, collection: str = "docs_7") -> Verdict:
    """For the alias that searches use."""
    return vector_alias(seen, listed, alias="docs", collection=collection)


@pytest.mark.proof(check=ID, outcome="PASS")
def test_an_alias_that_leads_there_passes() -> None:
    """To the collection of the release, or to any that is there where none is named."""
    assert judged(aliases(docs="docs_7", old="docs_6")).outcome is Outcome.PASS
    assert judged(aliases(docs="docs_6"), collection="").outcome is Outcome.PASS


@pytest.mark.parametrize(
    ("seen", "reason"),
    [
        red(ID, "alias-missing", aliases(old="docs_6"), "no alias 'docs'"),
        red(ID, "alias-elsewhere", aliases(docs="docs_6"), "leads to 'docs_6', not to 'docs_7'"),
        red(ID, "aliases-refused", http({"status": {"error": "Forbidden"}}, 403), "answers 403: 'Forbidden'"),
    ],
)
def test_a_fault_is_found(seen: HttpExchange, reason: str) -> None:
    """The alias is named, with where it leads."""
    verdict = judged(seen)

    assert verdict.outcome is Outcome.FAIL
    assert reason in verdict.reason
    assert is_complete(verdict)


@pytest.mark.proof(check=ID, outcome="FAIL", fault="alias-dangling")
def test_an_alias_that_leads_nowhere_is_found() -> None:
    """The collection was dropped, the alias was not."""
    verdict = judged(aliases(docs="docs_7"), http({"result": {"collections": [{"name": "docs_6"}]}}))

    assert verdict.outcome is Outcome.FAIL
    assert "which is no collection" in verdict.reason


@pytest.mark.proof(check=ID, outcome="UNMEASURED")
def test_what_was_not_reached_is_unmeasured() -> None:
    """A refused connection is no verdict."""
    assert judged(refused()).outcome is Outcome.UNMEASURED  # type: ignore[arg-type] # the registry's


@pytest.mark.parametrize("body", HOSTILE)
def test_no_body_breaks_the_judgement(body: bytes) -> None:
    """Whatever a server sends, there is a verdict."""
    assert judged(http(body)).reason
