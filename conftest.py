"""Lets a checkout run its suites also where opscheck itself is not installed."""

import os
from importlib.metadata import entry_points

_installed = any(entry.name == "opscheck" for entry in entry_points(group="pytest11"))
_autoload = not os.environ.get("PYTEST_DISABLE_PLUGIN_AUTOLOAD")

pytest_plugins = [] if _installed and _autoload else ["opscheck.plugin"]
