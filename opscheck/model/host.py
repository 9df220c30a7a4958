"""Host, Component and Endpoint: where things are, as read from the inventory and the system pack."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlencode, urlsplit

from opscheck.errors import SuiteError, did_you_mean
from opscheck.model.request import Request
from opscheck.model.words import HostKind
from opscheck.redact import Secret

# Packs leave endpoints out on purpose, and those of others have names that are alike: edge_liveness, liveness.
_MISSPELT: Final = 0.84


@dataclass(frozen=True, slots=True)
class Component:
    """A part of a host with an address of its own."""

    name: str
    url: str

    @property
    def origin(self) -> str:
        """Scheme, host and port; of a socket its path."""
        parts = urlsplit(self.url)
        return f"{parts.scheme}://{parts.netloc.rpartition('@')[2] or parts.path}"


@dataclass(frozen=True, slots=True)
class Endpoint:
    """A path that a system promises, at one of its components.

    Attributes:
        auth: names the secret that it wants.
        optional: a system is still of its kind where nothing answers there.
    """

    name: str
    component: str
    path: str
    method: str = "GET"
    auth: str = ""
    optional: bool = False


@dataclass(frozen=True, slots=True)
class Limits:
    """What a run may do to one host."""

    concurrency: int = 32
    requests_per_second: float = 0.0  # 0: not limited
    tokens: int = 0  # 0: not limited


@dataclass(frozen=True, slots=True)
class Host:
    """A named environment.

    Attributes:
        components: by name; a component that the host does not list cannot be asked.
        endpoints: what the system pack promises, by name.
        slo: budgets by name, in the unit that the name ends with.
        settings: further data of the system pack, by section, for what a suite expects.
        ca: a PEM file of further trusted certificate authorities.
        http2: offer HTTP/2, and speak it where the host does.
        unset: secrets that the host file names and that this environment does not have.
    """

    name: str
    kind: HostKind
    system: str
    components: Mapping[str, Component]
    endpoints: Mapping[str, Endpoint]
    secrets: Mapping[str, Secret] = field(default_factory=dict)
    slo: Mapping[str, float] = field(default_factory=dict)
    settings: Mapping[str, Any] = field(default_factory=dict)
    limits: Limits = Limits()
    sensitive: bool = False
    ca: Path | None = None
    http2: bool = False
    unset: tuple[str, ...] = ()

    def has(self, need: str) -> bool:
        """The system promises this endpoint and the host lists its component.

        `tool.url` is a setting that is made; `https:page` is an endpoint that is asked over TLS.
        """
        return not self.why_not(need)

    def why_not(self, need: str) -> str:
        """Why `has` is false, in words for the report; empty where it is true."""
        scheme, colon, name = need.partition(":")
        if colon:
            by_it = not self.has(name) or self.url(name).startswith(f"{scheme}:")
            return self.why_not(name) or ("" if by_it else f"host {self.name} reaches {name} without {scheme}")
        section, dot, key = need.partition(".")
        if dot:
            return "" if self.settings.get(section, {}).get(key) else f"host {self.name} does not set expect.{need}"
        endpoint = need
        known = self.endpoints.get(endpoint)
        if known is None:
            hint = did_you_mean(endpoint, self.endpoints, alike=_MISSPELT)
            return f"system {self.system} promises no endpoint {endpoint}{hint}"
        if known.component not in self.components:
            return f"host {self.name} lists no url for component {known.component}"
        return ""

    def url(self, endpoint: str, **query: str) -> str:
        """The address of an endpoint.

        Raises:
            SuiteError: the system has no such endpoint or the host no such component.
        """
        if not self.has(endpoint):
            raise SuiteError(self.why_not(endpoint))
        known = self.endpoints[endpoint]
        base = self.components[known.component].url.rstrip("/")
        return base + known.path + (f"?{urlencode(query)}" if query else "")

    def request(self, endpoint: str, **query: str) -> Request:
        """A request to an endpoint by its promised method, with its credentials as a Secret."""
        known = self.endpoints.get(endpoint)
        url = self.url(endpoint, **query)
        if known is None or not known.auth or known.auth not in self.secrets:
            return Request(known.method if known else "GET", url)
        return Request(known.method, url, (("authorization", _bearer(self.secrets[known.auth])),))

    get = request

    def post(self, endpoint: str, payload: object) -> Request:
        """A request with a JSON body."""
        return self.request(endpoint).with_json(payload)

    def expecting(self, section: str, **values: object) -> Host:
        """The same host with these expectations in place of its own."""
        return replace(self, settings={**self.settings, section: {**self.settings.get(section, {}), **values}})

    def notes(self) -> list[str]:
        """What a reader of any verdict on this host should know."""
        return [f"secret {name} of host {self.name} is not set: asked without it" for name in self.unset]

    def sent_secrets(self) -> list[Secret]:
        """Every secret in the forms in which requests carry it."""
        return [form for secret in self.secrets.values() for form in (secret, _bearer(secret))]

    def budget(self, name: str, default: float) -> float:
        """A budget of the host or of its system."""
        return float(self.slo.get(name, default))


def _bearer(secret: Secret) -> Secret:
    return Secret(secret.name, f"Bearer {secret.reveal()}")
