"""A real nginx in front of a test's upstream, over TLS with HTTP/2 and over plain HTTP."""

from pathlib import Path

from tests.parts.ca import Certificate
from tests.parts.nginx_config import ProxySettings, render
from tests.parts.nginx_process import NginxProcess, around
from tests.parts.process import accepts, free_port


class Nginx(NginxProcess):
    """A reverse proxy to `upstream` (a base URL without a path), all of whose files lie in `folder`.

    With a `certificate` it serves TLS with HTTP/2 beside plain HTTP; `redirect_to_tls` makes plain HTTP
    answer 301. Streams pass at once unless `buffered`. `locations` is configuration text put before the rest.
    """

    def __init__(
        self,
        folder: Path,
        upstream: str,
        *,
        certificate: Certificate | None = None,
        buffered: bool = False,
        redirect_to_tls: bool = False,
        locations: str = "",
    ) -> None:
        if redirect_to_tls and certificate is None:
            raise ValueError("redirect_to_tls needs a certificate")
        super().__init__(folder)
        self.settings = ProxySettings(
            upstream=upstream.rstrip("/"),
            port=free_port(),
            tls_port=free_port(),
            certificate=certificate,
            buffered=buffered,
            redirect_to_tls=redirect_to_tls,
            locations=locations,
        )

    @property
    def plain_url(self) -> str:
        """Base URL over plain HTTP."""
        return f"http://127.0.0.1:{self.settings.port}"

    @property
    def url(self) -> str:
        """Base URL to use: TLS when there is a certificate, else plain HTTP."""
        if self.settings.certificate is None:
            return self.plain_url
        return f"https://127.0.0.1:{self.settings.tls_port}"

    def config(self) -> str:
        """The text of nginx.conf."""
        folder = self._folder.absolute()
        return around(render(self.settings, folder), folder)

    def listens(self) -> bool:
        """Whether every listener accepts connections."""
        tls = self.settings.certificate is None or accepts(self.settings.tls_port)
        return tls and accepts(self.settings.port)
