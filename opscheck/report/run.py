"""One run as a report tells it: the contract `opscheck.report/1`, to JSON-ready data and back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Final, cast

from opscheck.model import Cost, Json, Outcome
from opscheck.redact import Redactor
from opscheck.report.contract import check_contract
from opscheck.report.summary import Decision, counts, decide
from opscheck.report.triage import Triage
from opscheck.report.visible import visible

SCHEMA: Final = "opscheck.report/1"


@dataclass(frozen=True, slots=True)
class RunInfo:
    """Which run it was; instants are timezone-aware UTC."""

    id: str
    started: datetime
    finished: datetime
    version: str
    argv: Sequence[str] = ()

    @property
    def seconds(self) -> float:
        """How long the run took."""
        return (self.finished - self.started).total_seconds()

    def as_dict(self) -> Json:
        """JSON-ready."""
        return {
            "id": self.id,
            "started": self.started.isoformat(timespec="milliseconds"),
            "finished": self.finished.isoformat(timespec="milliseconds"),
            "version": self.version,
            "argv": list(self.argv),
        }


@dataclass(frozen=True, slots=True)
class HostInfo:
    """One host that was asked."""

    name: str
    kind: str
    system: str
    sensitive: bool = False

    def as_dict(self) -> Json:
        """JSON-ready."""
        return {"name": self.name, "kind": self.kind, "system": self.system, "sensitive": self.sensitive}


@dataclass(frozen=True, slots=True)
class Result:
    """One check on one host: the verdict and what it rests on.

    Attributes:
        id: unique in the run, the node id under pytest.
        check: the check's id.
        reason, expected, observed, remedy, likely_cause: each one line; empty where unknown.
        evidence: what `Evidence.as_dict` gave, masked.
        cause: the id of the root cause, for UNMEASURED at the root and BLOCKED behind it.
        cost: what asking for it was planned to spend.
        promise: what the check promises, in plain words.
        curl: the request to repeat by hand, with placeholders for secrets.
        waivers: those that took a failure of this test: check, reason, owner, expiry, ticket, outcome without it.
    """

    id: str
    check: str
    markers: Sequence[str]
    host: str
    outcome: Outcome
    reason: str = ""
    expected: str = ""
    observed: str = ""
    remedy: str = ""
    likely_cause: str = ""
    evidence: Sequence[Json] = ()
    duration_s: float = 0.0
    attempts: int = 1
    cause: str = ""
    cost: Cost = Cost()
    promise: str = ""
    curl: str = ""
    waivers: Sequence[Mapping[str, str]] = ()

    def as_dict(self) -> Json:
        """JSON-ready."""
        waivers: Json = {"waivers": [dict(waiver) for waiver in self.waivers]} if self.waivers else {}
        return waivers | {
            "id": self.id,
            "check": self.check,
            "markers": list(self.markers),
            "host": self.host,
            "outcome": self.outcome.value,
            "reason": self.reason,
            "expected": self.expected,
            "observed": self.observed,
            "remedy": self.remedy,
            "evidence": {
                "exchanges": list(self.evidence),
                "cause": self.cause,
                "likely_cause": self.likely_cause,
                "curl": self.curl,
                "promise": self.promise,
                "cost": {"requests": self.cost.requests, "tokens": self.cost.tokens},
            },
            "duration_s": round(self.duration_s, 6),
            "attempts": self.attempts,
        }

    @classmethod
    def from_dict(cls, data: Json) -> Result:
        """Read back what `as_dict` gave."""
        fields = dict(data)
        more = fields.pop("evidence")
        cost = more.get("cost") or {}
        fields["outcome"] = Outcome(fields["outcome"])
        return cls(
            **fields,
            evidence=more["exchanges"],
            cause=more["cause"],
            likely_cause=more["likely_cause"],
            curl=more["curl"],
            promise=more["promise"],
            cost=Cost(int(cost.get("requests", 0)), int(cost.get("tokens", 0))),
        )


@dataclass(frozen=True, slots=True)
class Gap:
    """A check that did not apply: a gap of coverage, and why."""

    id: str
    why: str

    def as_dict(self) -> Json:
        """JSON-ready."""
        return {"id": self.id, "why": self.why}


@dataclass(frozen=True, slots=True)
class Spent:
    """What a host was asked to spend; a budget of 0 is no budget."""

    requests: int = 0
    tokens: int = 0
    budget_tokens: int = 0

    def as_dict(self) -> Json:
        """JSON-ready."""
        return {"requests": self.requests, "tokens": self.tokens, "budget_tokens": self.budget_tokens}


@dataclass(frozen=True, slots=True)
class RunReport:
    """A whole run.

    Attributes:
        gaps: checks that did not apply.
        spent: requests and tokens by host.
        notes: what else a reader should know, each one line.
        strict: DEGRADED counts as FAIL.
        incomplete: why not everything that was selected was judged; empty where it was.
        triage: the likely causes behind what is not green; None where nobody looked for them.
    """

    run: RunInfo
    hosts: Sequence[HostInfo]
    results: Sequence[Result]
    gaps: Sequence[Gap] = ()
    spent: Mapping[str, Spent] = field(default_factory=dict)
    notes: Sequence[str] = ()
    strict: bool = False
    incomplete: str = ""
    triage: Triage | None = None

    @property
    def decision(self) -> Decision:
        """What the run comes to."""
        return decide(self.results, strict=self.strict, complete=not self.incomplete)

    def as_dict(self) -> Json:
        """JSON-ready, as `report.schema.json` describes it."""
        return {
            "schema": SCHEMA,
            "run": self.run.as_dict(),
            "hosts": [host.as_dict() for host in self.hosts],
            "results": [result.as_dict() for result in self.results],
            "not_applicable": [gap.as_dict() for gap in self.gaps],
            "summary": {
                "counts": {outcome.value: number for outcome, number in counts(self.results).items()},
                "decision": self.decision.value,
            },
            "spent": {host: spent.as_dict() for host, spent in self.spent.items()},
            "notes": list(self.notes),
            "strict": self.strict,
            "incomplete": self.incomplete,
            **({"triage": self.triage.as_dict()} if self.triage is not None else {}),
        }

    @classmethod
    def from_dict(cls, data: object) -> RunReport:
        """Read a report back.

        Raises:
            ValueError: it is no report, or one of a newer opscheck; the message is one line.
        """
        known = check_contract(data, SCHEMA)
        run = dict(known["run"])
        try:
            started, finished = (datetime.fromisoformat(run.pop(key)) for key in ("started", "finished"))
        except ValueError as error:
            raise ValueError(f"not a report of opscheck: {visible(error, 120)}") from None
        if started.tzinfo is None or finished.tzinfo is None:
            raise ValueError("not a report of opscheck: an instant of its run has no time zone")
        return cls(
            run=RunInfo(started=started, finished=finished, **run),
            hosts=[HostInfo(**host) for host in known["hosts"]],
            results=[Result.from_dict(result) for result in known["results"]],
            gaps=[Gap(**gap) for gap in known["not_applicable"]],
            spent={host: Spent(**spent) for host, spent in known.get("spent", {}).items()},
            notes=known.get("notes", []),
            strict=known.get("strict", False),
            incomplete=known.get("incomplete", ""),
            triage=Triage.from_dict(known["triage"]) if "triage" in known else None,
        )

    def masked(self, redactor: Redactor) -> RunReport:
        """The same report with every registered secret masked in every value."""
        if not redactor:
            return self
        text = redactor.text
        results = [_masked_result(result, redactor) for result in self.results]
        return replace(
            self,
            run=replace(self.run, id=text(self.run.id), argv=[text(word) for word in self.run.argv]),
            hosts=[
                replace(host, name=text(host.name), system=text(host.system), kind=text(host.kind))
                for host in self.hosts
            ],
            results=results,
            gaps=[Gap(text(gap.id), text(gap.why)) for gap in self.gaps],
            spent={text(host): spent for host, spent in self.spent.items()},
            notes=[text(note) for note in self.notes],
            triage=_masked_triage(self.triage, redactor),
        )


_TEXTS: Final = (
    "id",
    "check",
    "host",
    "reason",
    "expected",
    "observed",
    "remedy",
    "likely_cause",
    "cause",
    "promise",
    "curl",
)


def _masked_result(result: Result, redactor: Redactor) -> Result:
    changes: dict[str, Any] = {name: redactor.text(getattr(result, name)) for name in _TEXTS}
    changes["markers"] = [redactor.text(marker) for marker in result.markers]
    changes["waivers"] = redactor.tree([dict(waiver) for waiver in result.waivers])
    changes["evidence"] = cast("list[Json]", redactor.tree(list(result.evidence)))
    return replace(result, **changes)


def _masked_triage(triage: Triage | None, redactor: Redactor) -> Triage | None:
    return None if triage is None else Triage.from_dict(cast("Json", redactor.tree(triage.as_dict())))
