"""Loki deletes lines, and not before they are as old as promised."""

import sys

import pytest

from opscheck.checks.loki_retention import loki_retention
from opscheck.model import Kind, Outcome, Unmeasured
from opscheck.model.logs import LogRetention
from opscheck.readers.loki import duration, retention_of
from tests.checks.answers import HOSTILE, http, refused
from tests.checks.proofs import is_complete, red

ID = "loki-retention"
MONTH = 30 * 86400.0


def kept(text: str) -> LogRetention:
    """What is read of a configuration."""
    seen = retention_of(http(text.encode(), content_type="text/plain"))
    assert isinstance(seen, LogRetention)
    return seen


def config(enabled: str, period: str) -> str:
    """The two settings as Loki prints them."""
    return f"target: all\ncompactor:\n  retention_enabled: {enabled}\nlimits_config:\n  retention_period: {period}\n"


@pytest.mark.proof(check=ID, outcome="PASS")
@pytest.mark.parametrize("period", ["30d", "720h", "720h0m0s", "4w2d"])
def test_the_promised_time_passes(period: str) -> None:
    """However it is written."""
    assert loki_retention(kept(config("true", period)), seconds=MONTH).outcome is Outcome.PASS


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        red(ID, "retention-off", config("false", "30d"), "nothing is ever deleted"),
        red(ID, "retention-off", "compactor: {}\nlimits_config: {retention_period: 30d}\n", "nothing", name="unset"),
        red(ID, "retention-differs", config("true", "31d"), "kept for 31 days"),
        red(ID, "retention-differs", config("true", "0s"), "kept for any time", name="for-ever"),
        red(ID, "retention-differs", config("true", "12h"), "kept for 12 hours", name="hours"),
        red(ID, "retention-differs", config("true", "soon"), "cannot be told", name="no-period"),
    ],
)
def test_a_fault_is_found(text: str, reason: str) -> None:
    """A period alone deletes nothing."""
    verdict = loki_retention(kept(text), seconds=MONTH)

    assert verdict.outcome is Outcome.FAIL
    assert reason in verdict.reason
    assert is_complete(verdict)


@pytest.mark.proof(check=ID, outcome="UNMEASURED")
def test_what_was_not_reached_is_unmeasured() -> None:
    """Neither a refused connection nor an expectation that is no period is a verdict on Loki."""
    assert loki_retention(refused(), seconds=MONTH).outcome is Outcome.UNMEASURED  # type: ignore[arg-type] # the registry's
    assert loki_retention(kept(config("true", "30d")), seconds=None).outcome is Outcome.UNMEASURED


@pytest.mark.parametrize("body", [*HOSTILE, b"!!python/object/apply:os.system ['true']", b"a: &a [*a]", b"- [" * 2000])
def test_what_is_no_configuration_is_unmeasured(body: bytes) -> None:
    """Whoever answers there is no Loki; nothing in it is run."""
    seen = retention_of(http(body))

    assert isinstance(seen, Unmeasured)
    assert seen.kind is Kind.PROTOCOL


def test_without_a_reader_of_yaml_it_says_what_brings_one(monkeypatch: pytest.MonkeyPatch) -> None:
    """The command is in the remedy."""
    monkeypatch.setitem(sys.modules, "yaml", None)

    seen = retention_of(http(config("true", "30d").encode()))

    assert isinstance(seen, Unmeasured)
    assert (seen.kind, "pip install 'opscheck[infra]'" in seen.remedy) == (Kind.TOOL_MISSING, True)


@pytest.mark.parametrize(
    ("text", "seconds"), [("0s", 0.0), ("0", 0.0), ("1y", 31536000.0), ("1h30m", 5400.0), ("90ms", 0.09), ("-1h", None)]
)
def test_periods_are_read(text: str, seconds: float | None) -> None:
    """As Prometheus and Loki write them."""
    assert duration(text) == seconds
