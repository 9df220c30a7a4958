"""Which of the callers of an old address are monitors, by their user agents. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from opscheck.model.access_log import AccessLogCount
from opscheck.report.visible import counted, visible

_BROWSER: Final = re.compile(r"Mozilla/\d")
_SHOWN: Final = 5


@dataclass(frozen=True, slots=True)
class Callers:
    """Who asks for the path.

    Attributes:
        monitors: hits by the name of the monitor.
        unknown: hits by user agents that are neither known monitors nor browsers; empty for none.
        browsers: hits by what calls itself a browser.
    """

    monitors: Mapping[str, int]
    unknown: Mapping[str, int]
    browsers: int

    def lines(self) -> list[str]:
        """For a report."""
        told = [f"monitor {name}: {counted(hits, 'request')}" for name, hits in _most(self.monitors)]
        told += [
            f"unknown {visible(name or '(none)', 80)}: {counted(hits, 'request')}" for name, hits in _most(self.unknown)
        ]
        return told + ([f"browsers: {counted(self.browsers, 'request')}"] if self.browsers else [])


def _most(hits: Mapping[str, int]) -> list[tuple[str, int]]:
    return sorted(hits.items(), key=lambda row: -row[1])[:_SHOWN]


def callers(counts: Sequence[AccessLogCount], known: Mapping[str, Sequence[str]]) -> Callers:
    """Tell monitors, browsers and others apart.

    Args:
        known: name of a monitor to words of its user agent, in any case. A monitor that calls itself a browser is
            known by its own word all the same.
    """
    monitors: dict[str, int] = {}
    unknown: dict[str, int] = {}
    browsers = 0
    for count in counts:
        for agent, hits in count.by_agent.rows:
            name = _monitor(agent, known)
            if name:
                monitors[name] = monitors.get(name, 0) + hits
            elif _BROWSER.match(agent):
                browsers += hits
            else:
                unknown[agent] = unknown.get(agent, 0) + hits
        if count.by_agent.other:
            unknown["(more than are told apart)"] = unknown.get("(more than are told apart)", 0) + count.by_agent.other
    return Callers(monitors, unknown, browsers)


def _monitor(agent: str, known: Mapping[str, Sequence[str]]) -> str:
    lowered = agent.casefold()
    return next((name for name, words in known.items() if any(word.casefold() in lowered for word in words)), "")
