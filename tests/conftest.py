"""What all tests share."""

import pytest

pytest_plugins = ["pytester", "tests.parts.fixtures"]


def pytest_configure(config: pytest.Config) -> None:
    """Make the marker known with which a test says what it proves of a check."""
    config.addinivalue_line("markers", "proof(check, outcome, fault=None): shows a check's outcome, or a fault found")
