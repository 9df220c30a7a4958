"""What the summary tells is so: the backend lives, others agree, and a question takes the path that is told."""

import pytest

from opscheck.checks.status_agreement import status_agreement
from opscheck.checks.status_cors_report import status_cors_report
from opscheck.checks.status_mask import status_mask
from opscheck.checks.status_serves import status_serves

pytestmark = pytest.mark.status


def test_the_backend_itself_tells_the_same(summary, summary_backend, ops_host, expect):
    """Nobody answers in the place of a backend that is dead, frozen, or tells something else."""
    seconds = ops_host.budget("status_seconds", 2)
    expect(status_mask(summary, {"the backend": summary_backend}, direct=True, seconds=seconds))


def test_the_summary_does_not_outlive_readiness(summary, ready_beside, ops_host, expect):
    """Where the edge finds nobody to ask for readiness, there is nobody to tell a summary."""
    seconds = ops_host.budget("status_seconds", 2)
    expect(status_mask(summary, {"readiness": ready_beside}, direct=False, seconds=seconds))


def test_the_summary_does_not_outlive_its_neighbours(summary, uptime, ops_host, expect):
    """Where the edge finds nobody to ask for the uptime, there is nobody to tell a summary."""
    seconds = ops_host.budget("status_seconds", 2)
    expect(status_mask(summary, {"uptime": uptime}, direct=False, seconds=seconds))


def test_readiness_agrees(summary, ready_beside, expect):
    """Summary and readiness tell the same of the whole, of retrieval, of the path and of the build."""
    expect(status_agreement(summary, ready_beside, name="readiness"))


def test_the_alias_of_readiness_agrees(summary, alias_beside, expect):
    """So does the other address of readiness."""
    expect(status_agreement(summary, alias_beside, name="the alias of readiness"))


def test_uptime_agrees(summary, uptime, expect):
    """Uptime names the build that the summary names."""
    expect(status_agreement(summary, uptime, name="uptime"))


def test_a_question_takes_the_path_that_is_told(summary, served, ops_host, expect):
    """A completion is answered where the path says that something serves, by just that, and refused where not."""
    expect(status_serves(summary, served, seconds=ops_host.budget("completion_seconds", 60)))


def test_the_report_of_origins_is_true(cors_report, origins_tried, expect):
    """Each origin that the service says it lets in is let in, and a foreign one is not."""
    expect(status_cors_report(cors_report, origins_tried))
