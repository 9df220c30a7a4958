"""Every option, stated once: command line > environment > inventory > ini > default; each value knows its source."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from opscheck.errors import OptionError

DEFAULT_HOST: Final = "embedded"


@dataclass(frozen=True, slots=True)
class Option:
    """One option: `--ops-x`, `OPSCHECK_X`, `[options] x` of the inventory and the ini key `opscheck_x`.

    Attributes:
        kind: `str`, `float`, `int`, `bool`, or `list` (repeatable on the command line, comma-separated elsewhere).
        minimum: the smallest number allowed.
        known_as: an environment variable without the prefix that pipelines already set.
    """

    name: str
    kind: str
    default: Any
    help: str
    metavar: str = ""
    minimum: float = 0.0
    known_as: str = ""

    @property
    def flag(self) -> str:
        """As on the command line."""
        return "--ops-" + self.name.replace("_", "-")

    @property
    def dest(self) -> str:
        """As pytest keeps it."""
        return f"ops_{self.name}"

    @property
    def ini(self) -> str:
        """As in an ini file."""
        return f"opscheck_{self.name}"

    @property
    def env(self) -> str:
        """As in the environment."""
        return f"OPSCHECK_{self.name.upper()}"


OPTIONS: Final[tuple[Option, ...]] = (
    Option("host", "list", (DEFAULT_HOST,), "hosts to check: names of the inventory or URLs", "NAME,URL"),
    Option("inventory", "str", "", "host file (default: opscheck.toml here or in a parent folder)", "PATH"),
    Option("system", "str", "", "system pack of a host that is given as a URL (default: reference)", "NAME"),
    Option("report", "list", (), "write a report: .html, .json, .md or .prom; repeatable", "PATH"),
    Option("allow_mutating", "bool", False, "let mutating checks run (never on a sensitive host)"),
    Option("strict", "bool", False, "DEGRADED fails"),
    Option(
        "fail_on_legacy",
        "bool",
        False,
        "a deprecated endpoint that still answers fails (also FAIL_ON_LEGACY=true)",
        known_as="FAIL_ON_LEGACY",
    ),
    Option("timeout", "float", 10.0, "seconds that one request may take", "SECONDS", 0.01),
    Option(
        "preflight_timeout",
        "float",
        1.5,
        "seconds to reach a host before all its checks are blocked",
        "SECONDS",
        0.01,
    ),
    Option("deadline", "float", 120.0, "seconds that one observation may take, retries included", "SECONDS", 0.01),
    Option("concurrency", "int", 64, "requests in flight over all hosts", "N", 1),
    Option("control", "str", "", "HOST:PORT that is up when this machine's network is", "HOST:PORT"),
    Option("keep", "bool", False, "leave the containers of --host=containers running, and use those that run"),
    Option("history", "str", "", "where runs are recorded: a file, postgresql://..., or off", "PATH|URL"),
    Option("waivers", "str", "", "file of waivers (default: waivers.toml beside the host file)", "PATH"),
    Option("window", "str", "", "the maintenance window that this run belongs to", "NAME"),
    Option("plan", "bool", False, "print what would be asked, ask nothing"),
    Option("show_config", "bool", False, "print every option with its value and source"),
    Option("exit_codes", "bool", False, "exit 0 GO, 10 DEGRADED, 20 FAIL, 30 UNMEASURED"),
)
BY_NAME: Final[Mapping[str, Option]] = {option.name: option for option in OPTIONS}

_ADDRESS: Final = re.compile(r"\S+:[0-9]{1,5}")
_TRUE: Final = frozenset({"1", "true", "yes", "on"})
_FALSE: Final = frozenset({"0", "false", "no", "off", ""})


@dataclass(frozen=True, slots=True)
class Value:
    """A resolved value and where it comes from: `command line`, `environment`, `inventory`, `ini` or `default`."""

    value: Any
    source: str


@dataclass(frozen=True, slots=True)
class Settings:
    """All resolved options.

    >>> resolve(lambda option: None, environ={"OPSCHECK_TIMEOUT": "3"}).timeout
    3.0
    """

    values: Mapping[str, Value]

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - an option's type is stated in its row
        try:
            return self.values[name].value
        except KeyError:
            raise AttributeError(name) from None

    def lines(self) -> list[str]:
        """One line an option: name, value, source; names only, so that nothing needs masking but URLs."""
        width = max(len(option.flag) for option in OPTIONS)
        return [
            f"{option.flag:<{width}}  {_show(self.values[option.name].value)}  ({self.values[option.name].source})"
            for option in OPTIONS
        ]


def _show(value: object) -> str:
    if isinstance(value, tuple):
        return ",".join(map(str, value)) or "-"
    return str(value) if value != "" else "-"


def _number(option: Option, raw: object, source: str) -> float:
    try:
        number = float(str(raw))
    except ValueError:
        raise OptionError(f"{option.flag} ({source}): {raw!r} is not a number of {option.metavar.lower()}") from None
    if not option.minimum <= number < float("inf"):
        raise OptionError(f"{option.flag} ({source}): {raw} is out of range; the least is {option.minimum:g}")
    return number


def _truth(option: Option, raw: object, source: str) -> bool:
    word = str(raw).strip().lower()
    if word not in _TRUE | _FALSE:
        raise OptionError(f"{option.flag} ({source}): {raw!r} is neither true nor false")
    return word in _TRUE


def _items(raw: object) -> tuple[str, ...]:
    parts = [raw] if isinstance(raw, str) else list(raw) if isinstance(raw, Sequence) else [str(raw)]
    return tuple(item.strip() for part in parts for item in str(part).split(",") if item.strip())


def convert(option: Option, raw: object, source: str) -> Any:  # noqa: ANN401 - see Settings.__getattr__
    """A raw value in the option's type.

    Raises:
        OptionError: the value cannot be used; the message names option, source and value.
    """
    if option.kind == "float":
        return _number(option, raw, source)
    if option.kind == "int":
        number = _number(option, raw, source)
        if number != int(number):
            raise OptionError(f"{option.flag} ({source}): {raw} is not a whole number")
        return int(number)
    if option.kind == "bool":
        return _truth(option, raw, source)
    if option.name == "control" and not _ADDRESS.fullmatch(str(raw)):
        raise OptionError(f"{option.flag} ({source}): {raw!r} is no HOST:PORT")
    return _items(raw) if option.kind == "list" else str(raw)


def resolve(
    command_line: Callable[[Option], object],
    *,
    environ: Mapping[str, str] | None = None,
    inventory: Mapping[str, object] | None = None,
    ini: Callable[[Option], object] = lambda _: None,
) -> Settings:
    """Every option from the first source that states it; None, an empty text and an empty list state nothing."""
    environment = os.environ if environ is None else environ
    file = inventory or {}
    sources: tuple[tuple[str, Callable[[Option], object]], ...] = (
        ("command line", command_line),
        ("environment", lambda option: environment.get(option.env) or environment.get(option.known_as)),
        ("inventory", lambda option: file.get(option.name)),
        ("ini", ini),
    )
    values = {}
    for option in OPTIONS:
        values[option.name] = Value(option.default, "default")
        for source, read in sources:
            raw = read(option)
            if raw in (None, "", []):
                continue
            values[option.name] = Value(convert(option, raw, source), source)
            break
    return Settings(values)
