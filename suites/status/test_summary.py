"""The summary can be read, does not contradict itself, and says what whoever is on call has to know."""

import pytest

from opscheck.checks.status_coherent import status_coherent
from opscheck.checks.status_path import status_path
from opscheck.checks.status_ready import status_ready
from opscheck.checks.status_summary import status_summary

pytestmark = pytest.mark.status


def test_the_summary_can_be_read(summary, ops_host, expect):
    """The summary answers 200 in time and has every field that pages and scripts read."""
    expect(status_summary(summary, seconds=ops_host.budget("status_seconds", 2)))


def test_the_summary_does_not_contradict_itself(summary, expect):
    """Ready is what the parts amount to, and whatever is not well is explained."""
    expect(status_coherent(summary))


def test_the_path_follows_from_what_is_there(summary, expect):
    """The path to the language model is the one that host, model and fallback allow."""
    expect(status_path(summary))


def test_the_service_is_ready(summary, ops_host, expect):
    """Ready on the primary path; a fallback and a model that is loading are told, the latter within its budget."""
    expect(status_ready(summary, warming_minutes=ops_host.budget("warming_minutes", 10)))
