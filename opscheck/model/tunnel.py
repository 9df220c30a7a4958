"""What is seen of a tunnel: its log, the way through it beside the way past it, and its token as Compose renders it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from opscheck.model.evidence import Evidence, Json
from opscheck.model.exchange import HttpExchange
from opscheck.model.request import Phases, mask_url
from opscheck.model.unmeasured import Unmeasured

_SHOWN = 12  # lines of a log that evidence keeps
_LONGEST = 300


@dataclass(frozen=True, slots=True)
class TunnelLog:
    """The end of a tunnel's log, oldest line first, with what looks like a token masked.

    Attributes:
        source: the container or the file.
        whole: it reaches back to the beginning.
        running: the container that wrote it runs; None where it is a file.
    """

    where: str
    source: str
    lines: tuple[str, ...]
    at: datetime
    whole: bool = True
    running: bool | None = None
    phases: Phases = Phases()
    attempts: int = 1

    def evidence(self) -> Evidence:
        """The last lines."""
        details: Json = {"lines": len(self.lines), "last": [line[:_LONGEST] for line in self.lines[-_SHOWN:]]}
        summary = f"{len(self.lines)} lines of {self.source}"
        return Evidence("tunnel-log", self.where, self.at, summary, self.phases, self.attempts, details)


@dataclass(frozen=True, slots=True)
class TunnelPath:
    """The same asked through the tunnel, by its public address, and of the origin itself."""

    public: HttpExchange
    origin: HttpExchange | Unmeasured
    attempts: int = 1

    @property
    def at(self) -> datetime:
        """When the public address was asked."""
        return self.public.at

    @property
    def phases(self) -> Phases:
        """Those of the public address."""
        return self.public.phases

    def evidence(self) -> Evidence:
        """Both answers."""
        local = (
            str(self.origin.status) if isinstance(self.origin, HttpExchange) else f"unmeasured ({self.origin.detail})"
        )
        details: Json = {
            "public": dict(self.public.evidence().as_dict()),
            "origin": dict(self.origin.evidence().as_dict()),
        }
        where = mask_url(self.public.request.url)
        summary = f"public {self.public.status}, origin {local}"
        return Evidence("tunnel-path", where, self.at, summary, self.phases, self.attempts, details)


@dataclass(frozen=True, slots=True)
class ComposeToken:
    """What Compose makes of a tunnel's token; the token itself is nowhere in it.

    Attributes:
        files: the Compose files that were rendered.
        services: the services that came of it, by name.
        service: the one that was asked for.
        place: where the token stands: `environment`, `command`, `file` (a file or a secret holds it, or credentials
            do) or empty for nowhere.
        length: characters of it; 0 where it is empty or in a file.
        shaped: it can be read as a tunnel's token.
        unset: names of variables that Compose found unset and took as empty.
    """

    files: tuple[str, ...]
    services: tuple[str, ...]
    service: str
    place: str
    length: int
    shaped: bool
    at: datetime
    unset: tuple[str, ...] = ()
    phases: Phases = Phases()
    attempts: int = 1

    def evidence(self) -> Evidence:
        """Place and length."""
        details: Json = {
            "files": list(self.files),
            "services": list(self.services),
            "service": self.service,
            "place": self.place,
            "length": self.length,
            "shaped": self.shaped,
            "unset": list(self.unset),
        }
        summary = f"token of {self.service}: {self.place or 'nowhere'}, {self.length} characters"
        return Evidence("compose-token", ", ".join(self.files), self.at, summary, self.phases, self.attempts, details)
