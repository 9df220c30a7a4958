"""What was asked of one URL in the name of several origins, and the policy that the answers are held against."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from opscheck.model.evidence import Evidence
from opscheck.model.exchange import HttpExchange
from opscheck.model.origin import why_no_origin
from opscheck.model.request import Phases
from opscheck.model.unmeasured import Unmeasured

ANY: Final = "*"
_MOST_ROWS: Final = 60
_ACAO: Final = "access-control-allow-origin"


@dataclass(frozen=True, slots=True)
class CorsPolicy:
    """Who may read answers, as the inventory says in `expect.cors`; without `allowed` nothing is known of it.

    Attributes:
        allowed: origins that may read; `*` stands for all of them.
        refused: origins that may not, beside all the others that are not allowed.
        credentials: allowed origins may send cookies, too.
        methods, headers: what pages of allowed origins send.
        exposed: headers of answers that they read.
        max_age: seconds that a permission may be remembered at most.
        tolerated: families of look-alikes that are let in on purpose, such as `subdomain`.
    """

    allowed: tuple[str, ...] = ()
    refused: tuple[str, ...] = ()
    credentials: bool = False
    methods: tuple[str, ...] = ()
    headers: tuple[str, ...] = ()
    exposed: tuple[str, ...] = ()
    max_age: int = 86_400
    tolerated: tuple[str, ...] = ()

    @classmethod
    def of(cls, settings: Mapping[str, Any]) -> CorsPolicy:
        """The policy of a host's settings."""
        lists = ("allowed", "refused", "methods", "headers", "exposed", "tolerated")
        told: dict[str, Any] = {name: tuple(map(str, settings.get(name, ()))) for name in lists}
        return cls(
            **told, credentials=settings.get("credentials", False), max_age=settings.get("max_age", cls().max_age)
        )

    @property
    def is_given(self) -> bool:
        """Some origins are let in and others are not."""
        return bool(self.allowed) and not self.is_public

    @property
    def is_public(self) -> bool:
        """Every origin may read."""
        return ANY in self.allowed

    def mistakes(self) -> tuple[str, ...]:
        """Entries that no browser sends as its origin, each with what is wrong with it."""
        entries = (("allowed", one) for one in self.allowed if one != ANY)
        named = (*entries, *(("refused", one) for one in self.refused))
        return tuple(f"expect.cors.{key}: {one!r}: {why}" for key, one in named if (why := why_no_origin(one)))


@dataclass(frozen=True, slots=True)
class Visitor:
    """Whom a request comes from.

    Attributes:
        role: `allowed`, `refused`, `foreign`, `null`, `none` (no origin at all) or a family of look-alikes.
        origin: what is sent; empty for `none`.
        like: the allowed origin that it looks like.
    """

    role: str
    origin: str
    like: str = ""

    def __str__(self) -> str:
        return self.origin or "no origin"


@dataclass(frozen=True, slots=True)
class Crossing:
    """One request and its answer.

    Attributes:
        cookie: it carried one, as requests with credentials do.
        method, headers: what a preflight asked leave for; empty for any other request.
    """

    visitor: Visitor
    answer: HttpExchange | Unmeasured
    cookie: bool = False
    method: str = ""
    headers: tuple[str, ...] = ()

    def row(self) -> list[str]:
        """Who, how and what came of it, for evidence."""
        how = f"preflight {self.method}" if self.method else "with a cookie" if self.cookie else "plain"
        if isinstance(self.answer, Unmeasured):
            return [self.visitor.role, str(self.visitor), how, self.answer.kind.value, "", ""]
        names = (_ACAO, "access-control-allow-credentials", "vary")
        told = (", ".join(self.answer.header_values(name))[:120] for name in names)
        return [self.visitor.role, str(self.visitor), how, str(self.answer.status), *told]


@dataclass(frozen=True, slots=True)
class Crossings:
    """The same thing asked in the name of several origins.

    Attributes:
        kind: the answer that was wanted: `ok`, `unauthorized`, `missing`, `invalid`, `failing`, or `preflight`.
        left_out: how many more there would have been, beyond what a run may ask of one URL.
        host: its name; whatever hides the answers from one check hides them from all, and is told once.
    """

    kind: str
    policy: CorsPolicy
    taken: tuple[Crossing, ...]
    left_out: int = 0
    host: str = ""

    def __iter__(self) -> Iterator[Crossing]:
        return iter(self.taken)

    @property
    def at(self) -> datetime:
        """When the first of them was taken (UTC)."""
        return min((one.answer.at for one in self.taken), default=datetime.fromtimestamp(0, UTC))

    @property
    def phases(self) -> Phases:
        """Those of the slowest."""
        return max((one.answer.phases for one in self.taken), key=lambda one: one.total or 0.0, default=Phases())

    @property
    def attempts(self) -> int:
        """The most that any of them needed."""
        return max((one.answer.attempts for one in self.taken), default=1)

    def evidence(self) -> Evidence:
        """All of them as a table; whoever finds fault with one shows that one's exchange beside it."""
        first = self.taken[0].answer.evidence() if self.taken else None
        origins = len({one.visitor.origin for one in self.taken})
        more = f", {self.left_out} left out" if self.left_out else ""
        summary = f"{self.kind}: {len(self.taken)} requests in the name of {origins} origins{more}"
        rows = [one.row() for one in self.taken[:_MOST_ROWS]]
        where = first.where if first else ""
        return Evidence("cors", where, self.at, summary, self.phases, self.attempts, {"asked": rows})
