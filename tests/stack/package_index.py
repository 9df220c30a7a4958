"""A package index on 127.0.0.1, and a Python environment whose pip asks it: nothing of the outside world is asked."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import BytesIO
from pathlib import Path
from threading import Event, Thread
from zipfile import ZipFile


@dataclass(frozen=True)
class Index:
    """Where the index is, and what to set so that pip asks it and nothing else."""

    url: str

    def env(self) -> dict[str, str]:
        """Give an environment for pip."""
        machine = {name: value for name, value in os.environ.items() if not name.startswith("PIP_")}
        return {**machine, "PIP_CONFIG_FILE": os.devnull, "PIP_INDEX_URL": f"{self.url}/simple", "PIP_RETRIES": "0"}


@contextmanager
def index(releases: Mapping[str, tuple[str, ...]], *, hang: Event | None = None) -> Iterator[Index]:
    """Serve an index with these packages and their releases; with `hang` every answer waits for the event."""
    files = {_file(name, version): _wheel(name, version) for name, all_ in releases.items() for version in all_}

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            if hang is not None:
                hang.wait(60)
            path = self.path.strip("/").split("/")
            if path[0] == "files" and path[-1] in files:
                self._answer(200, files[path[-1]], "application/zip")
            elif path[0] == "simple" and path[-1] in releases:
                self._answer(200, _page(path[-1], files).encode(), "text/html")
            else:
                self._answer(404, b"", "text/plain")

        def _answer(self, status: int, body: bytes, kind: str) -> None:
            try:
                self.send_response(status)
                self.send_header("content-type", kind)
                self.send_header("content-length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)
            except OSError:
                self.close_connection = True

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class's name
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield Index(f"http://127.0.0.1:{server.server_port}")
    finally:
        if hang is not None:
            hang.set()
        server.shutdown()
        thread.join()
        server.server_close()


def environment(folder: Path, where: Index, *requirements: str) -> Path:
    """Make an environment with pip and these packages; give its Python."""
    subprocess.run([sys.executable, "-m", "venv", folder], check=True)
    python = folder / "bin" / "python"
    if requirements:
        command = [str(python), "-m", "pip", "install", "-q", *requirements]
        subprocess.run(command, env=where.env(), check=True, capture_output=True)
    return python


def _file(name: str, version: str) -> str:
    return f"{name.replace('-', '_')}-{version}-py3-none-any.whl"


def _wheel(name: str, version: str) -> bytes:
    stem = f"{name.replace('-', '_')}-{version}"
    written = BytesIO()
    with ZipFile(written, "w") as archive:
        archive.writestr(f"{stem}.dist-info/METADATA", f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n")
        archive.writestr(f"{stem}.dist-info/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        archive.writestr(f"{stem}.dist-info/RECORD", "")
    return written.getvalue()


def _page(name: str, files: Mapping[str, bytes]) -> str:
    prefix = f"{name.replace('-', '_')}-"
    return "".join(
        f'<a href="/files/{file}#sha256={sha256(raw).hexdigest()}">{file}</a>\n'
        for file, raw in files.items()
        if file.startswith(prefix)
    )
