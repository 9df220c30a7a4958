"""Logs that are kept, found again, and gone when they should be."""

import pytest

from opscheck.checks.loki_line import loki_line
from opscheck.checks.loki_retention import loki_retention
from opscheck.checks.request_logged import request_logged
from opscheck.readers.loki import duration

pytestmark = pytest.mark.observability


def test_a_line_is_found_again(log_line, ops_host, expect):
    """A line of our own is taken and found by its mark."""
    expect(loki_line(log_line, seconds=ops_host.budget("log_line_seconds", 15)))


def test_lines_are_kept_as_long_as_promised(log_retention, ops_host, expect):
    """The configuration deletes, and after the promised time."""
    expect(loki_retention(log_retention, seconds=duration(ops_host.settings["loki"]["retention"])))


def test_a_request_is_found_in_the_log(logged_in_files, ops_host, expect):
    """The line of a request is in the log files, by its id and its trace."""
    trace = ops_host.settings["logs"].get("trace", False)
    expect(request_logged(logged_in_files, seconds=ops_host.budget("log_line_seconds", 15), trace=trace))


def test_a_request_is_found_in_the_log_store(logged_in_loki, ops_host, expect):
    """The line of a request has come to the log store, by its id and its trace."""
    trace = ops_host.settings["logs"].get("trace", False)
    expect(request_logged(logged_in_loki, seconds=ops_host.budget("log_line_seconds", 15), trace=trace))
