"""What counts around a maintenance window, whatever suite it stands in: it gets the marker of that name as well."""

from pathlib import Path

import pytest

_AROUND = ("readiness", "infra", "observability")
_HERE = Path(__file__).parent


@pytest.hookimpl(tryfirst=True)  # before -m chooses
def pytest_collection_modifyitems(items):
    """Health, targets, stores, alerts and logs have to hold before and after a window."""
    for item in items:
        if item.path.is_relative_to(_HERE) and any(item.get_closest_marker(name) for name in _AROUND):
            item.add_marker("maintenance")
