"""A real nginx with the shipped configuration of the edge, as it is or with one thing changed."""

import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

from tests.parts.ca import Certificate
from tests.parts.nginx_process import NginxProcess, around
from tests.parts.process import accepts, free_port

EDGE: Final = Path(__file__).resolve().parents[2] / "fixtures" / "edge"
TEMPLATES: Final = EDGE / "templates"
LOOPBACK: Final = "127.0.0.1"
_INCLUDE: Final = re.compile(r"^[ \t]*include \$\{EDGE_FOLDER\}/(\S+);\n", re.MULTILINE)
_VARIABLE: Final = re.compile(r"\$\{(EDGE_[A-Z_]+)\}")

Change = Callable[[str], str]


def as_shipped(text: str) -> str:
    """No change."""
    return text


def defaults() -> dict[str, str]:
    """The values of edge.env."""
    lines = (line.strip() for line in (EDGE / "edge.env").read_text().splitlines())
    pairs = (line.partition("=") for line in lines if line and not line.startswith("#"))
    return {name: value for name, _, value in pairs if name.startswith("EDGE_")}


def rendered(variables: Mapping[str, str]) -> str:
    """The templates as one text, each include in its place and each variable filled in; a KeyError names a missing one.

    With a file for each include, as the official image lays them out, nginx reads the same.
    """
    text = (TEMPLATES / "default.conf.template").read_text()
    while _INCLUDE.search(text):
        text = _INCLUDE.sub(lambda found: _file(_filled(found.group(1), variables)), text)
    return _filled(text, variables)


def _file(name: str) -> str:
    return (TEMPLATES / f"{name}.template").read_text()


def _filled(text: str, variables: Mapping[str, str]) -> str:
    return _VARIABLE.sub(lambda found: variables[found.group(1)], text)


class Edge(NginxProcess):
    """The edge in front of `upstream` (a base URL without a path), all of whose files lie in `folder`.

    With a `certificate` it serves TLS, and plain HTTP leads there; without, plain HTTP alone. `change` is a function of
    the whole text of its http{}, for an edge that is broken in one way. `variables` are those of fixtures/edge/edge.env
    that shall differ, for example `EDGE_RATE="1r/s"`.
    """

    def __init__(
        self,
        folder: Path,
        upstream: str,
        *,
        certificate: Certificate | None = None,
        change: Change = as_shipped,
        variables: Mapping[str, str] | None = None,
        http_port: int = 0,
        https_port: int = 0,
    ) -> None:
        super().__init__(folder)
        self.json_log = folder / "access.json"
        self.http_port = http_port or free_port()
        self.https_port = https_port or free_port()
        self._certificate = certificate
        self._change = change
        self.variables: Mapping[str, str] = {
            **defaults(),
            "EDGE_MODE": "plain" if certificate is None else "tls",
            "EDGE_HTTP_LISTEN": f"{LOOPBACK}:{self.http_port}",
            "EDGE_HTTPS_LISTEN": f"{LOOPBACK}:{self.https_port}",
            "EDGE_PUBLIC_PORT": str(self.https_port),
            "EDGE_CERTIFICATE": str(certificate.chain if certificate else ""),
            "EDGE_CERTIFICATE_KEY": str(certificate.key if certificate else ""),
            "EDGE_UPSTREAM": upstream.removeprefix("http://").rstrip("/"),
            "EDGE_RESOLVER": LOOPBACK,  # never asked: the upstream is an address
            "EDGE_LOG": str(self.access_log.absolute()),
            "EDGE_LOG_JSON": str(self.json_log.absolute()),
            **(variables or {}),
        }

    @property
    def plain_url(self) -> str:
        """Base URL over plain HTTP."""
        return f"http://{LOOPBACK}:{self.http_port}"

    @property
    def url(self) -> str:
        """Base URL to use: TLS when there is a certificate, else plain HTTP."""
        return self.plain_url if self._certificate is None else f"https://{LOOPBACK}:{self.https_port}"

    def config(self) -> str:
        """The text of nginx.conf."""
        return around(self._change(rendered(self.variables)), self._folder.absolute())

    def listens(self) -> bool:
        """Whether every listener accepts connections."""
        tls = self._certificate is None or accepts(self.https_port)
        return tls and accepts(self.http_port)
