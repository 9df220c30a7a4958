"""The options on pytest's command line and in its ini files, and what they resolve to."""

from __future__ import annotations

import contextlib
import itertools
import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from opscheck.errors import OpscheckError
from opscheck.settings import BY_NAME, OPTIONS, Option, Settings, resolve

if TYPE_CHECKING:
    from opscheck.inventory import Inventory

SETTINGS: pytest.StashKey[Settings] = pytest.StashKey()
INVENTORY: pytest.StashKey[Inventory] = pytest.StashKey()


def add_options(parser: pytest.Parser) -> None:
    """One row of the options table, one option, one ini key."""
    group = parser.getgroup("opscheck", "checks of running systems (opscheck)")
    for option in OPTIONS:
        how: dict[str, Any] = {"dest": option.dest, "default": None, "help": option.help}
        if option.kind == "bool":
            how["action"] = "store_true"
        else:
            how["metavar"] = option.metavar or option.kind.upper()
            how["action"] = "append" if option.kind == "list" else "store"
        group.addoption(option.flag, **how)
        parser.addini(option.ini, f"the same as {option.flag}", default=None)


def add_host_alias(parser: pytest.Parser) -> None:
    """`--host`, the user's word, where no other plugin owns it."""
    # On the anonymous group: pytest lets a later plugin's group take the flag over.
    # Any error: pytest 8 lets argparse's own through, pytest 9 raises ValueError.
    with contextlib.suppress(Exception):
        parser.addoption("--host", dest="host", default=None, metavar="NAME,URL", help="the same as --ops-host")


def take_for_no_path(config: pytest.Config, arguments: Sequence[str]) -> None:
    """Until `--host` is known, pytest takes the word behind it for a path and loads other conftests than it should."""
    paths = getattr(config.known_args_namespace, "file_or_dir", None) or []
    for word, following in itertools.pairwise(arguments):
        if word == "--host" and following in paths:
            paths.remove(following)


def settings_of(config: pytest.Config) -> Settings:
    """The resolved options of a run; the first call reads the host file.

    Raises:
        UserError: an option or the host file cannot be used.
    """
    if SETTINGS not in config.stash:
        from opscheck.bundled import folder  # noqa: PLC0415 - only a run that asks pays for it
        from opscheck.inventory import find_inventory, load_inventory  # noqa: PLC0415 - only a run that asks pays for it

        named = resolve(_command_line(config), ini=_ini(config)).inventory
        here = config.invocation_params.dir
        # `opscheck run` sets the folder of the suites as root: a host file that lies there is nobody's choice.
        shipped = config.inipath is not None and config.inipath == folder("suites") / "pytest.ini"
        found = find_inventory(here) or (None if shipped else find_inventory(config.rootpath))
        path = (here / named) if named else found
        inventory = load_inventory(path)
        _known_options(inventory)
        config.stash[INVENTORY] = inventory
        config.stash[SETTINGS] = resolve(_command_line(config), inventory=inventory.options, ini=_ini(config))
        _register_password(config, config.stash[SETTINGS].history)
    return config.stash[SETTINGS]


def _register_password(config: pytest.Config, history: str) -> None:
    if "://" in history:
        from opscheck.history.place import register_password  # noqa: PLC0415 - only where history is a database
        from opscheck.plugin.redaction import redactor_of  # noqa: PLC0415 - only where history is a database

        register_password(history, redactor_of(config))


def usage_error(error: OpscheckError) -> pytest.UsageError:
    """The error as pytest tells it: one line, exit code 4."""
    return pytest.UsageError(str(error))


def _known_options(inventory: Inventory) -> None:
    from opscheck.errors import InventoryError, did_you_mean  # noqa: PLC0415 - beside its only use

    for name in inventory.options:
        if name not in BY_NAME:
            hint = did_you_mean(name, BY_NAME)
            raise InventoryError(
                f"{inventory.path}: options.{name}: unknown option{hint} (known: {', '.join(BY_NAME)})"
            )


def _command_line(config: pytest.Config) -> Any:  # noqa: ANN401 - a reader of raw values
    def read(option: Option) -> object:
        value = config.getoption(option.dest, None)
        if option.name == "host" and not value:
            value = _alias(config)
        return value

    return read


def is_named(config: pytest.Config) -> bool:
    """The user says something on purpose, so that it can be held against the inventory at once."""
    stated = any(config.getoption(option.dest, None) or _in_environment(option) for option in OPTIONS)
    return stated or _alias(config) is not None


def _in_environment(option: Option) -> bool:
    """Whether it is set there; where runs are recorded says nothing of what is to be checked."""
    return option.name != "history" and bool(os.environ.get(option.env))


def _alias(config: pytest.Config) -> object:
    """What the user said as `--host`; another plugin's default of that name is not ours to read."""
    words = map(str, config.invocation_params.args)
    said = any(word == "--host" or word.startswith("--host=") for word in words)
    value = config.getoption("host", None) if said else None
    if value is None and config.pluginmanager.hasplugin("base_url"):
        value = config.getoption("base_url", None)
    return value if isinstance(value, str) else None


def _ini(config: pytest.Config) -> Any:  # noqa: ANN401 - a reader of raw values
    def read(option: Option) -> object:
        value = config.getini(option.ini)
        return value or None

    return read


def report_paths(config: pytest.Config) -> list[Path]:
    """Where reports are to be written, from where pytest was started."""
    return [config.invocation_params.dir / path for path in settings_of(config).report]
