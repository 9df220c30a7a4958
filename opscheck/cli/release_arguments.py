"""The arguments of `opscheck release` that name something: results, exit codes and logs."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

from opscheck.errors import OptionError, did_you_mean

if TYPE_CHECKING:
    from datetime import timedelta

    from opscheck.model import Host
    from opscheck.release import Checklist

_TESTS: Final = "tests"  # where no item takes results by itself, those of CI are of this one
_NAMED: Final = re.compile(r"([A-Za-z0-9][A-Za-z0-9_-]*)=(.+)", re.DOTALL)
_SERVER: Final = re.compile(r"(?:([A-Za-z0-9._-]+)/)?([A-Za-z0-9][A-Za-z0-9._-]*)=(.+)", re.DOTALL)


def results_of(given: Iterable[str], checklist: Checklist) -> dict[str, Path]:
    """Files by item; one that names none is for the one item that takes results.

    Raises:
        OptionError: nobody can tell for which item, or one is named twice.
    """
    takes = [one.id for one in checklist.items if one.kind in ("junit", "ci") or "junit" in one.wants]
    takes = takes or [one.id for one in checklist.items if one.id == _TESTS]
    found: dict[str, Path] = {}
    for text in given:
        named = _NAMED.fullmatch(text)
        if named is None and len(takes) != 1:
            raise OptionError(
                f"--junit {text}: say for which item, ID=FILE (ID: {', '.join(takes) or 'none takes results'})"
            )
        name, file = (named[1], named[2]) if named else (takes[0], text)
        if name in found:
            raise OptionError(f'--junit names item "{name}" twice')
        found[name] = Path(file).expanduser().resolve()
    return found


def exit_codes(given: Iterable[str]) -> dict[str, int]:
    """Exit codes by item, from `ID=N`.

    Raises:
        OptionError: something else was typed.
    """
    found: dict[str, int] = {}
    for text in given:
        name, _, code = text.partition("=")
        if not name or not code.isascii() or not code.isdigit() or int(code) > 255:
            raise OptionError(f"--exit-code {text!r}: ID=N is expected, such as lint=0")
        if name in found:
            raise OptionError(f'--exit-code names item "{name}" twice')
        found[name] = int(code)
    return found


def logs_of(given: Iterable[str], hosts: Sequence[Host]) -> dict[tuple[str, str], tuple[str, ...]]:
    """Patterns by host and server; a server without a host is one of the one host that was named.

    Raises:
        OptionError: the host is not known, or nobody can tell which.
    """
    names = [one.name for one in hosts]
    found: dict[tuple[str, str], tuple[str, ...]] = {}
    for text in given:
        named = _SERVER.fullmatch(text)
        host, server, files = (named[1], named[2], named[3]) if named else (None, "", text)
        if host is None and len(names) != 1:
            raise OptionError(f"--log {text}: say of which host, HOST/SERVER=FILES ({len(names)} hosts were named)")
        host = host or names[0]
        if host not in names:
            raise OptionError(f'--log {text}: host "{host}" is not one of --host{did_you_mean(host, names)}')
        key = (host, server or host)
        found[key] = (*found.get(key, ()), files)
    return found


def silence_of(given: str) -> timedelta | None:
    """How long access logs may be silent; None where nothing was typed.

    Raises:
        OptionError: it is no span, or no night.
    """
    from opscheck.model.written import LONGEST_SILENCE, may_be_silent  # noqa: PLC0415 - each command imports what it needs
    from opscheck.release.spans import lasting, span  # noqa: PLC0415 - each command imports what it needs

    if not given:
        return None
    try:
        told = span(given)
    except ValueError as error:
        raise OptionError(f"--silence: {error}") from None
    if not may_be_silent(told):
        raise OptionError(f"--silence {given}: at most {lasting(LONGEST_SILENCE)}, and more than nothing")
    return told
