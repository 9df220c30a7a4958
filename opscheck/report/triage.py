"""Likely causes as a report carries and tells them; who finds them is `opscheck.triage`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from opscheck.model import Json


@dataclass(frozen=True, slots=True)
class LikelyCause:
    """One cause behind one or many failures.

    Attributes:
        signature: the id of the signature that named it.
        cause, remedy, runbook, escalate: each one line; the runbook's section and the role to turn to.
        hosts: where, sorted.
        results: ids of the results that show it.
        behind: ids of the results that it explains, or that are blocked behind it.
        confirm: a command that only reads, filled in for the first host, with placeholders for secrets.
        also: titles of further signatures that the same results show.
    """

    signature: str
    title: str
    cause: str
    hosts: Sequence[str]
    results: Sequence[str]
    behind: Sequence[str] = ()
    confirm: str = ""
    remedy: str = ""
    runbook: str = ""
    escalate: str = ""
    also: Sequence[str] = ()

    @property
    def explained(self) -> int:
        """How many results it stands for."""
        return len(self.results) + len(self.behind)

    def as_dict(self) -> Json:
        """JSON-ready."""
        return {
            "signature": self.signature,
            "title": self.title,
            "cause": self.cause,
            "hosts": list(self.hosts),
            "results": list(self.results),
            "behind": list(self.behind),
            "confirm": self.confirm,
            "remedy": self.remedy,
            "runbook": self.runbook,
            "escalate": self.escalate,
            "also": list(self.also),
        }


@dataclass(frozen=True, slots=True)
class Triage:
    """The likely causes of a run, the one to look at first in front, and what none of them explains.

    Attributes:
        unexplained: ids of results that are red or unmeasured, in the report's order.
    """

    causes: Sequence[LikelyCause] = ()
    unexplained: Sequence[str] = ()

    def __bool__(self) -> bool:
        return bool(self.causes or self.unexplained)

    def as_dict(self) -> Json:
        """JSON-ready."""
        return {"causes": [cause.as_dict() for cause in self.causes], "unexplained": list(self.unexplained)}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Triage:
        """Read back what `as_dict` gave; keys of a later version are left out."""
        known = LikelyCause.__slots__
        causes = [LikelyCause(**{key: cause[key] for key in known if key in cause}) for cause in data["causes"]]
        return cls(causes, list(data["unexplained"]))
