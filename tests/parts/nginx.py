"""A real nginx in front of a test's upstream, over TLS with HTTP/2 and over plain HTTP."""

import os
from pathlib import Path
from types import TracebackType
from typing import Self

from tests.parts.ca import Certificate
from tests.parts.find import require_tool
from tests.parts.nginx_config import ProxySettings, render
from tests.parts.process import RunningProcess, accepts, free_port


class Nginx:
    """A reverse proxy to `upstream` (a base URL without a path), all of whose files lie in `folder`.

    With a `certificate` it serves TLS with HTTP/2 beside plain HTTP; `redirect_to_tls` makes plain HTTP
    answer 301. Streams pass at once unless `buffered`. `locations` is configuration text put before the rest.
    The constructor skips the test where nginx is absent. Use it as a context manager, or `start` and `stop`.
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
        self.settings = ProxySettings(
            upstream=upstream.rstrip("/"),
            port=free_port(),
            tls_port=free_port(),
            certificate=certificate,
            buffered=buffered,
            redirect_to_tls=redirect_to_tls,
            locations=locations,
        )
        self.access_log = folder / "access.log"
        self.error_log = folder / "error.log"
        self._folder = folder
        self._process = RunningProcess(
            [require_tool("nginx"), "-p", folder, "-c", folder / "nginx.conf", "-e", self.error_log],
            log=folder / "output.log",
            ready=self._listens,
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

    @property
    def process(self) -> RunningProcess:
        """The master process, to be signalled by tests of outages."""
        return self._process

    def start(self) -> Self:
        """Write the configuration and start; return once it accepts connections."""
        self._folder.mkdir(parents=True, exist_ok=True)
        config = render(self.settings, self._folder.absolute(), as_root=os.geteuid() == 0)
        (self._folder / "nginx.conf").write_text(config)
        self._process.start()
        return self

    def stop(self) -> None:
        """Stop it with its workers; the logs stay."""
        self._process.stop()

    def _listens(self) -> bool:
        tls = self.settings.certificate is None or accepts(self.settings.tls_port)
        return tls and accepts(self.settings.port)

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()
