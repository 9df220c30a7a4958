"""`opscheck checks`: the registry, as lines."""

from __future__ import annotations

from collections.abc import Iterator

from opscheck.errors import OptionError, did_you_mean
from opscheck.registry import CheckInfo, shipped_checks


def listed(identifier: str = "") -> Iterator[str]:
    """Every check in one line, or one check in full.

    Raises:
        OptionError: there is no check of that id.
    """
    known = shipped_checks()
    if not identifier:
        width = max(map(len, known))
        for info in known.values():
            yield f"{info.id:<{width}}  {info.concern:<10} {info.promise}"
        return
    if identifier not in known:
        raise OptionError(f'unknown check "{identifier}"{did_you_mean(identifier, known)} (opscheck checks lists them)')
    yield from _full(known[identifier])


def _full(info: CheckInfo) -> Iterator[str]:
    yield f"{info.id} ({info.concern})"
    yield f"  promises  {info.promise}"
    if info.remedy:
        yield f"  when red  {info.remedy}"
    yield "  faults that turn it red"
    for name, text in info.faults.items():
        yield f"    {name}: {text}"
