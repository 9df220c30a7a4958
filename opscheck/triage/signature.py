"""A signature: how a known failure shows in results, what it probably is, and what to do."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

from opscheck.model import Outcome
from opscheck.report.run import Result
from opscheck.triage.partial_json import read_start

RED: Final = frozenset({Outcome.FAIL, Outcome.UNMEASURED, Outcome.BLOCKED})
_DEEPEST: Final = 12  # steps of a path; `**` is none of them


@dataclass(frozen=True, slots=True)
class EvidenceTest:
    """A question about what was seen.

    Attributes:
        path: steps into an exchange, `*` for any item; below `json` stands the start of its body, read as JSON.
        wanted: the value it has to be; None where any will do, or where one of the others asks.
        matches: a pattern for its text.
        above, below: bounds of a number.
    """

    path: tuple[str, ...]
    wanted: Any = None
    matches: re.Pattern[str] | None = None
    above: float | None = None
    below: float | None = None

    def holds(self, result: Result) -> bool:
        """Some exchange of the result answers it."""
        seen = (item for item in result.evidence if self._may_be_in(item))
        return any(self._fits(value) for item in seen for value in _values(item, self.path))

    def _may_be_in(self, exchange: Mapping[str, object]) -> bool:
        """A look that costs little: most bodies are never read as JSON."""
        if self.path[0] != "json":
            return True
        text = str(exchange.get("excerpt", ""))
        return all(step == "*" or f'"{step}"' in text for step in self.path[1:])

    def _fits(self, value: object) -> bool:
        # In Python True is 1; in JSON it is not.
        if self.wanted is not None and (isinstance(value, bool), value) != (isinstance(self.wanted, bool), self.wanted):
            return False
        if self.matches is not None and not self.matches.search(str(value)):
            return False
        if self.above is None and self.below is None:
            return True
        if isinstance(value, bool) or not isinstance(value, int | float):
            return False
        return (self.above is None or value > self.above) and (self.below is None or value < self.below)


@dataclass(frozen=True, slots=True)
class Condition:
    """What a result has to be like; everything that is said has to be so.

    Attributes:
        check: patterns of the check's id, of which one has to fit; empty for any.
        outcomes: those that it may have; what is red or unmeasured where nothing is said.
        said: a pattern for its reason or for what was observed.
        cause: a pattern for the id of its root cause.
        evidence: questions about what was seen.
    """

    check: tuple[str, ...] = ()
    outcomes: frozenset[Outcome] = RED
    said: re.Pattern[str] | None = None
    cause: re.Pattern[str] | None = None
    evidence: tuple[EvidenceTest, ...] = ()

    def holds(self, result: Result) -> bool:
        """The result is like that."""
        if result.outcome not in self.outcomes:
            return False
        if self.check and not _is_one_of(self.check, result.check):
            return False
        if self.cause is not None and not self.cause.search(result.cause):
            return False
        if self.said is not None and not (self.said.search(result.reason) or self.said.search(result.observed)):
            return False
        return all(test.holds(result) for test in self.evidence)


@dataclass(frozen=True, slots=True)
class Signature:
    """A known failure.

    Attributes:
        cause, remedy, runbook, escalate: each one line; the runbook's section, and the role to turn to and when.
        confirm: a command that only reads, with placeholders that `fill` knows.
        match: conditions of which one result has to keep one.
        also: conditions each of which some result of the same host has to keep, too.
        explains: conditions of further results of the host that are its consequence.
        at_least: how many different checks of a host have to match.
        weight: who claims a result first where several fit; the deeper cause has the larger one.
        own: it stands in the user's own file.
    """

    id: str
    title: str
    cause: str
    match: tuple[Condition, ...]
    confirm: str = ""
    remedy: str = ""
    runbook: str = ""
    escalate: str = ""
    also: tuple[Condition, ...] = ()
    explains: tuple[Condition, ...] = ()
    at_least: int = 1
    weight: int = 50
    own: bool = False

    def may_show(self, outcomes: AbstractSet[Outcome]) -> bool:
        """A look that costs little: whether results with only these outcomes can show it."""
        return any(not condition.outcomes.isdisjoint(outcomes) for condition in self.match)

    def shown_by(self, results: Sequence[Result]) -> list[Result]:
        """The results of one host that show it; none where it is not there."""
        found = [result for result in results if any(condition.holds(result) for condition in self.match)]
        if len({result.check for result in found}) < self.at_least:
            return []
        if not all(any(condition.holds(result) for result in results) for condition in self.also):
            return []
        return found

    def explained(self, results: Sequence[Result]) -> list[Result]:
        """Further results of the host that are its consequence."""
        return [result for result in results if any(condition.holds(result) for condition in self.explains)]


@lru_cache(maxsize=65_536)
def _is_one_of(patterns: tuple[str, ...], check: str) -> bool:
    return any(_glob(pattern).fullmatch(check) for pattern in patterns)


@lru_cache(maxsize=1024)
def _glob(pattern: str) -> re.Pattern[str]:
    return re.compile(".*".join(re.escape(part) for part in pattern.split("*")))


def _values(value: object, path: Sequence[str]) -> Iterator[object]:
    """Every value at the end of a path."""
    if not path:
        yield value
        return
    step, rest = path[0], path[1:]
    if len(path) > _DEEPEST:
        return
    if step == "json" and isinstance(value, Mapping) and "excerpt" in value:
        yield from _values(read_start(str(value["excerpt"])), rest)
    elif step == "*":
        inside = value.values() if isinstance(value, Mapping) else value if isinstance(value, list | tuple) else ()
        for item in inside:
            yield from _values(item, rest)
    elif isinstance(value, Mapping) and step in value:
        yield from _values(value[step], rest)
