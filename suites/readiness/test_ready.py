"""Readiness: work can be sent here."""

import pytest

from opscheck.checks.readiness import readiness
from opscheck.checks.readiness_alias import readiness_alias
from opscheck.checks.readiness_decoy import readiness_decoy
from opscheck.checks.readiness_dependencies import readiness_dependencies

pytestmark = pytest.mark.readiness


def test_it_is_ready(ready, ops_host, expect):
    """Code and body say ready; a model that is loading is told, and not for longer than its budget."""
    seconds = ops_host.budget("ready_seconds", 2)
    expect(readiness(ready, seconds=seconds, warming_minutes=ops_host.budget("warming_minutes", 10)))


def test_ready_names_every_dependency(ready, ops_host, expect):
    """Readiness tells of each dependency on its own, and waits for none without a bound."""
    dependencies = ops_host.settings.get("readiness", {}).get("dependencies", ())
    expect(readiness_dependencies(ready, expected=dependencies, seconds=ops_host.budget("ready_seconds", 2)))


def test_the_alias_names_every_dependency(ready_alias, ops_host, expect):
    """Whoever probes the other address learns of each dependency, too, and no constant."""
    dependencies = ops_host.settings.get("readiness", {}).get("dependencies", ())
    seconds = ops_host.budget("ready_seconds", 2)
    expect(readiness_dependencies(ready_alias, expected=dependencies, seconds=seconds))


def test_ready_is_the_same_under_both_addresses(ready, ready_alias, expect):
    """Whoever probes the other address learns the same."""
    expect(readiness_alias(ready, ready_alias))


def test_an_unknown_address_does_not_look_ready(ready, nowhere, expect):
    """A misspelt probe turns red instead of staying green for ever."""
    expect(readiness_decoy(ready, nowhere))
