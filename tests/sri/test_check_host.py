"""`opscheck sri check --host`: a real nginx serves what was generated, or a copy of an older build."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from tests.parts.fixtures import NginxFactory
from tests.sri.conftest import Command

_TYPES = "types { text/html html; text/css css; text/javascript js; application/json json; }"
_HEADER = "add_header Cache-Control no-transform;"
_LOCATION = f"location ~ ^/ {{{{ root {{root}}; index index.html; {{types}} gzip_static on; {_HEADER} }}}}"


@pytest.fixture
def site(sri: Command, dist: Path, nginx_factory: NginxFactory) -> str:
    """The URL of the deployed folder."""
    done = sri("generate", "--root", dist, "--html", dist / "index.html", "--manifest", dist / "sri-manifest.json")
    assert done.returncode == 0, done.stderr
    for path in [*dist.parents][:4]:
        path.chmod(path.stat().st_mode | 0o055)
    for name in ("app.js", "app.css"):
        _compress(dist / "assets" / name)
    return nginx_factory("http://127.0.0.1:9", locations=_LOCATION.format(root=dist, types=_TYPES)).plain_url


def _compress(path: Path) -> None:
    Path(f"{path}.gz").write_bytes(gzip.compress(path.read_bytes()))


def _check(sri: Command, dist: Path, site: str) -> tuple[int, list[str]]:
    done = sri("check", "--manifest", dist / "sri-manifest.json", "--root", dist, "--host", site)
    assert done.stderr == ""
    return done.returncode, done.stdout.splitlines()


def test_a_good_deployment_is_green(sri: Command, dist: Path, site: str) -> None:
    """Files, answers in every encoding, elements and attributes, one line each."""
    code, lines = _check(sri, dist, site)

    assert code == 0
    assert "OK  served assets/app.js (identity gzip br)" in lines
    assert "OK  page <script> in line 3 'assets/app.js' protected" in lines
    assert lines[-1] == f"2 files: 2 OK, 0 ERR; 8 answers of {site}: 8 OK, 0 ERR"


def test_a_stale_compressed_copy_is_found(sri: Command, dist: Path, site: str) -> None:
    """The file is right, the plain answer is right, and browsers refuse what they get."""
    Path(f"{dist}/assets/app.js.gz").write_bytes(gzip.compress(b"document.title = 'old'"))
    code, lines = _check(sri, dist, site)

    assert code == 1
    assert "OK  assets/app.js" in lines
    assert any(line.startswith("ERR served 'assets/app.js' as gzip, not as identity and br") for line in lines)
    assert any(line.startswith("ERR page <script> in line 3 'assets/app.js' mismatch") for line in lines)
    assert any(line.startswith("ERR sri-encodings:") for line in lines)


def test_a_page_of_another_build_is_found(sri: Command, dist: Path, site: str) -> None:
    """Files and manifest agree; the page carries something else."""
    page = dist / "index.html"
    page.write_text(page.read_text().replace("sha384-", "sha384-AAAA"))
    code, lines = _check(sri, dist, site)

    assert code == 1
    assert lines[:2] == ["OK  assets/app.css", "OK  assets/app.js"]
    assert any(line.startswith("ERR sri-page-manifest: 2 of 2 elements do not carry") for line in lines)


def test_a_file_that_is_not_deployed_is_found(sri: Command, dist: Path, site: str, tmp_path: Path) -> None:
    """Also where the local copy is as it should be."""
    local = tmp_path / "local"
    dist.rename(local)
    local.joinpath("assets").rename(tmp_path / "kept")
    dist.mkdir()
    (dist / "index.html").write_text((local / "index.html").read_text())
    (tmp_path / "kept").rename(local / "assets")
    done = sri("check", "--manifest", local / "sri-manifest.json", "--root", local, "--host", site)

    assert done.returncode == 1
    assert "ERR served 'assets/app.js': expected" in done.stdout
    assert "answered 404" in done.stdout
