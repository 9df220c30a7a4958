"""The pytest plugin. Imports the standard library and pytest only.

The hooks here are all that a run without checks ever pays for; those of a run with checks are in `running`, which is
registered when the first test asks for a host.
"""

from __future__ import annotations

from collections.abc import Generator

import pytest

from opscheck.plugin.fixtures import expect, ops_client, ops_host, ops_observe
from opscheck.plugin.markers import MARKERS
from opscheck.plugin.options import add_host_alias, add_options, is_named, take_for_no_path

__all__ = ["expect", "ops_client", "ops_host", "ops_observe"]


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options table."""
    add_options(parser)


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_load_initial_conftests(
    early_config: pytest.Config, parser: pytest.Parser, args: list[str]
) -> Generator[None]:
    """Add `--host` where it is still free when every plugin and conftest has had its say."""
    take_for_no_path(early_config, args)
    yield
    add_host_alias(parser)


def pytest_configure(config: pytest.Config) -> None:
    """Register the markers; hold an explicitly named host against the inventory before anything is collected."""
    for name, text in MARKERS.items():
        config.addinivalue_line("markers", f"{name}: {text}")
    if not hasattr(config, "workerinput"):
        from opscheck.plugin.controller import Controller  # noqa: PLC0415 - a worker reports to its controller only

        config.pluginmanager.register(Controller(config), "opscheck-controller")
    if config.getoption("htmlpath", None):
        from opscheck.plugin import html  # noqa: PLC0415 - only where pytest-html writes a page

        config.pluginmanager.register(html, "opscheck-html")
    if is_named(config):
        from opscheck.plugin.start import validate  # noqa: PLC0415 - only a run that names a host

        validate(config)


def pytest_cmdline_main(config: pytest.Config) -> int | None:
    """`--ops-show-config` prints and ends."""
    if not config.getoption("ops_show_config", False):
        return None
    from opscheck.plugin.start import show_config  # noqa: PLC0415 - only for this option

    return show_config(config)


@pytest.hookimpl(tryfirst=True)
def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """One test per host; first, so that the host's name leads every test's id."""
    if "ops_host" in metafunc.fixturenames:
        from opscheck.plugin.compose import parametrize  # noqa: PLC0415 - only a test that asks for a host

        parametrize(metafunc)
