"""`opscheck init` on a host file that is there: one host more at its end, and not a byte of it changed."""

from __future__ import annotations

import os
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from opscheck.cli.init_file import put_host
from opscheck.errors import UserError
from opscheck.inventory import load_system
from service.running import EmbeddedService

MINE = """# hosts of the platform team
[options]
timeout = 7            # the office is far away

[hosts.prod]
  url = "https://ops.example.org"   # behind the edge
"""
PACK = load_system("reference")


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    """A reference service's address."""
    with EmbeddedService() as service:
        yield service.agent_url


def opscheck(folder: Path, *words: str, **environ: str) -> subprocess.CompletedProcess[str]:
    """Run a command in a folder."""
    plain = {name: value for name, value in os.environ.items() if not name.startswith(("OPSCHECK_", "PYTEST_"))}
    return subprocess.run(
        [sys.executable, "-m", "opscheck", *words],
        cwd=folder,
        env={**plain, **environ},
        capture_output=True,
        text=True,
        timeout=90,
        check=False,
    )


def names(file: Path) -> list[str]:
    """The hosts of a host file."""
    return list(tomllib.loads(file.read_text())["hosts"])


def test_a_host_is_added_and_can_be_run_at_once(tmp_path: Path, url: str) -> None:
    """Comments, blanks and order stay; the new host stands at the end; the mode stays."""
    file = tmp_path / "opscheck.toml"
    file.write_text(MINE)
    file.chmod(0o640)
    done = opscheck(tmp_path, "init", url, "--name", "staging")
    run = opscheck(tmp_path, "run", "-q", "-m", "readiness", "--host", "staging")

    assert (done.returncode, done.stderr) == (0, "")
    assert "opscheck.toml: host staging added as system reference" in done.stdout
    assert done.stdout.rstrip().endswith("next: opscheck run -m readiness --host staging")
    assert file.read_text().startswith(f"{MINE}\n[hosts.staging]\n")
    assert names(file) == ["prod", "staging"]
    assert file.stat().st_mode & 0o777 == 0o640
    assert sorted(path.name for path in tmp_path.iterdir()) == ["opscheck.toml"]
    assert "GO: " in run.stdout, run.stdout + run.stderr


@pytest.mark.parametrize(
    ("name", "text", "told"),
    [
        ("prod", MINE, "opscheck.toml: host prod is there already and stays as it is; --name calls this one otherwise"),
        ("embedded", MINE, "embedded is a built-in host"),
        ("a b", MINE, "cannot be a host's name"),
        ("staging", "[hosts.prod\n", "opscheck.toml: is not TOML"),
        ("staging", '[hosts.prod]\nurll = "https://a"\n', "opscheck.toml, line 2: hosts.prod.urll: unknown key; did"),
    ],
)
def test_what_cannot_be_added_is_one_line_before_anything_is_asked(
    tmp_path: Path, name: str, text: str, told: str
) -> None:
    """Nothing listens at the address: it would be told, had it been asked."""
    (tmp_path / "opscheck.toml").write_text(text)
    done = opscheck(tmp_path, "init", "http://127.0.0.1:9", "--name", name)

    assert (done.returncode, done.stdout) == (4, "")
    assert told in done.stderr
    assert done.stderr.count("\n") == 1
    assert (tmp_path / "opscheck.toml").read_text() == text


def test_nothing_there_changes_nothing(tmp_path: Path) -> None:
    """A refused connection leaves the file as it is."""
    (tmp_path / "opscheck.toml").write_text(MINE)
    done = opscheck(tmp_path, "init", "http://127.0.0.1:9", "--name", "staging")

    assert done.returncode == 4
    assert "connection refused" in done.stderr
    assert (tmp_path / "opscheck.toml").read_text() == MINE


def test_a_file_that_takes_no_table_says_what_to_write(tmp_path: Path) -> None:
    """Hosts as an inline table cannot be extended from outside: checked before it is written."""
    file = tmp_path / "opscheck.toml"
    file.write_text('hosts = { prod = { url = "https://a" } }\n')
    with pytest.raises(UserError) as caught:
        put_host(file, "staging", "https://b", PACK)

    assert 'by hand among its hosts: staging = { system = "reference", urls = { agent = "https://b" } }' in str(
        caught.value
    )
    assert "nothing was written" in str(caught.value)
    assert "\n" not in str(caught.value)
    assert file.read_text() == 'hosts = { prod = { url = "https://a" } }\n'
    assert [path.name for path in tmp_path.iterdir()] == ["opscheck.toml"]


def test_a_host_that_would_not_load_is_not_written(tmp_path: Path) -> None:
    """A pack of the user's own beside the host file has the name and not the component."""
    (tmp_path / "systems").mkdir()
    (tmp_path / "systems" / "reference.toml").write_text(
        'title = "Mine"\nprimary = "api"\ncomponents = { api = { title = "the API" } }\n'
        'endpoints = { readiness = { component = "api", path = "/up" } }\n'
    )
    with pytest.raises(UserError) as caught:
        put_host(tmp_path / "opscheck.toml", "staging", "https://b", PACK)

    assert "opscheck.toml: host staging would not load; nothing was written (hosts.staging.urls.agent: unknown" in str(
        caught.value
    )
    assert [path.name for path in tmp_path.iterdir()] == ["systems"]


def test_a_folder_that_is_not_there_is_told(tmp_path: Path) -> None:
    """No folder is made for a slip of the hand."""
    with pytest.raises(UserError, match=r"gone/opscheck\.toml: cannot be written: No such file or directory"):
        put_host(tmp_path / "gone" / "opscheck.toml", "staging", "https://b", PACK)


@pytest.mark.parametrize(
    ("before", "gap"),
    [
        (b"", b""),
        (b"# mine", b"\n\n"),
        (b"# mine\n", b"\n"),
        (b'hosts.prod.url = "https://a"\n', b"\n"),
        (b'[hosts."a.b"]\r\nurl = "https://a"\r\n', b"\r\n"),
        ("# \u00e4\n[hosts.prod]\nurl = 'https://a'".encode(), b"\n\n"),
    ],
)
def test_what_was_there_stays_byte_for_byte(tmp_path: Path, before: bytes, gap: bytes) -> None:
    """With and without a last line end, in the line ends of the file."""
    file = tmp_path / "opscheck.toml"
    file.write_bytes(before)
    put_host(file, "staging.eu", "https://b", PACK)
    after = file.read_bytes()

    assert after.startswith(before + gap + b'[hosts."staging.eu"]')
    assert (b"\r\n" in after) is (b"\r\n" in before)
    assert after.count(b"\n") == after.count(b"\r\n") or b"\r" not in after
    assert "staging.eu" in names(file)


def test_a_link_stays_a_link(tmp_path: Path) -> None:
    """A host file that is kept elsewhere is changed there."""
    kept = tmp_path / "kept"
    kept.mkdir()
    (kept / "hosts.toml").write_text(MINE)
    (tmp_path / "opscheck.toml").symlink_to(kept / "hosts.toml")
    put_host(tmp_path / "opscheck.toml", "staging", "https://b", PACK)

    assert (tmp_path / "opscheck.toml").is_symlink()
    assert names(kept / "hosts.toml") == ["prod", "staging"]


def test_two_at_the_same_time_are_both_there(tmp_path: Path) -> None:
    """Neither takes the other's host away."""
    (tmp_path / "opscheck.toml").write_text(MINE)
    code = (
        "import sys; from pathlib import Path; from opscheck.cli.init_file import put_host\n"
        "from opscheck.inventory import load_system\n"
        "put_host(Path('opscheck.toml'), sys.argv[1], 'https://b', load_system('reference'))"
    )
    wanted = [f"host-{number}" for number in range(4)]
    running = [subprocess.Popen([sys.executable, "-c", code, name], cwd=tmp_path) for name in wanted]

    assert [one.wait(60) for one in running] == [0] * 4
    assert sorted(names(tmp_path / "opscheck.toml")) == [*wanted, "prod"]


def test_the_next_command_names_a_file_that_is_not_found_by_itself(tmp_path: Path, url: str) -> None:
    """Another name, or one that the environment does not name; typed as it stands there it works."""
    done = opscheck(tmp_path, "init", url, "--file", "my hosts.toml")
    hidden = opscheck(tmp_path, "init", url, OPSCHECK_INVENTORY="my hosts.toml")
    run = opscheck(tmp_path, "run", "-q", "-m", "readiness", "--host", "prod", "--ops-inventory=my hosts.toml")

    assert "next: opscheck run -m readiness --host prod --ops-inventory='my hosts.toml'" in done.stdout
    assert "--host prod --ops-inventory=opscheck.toml" in hidden.stdout
    assert "GO: " in run.stdout, run.stdout + run.stderr


def test_a_new_file_below_another_one_says_that_it_hides_it(tmp_path: Path, url: str) -> None:
    """From a folder below, the nearest host file counts."""
    (tmp_path / "opscheck.toml").write_text(MINE)
    below = tmp_path / "below"
    below.mkdir()
    done = opscheck(below, "init", url)

    assert f"note: {tmp_path / 'opscheck.toml'} is hidden by it; --file " in done.stdout
    assert (tmp_path / "opscheck.toml").read_text() == MINE
