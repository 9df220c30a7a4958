"""What a store said when it was asked step by step: greeted, logged in to, worked with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from opscheck.model.evidence import Evidence, Json
from opscheck.model.request import Phases
from opscheck.redact import Secret


@dataclass(frozen=True, slots=True)
class StoreAccess:
    """How to get into a store.

    Attributes:
        url: scheme, host, port and, where the store has such a thing, the database; never a user or a password.
        user: the login's name; empty for none.
        auth_source: the database that knows the login, where that is another one.
        tls: it is spoken to over TLS, and its certificate is checked; the scheme `rediss` says so, too.
    """

    url: str
    user: str = ""
    password: Secret | None = None
    auth_source: str = ""
    tls: bool = False


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that was asked of a store.

    Attributes:
        name: `hello`, `login`, `read`, `write` or whatever else the probe of that store documents.
        ok: the store did it.
        code: the store's own code for why not.
        detail: one line of its own words for why not.
        facts: what it answered, JSON-ready.
    """

    name: str
    ok: bool
    seconds: float
    facts: Mapping[str, Any] = field(default_factory=dict)
    code: str = ""
    detail: str = ""


@dataclass(frozen=True, slots=True)
class StoreSession:
    """A conversation with a store, step by step; the steps behind a failed one that they need are not there.

    Attributes:
        kind: `mongo`, `redis` or `postgres`.
        where: scheme, host, port and database.
    """

    kind: str
    where: str
    steps: tuple[Step, ...]
    at: datetime
    phases: Phases = Phases()
    attempts: int = 1

    def step(self, name: str) -> Step | None:
        """A step by name; None where it was not reached."""
        return next((one for one in self.steps if one.name == name), None)

    def facts(self, name: str) -> Mapping[str, Any]:
        """What a step answered; nothing where it failed or was not reached."""
        found = self.step(name)
        return found.facts if found is not None and found.ok else {}

    def evidence(self) -> Evidence:
        """Every step with its answer, without the login."""
        failed = next((one for one in self.steps if not one.ok), None)
        told = f"{failed.name}: {failed.code} {failed.detail}".strip() if failed else f"{len(self.steps)} steps good"
        details: Json = {
            "steps": [
                {"name": one.name, "ok": one.ok, "ms": round(one.seconds * 1000, 1), "code": one.code}
                | ({"detail": one.detail} if one.detail else {"facts": dict(one.facts)})
                for one in self.steps
            ]
        }
        return Evidence(self.kind, self.where, self.at, told, self.phases, self.attempts, details)
