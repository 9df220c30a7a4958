"""The commands, each in a process of its own, as a user starts them."""

from __future__ import annotations

import os
import pty
import re
import socket
import subprocess
import sys
import time
import tomllib
from collections.abc import Callable
from pathlib import Path

import pytest

from opscheck.bundled import folder
from service.running import EmbeddedService
from tests.parts.ca import CertificateAuthority
from tests.parts.fixtures import NginxFactory
from tests.parts.process import answers, free_port
from tests.standins.web import StandInWeb

Command = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture
def opscheck(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Command:
    """Run `opscheck` in an empty folder."""
    for name in [name for name in os.environ if name.startswith("OPSCHECK_")]:
        monkeypatch.delenv(name)

    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "opscheck", *arguments],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            timeout=90,
            check=False,
        )

    return run


def test_init_writes_a_host_file_that_works_at_once(opscheck: Command, tmp_path: Path) -> None:
    """Look, propose, write; the very next command gives verdicts."""
    with EmbeddedService() as service:
        done = opscheck("init", service.agent_url, "--name", "staging")
        run = opscheck("run", "-q", "-m", "readiness", "--host", "staging")

    told = tomllib.loads((tmp_path / "opscheck.toml").read_text())
    assert told["hosts"]["staging"]["system"] == "reference"
    assert told["hosts"]["staging"]["urls"] == {"agent": service.agent_url}
    assert "/ready" in done.stdout
    assert (done.returncode, run.returncode) == (0, 0), run.stdout + run.stderr


def test_init_takes_what_answers_to_a_browser_as_a_site(opscheck: Command, tmp_path: Path) -> None:
    """No known system, but a page: what browsers see of it can be checked at once."""
    with StandInWeb(unknown=404) as site:
        site.answers["/"] = (200, b"<!doctype html><title>Shop</title>")
        done = opscheck("init", site.url)
        run = opscheck("run", "-q", "-m", "cors or sri or edge", "--host", "prod")

    assert tomllib.loads((tmp_path / "opscheck.toml").read_text())["hosts"]["prod"]["system"] == "web"
    assert 'next: opscheck run -m "cors or sri or edge" --host prod' in done.stdout
    assert "checks passed on prod" in run.stdout, run.stdout + run.stderr


def test_init_says_where_plain_http_leads_to(
    opscheck: Command, tmp_path: Path, nginx_factory: NginxFactory, test_ca: CertificateAuthority
) -> None:
    """A redirect to TLS is no site of its own; a certificate of a private authority is told as what it is."""
    edge = nginx_factory("http://127.0.0.1:9", certificate=test_ca.good, redirect_to_tls=True)

    plain, secure = opscheck("init", edge.plain_url), opscheck("init", edge.url)

    assert (plain.returncode, secure.returncode) == (4, 4)
    assert f"leads to {edge.url}: use that" in plain.stderr
    assert "certificate" in secure.stderr
    assert "SSL_CERT_FILE" in secure.stderr
    assert not (tmp_path / "opscheck.toml").exists()


def test_init_with_no_page_either_writes_nothing(opscheck: Command, tmp_path: Path) -> None:
    """Something that answers 404 to everything is no system."""
    with StandInWeb(unknown=404) as other:
        done = opscheck("init", other.url)

    assert done.returncode == 4
    assert "is http://127.0.0.1" in done.stderr
    assert not (tmp_path / "opscheck.toml").exists()


@pytest.mark.parametrize(
    ("url", "told"),
    [
        ("http://127.0.0.1:9", "connection refused"),
        ("127.0.0.1:9", "did you mean"),
        ("http://u:pw@127.0.0.1:9", "credentials do not belong in a URL"),
    ],
)
def test_init_with_nothing_there_writes_nothing(opscheck: Command, tmp_path: Path, url: str, told: str) -> None:
    """One line, exit code 4, no file."""
    done = opscheck("init", url)

    assert (done.returncode, list(tmp_path.iterdir())) == (4, [])
    assert told in done.stderr
    assert "pw" not in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1


def test_plan_asks_nothing(opscheck: Command) -> None:
    """What would be asked, of a host that is not even there."""
    with StandInWeb() as web:
        done = opscheck("plan", "-m", "smoke", "--host", web.url)

        assert web.connections == 0
    assert "POST /v1/chat/completions" in done.stdout
    assert done.returncode == 0


def test_doctor_tells_what_is_here_and_what_is_reached(opscheck: Command) -> None:
    """Versions, options with sources, extras, tools, hosts; exit code 1 where a host is not reached."""
    with StandInWeb() as web:
        good = opscheck("doctor", "--host", web.url)
        bad = opscheck("doctor", "--host", "http://127.0.0.1:9")

    assert (good.returncode, bad.returncode) == (0, 1)
    assert "--ops-timeout" in good.stdout
    assert "(default)" in good.stdout
    assert "reached" in good.stdout
    assert "refused: connection refused by 127.0.0.1:9" in bad.stdout


def test_commands_take_the_host_file_that_the_environment_names(
    opscheck: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not only the one of the folder that they are started in."""
    file = tmp_path / "elsewhere.toml"
    file.write_text('[hosts.faraway]\nsystem = "web"\nurls = { edge = "http://127.0.0.1:9" }\n')
    monkeypatch.setenv("OPSCHECK_INVENTORY", str(file))
    (tmp_path / "manifest.json").write_text('{"files": {}}')
    looked = opscheck("doctor")
    checked = opscheck("sri", "check", "--host", "farawey", "--manifest", str(tmp_path / "manifest.json"))

    assert f"host file: {file}" in looked.stdout
    assert "faraway" in looked.stdout
    assert 'did you mean "faraway"?' in checked.stderr


def test_serve_on_a_port_that_is_taken_names_it_and_the_option(opscheck: Command) -> None:
    """One line: which address, and what moves it."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        done = opscheck("serve", "--port", str(port), "--no-webfetch")

    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith(f"cannot start: 127.0.0.1:{port}: Address already in use: --port names another port")
    assert "--port 0 takes any free one" in done.stderr
    assert done.stderr.count("\n") == 1


def test_serve_is_told_by_the_name_that_was_typed(opscheck: Command) -> None:
    """Not by the module behind it."""
    assert opscheck("serve", "--help").stdout.startswith("usage: opscheck serve ")


def test_a_host_file_beside_the_shipped_suites_is_nobodys_choice(pytester: pytest.Pytester) -> None:
    """`opscheck run` makes the suites' folder the root of the run; a user's own root is another matter."""
    root = pytester.mkdir("root")
    (root / "opscheck.toml").write_text('[hosts.near]\nsystem = "web"\nurls = { edge = "http://127.0.0.1:9" }\n')
    (root / "test_none.py").write_text("def test_none(): pass\n")
    (root / "pytest.ini").write_text("[pytest]\n")
    shipped = folder("suites") / "pytest.ini"
    pytester.chdir()
    own = pytester.runpytest_subprocess(f"--rootdir={root}", "-c", str(root / "pytest.ini"), "--host=near", str(root))
    other = pytester.runpytest_subprocess(f"--rootdir={root}", "-c", str(shipped), "--host=near", str(root))

    own.assert_outcomes(passed=1)
    other.stderr.fnmatch_lines(["*unknown host*near*"])
    assert other.ret == pytest.ExitCode.USAGE_ERROR


def test_checks_lists_the_registry(opscheck: Command) -> None:
    """Every check in a line; one check in full; a near miss is named."""
    one = opscheck("checks", "liveness")
    miss = opscheck("checks", "livenes")

    assert "liveness-not-found" in one.stdout
    assert 'did you mean "liveness"?' in miss.stderr
    assert miss.returncode == 4


def test_serve_runs_the_service_until_told_to_stop(tmp_path: Path) -> None:
    """The reference service alone, on the port that was asked for."""
    port = free_port()
    command = ["serve", "--port", str(port), "--no-webfetch", "--state-dir", str(tmp_path)]
    with subprocess.Popen([sys.executable, "-m", "opscheck", *command], stderr=subprocess.DEVNULL) as process:
        end = time.monotonic() + 20
        while not answers(f"http://127.0.0.1:{port}/healthz") and time.monotonic() < end:
            time.sleep(0.05)
        listening = answers(f"http://127.0.0.1:{port}/healthz")
        process.terminate()

        assert (process.wait(10), listening) == (0, True)


@pytest.mark.parametrize(
    ("arguments", "code", "told"),
    [
        (("run", "--host", "pord"), 4, 'unknown host "pord"'),
        (("run", "-m", "smok"), 4, 'did you mean "smoke"?'),
        (("run", "--ops-report", "x.pdf"), 4, ".html"),
        (("run", "--ops-timeout", "soon", "--host", "http://127.0.0.1:9"), 4, "--ops-timeout (command line)"),
        (("run", "--host", "http://127.0.0.1:9", "--ops-system", "agentstack"), 4, 'did you mean "agent-stack"?'),
        (("rnu",), 2, "rnu"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else None,
)
def test_a_slip_of_the_hand_gets_one_clear_line(
    opscheck: Command, arguments: tuple[str, ...], code: int, told: str
) -> None:
    """Unknown host, marker, format, value, system, command: what is wrong and what is near."""
    done = opscheck(*arguments)

    assert done.returncode == code, done.stdout + done.stderr
    assert told in done.stdout + done.stderr
    assert "Traceback" not in done.stdout + done.stderr


def test_progress_is_shown_on_a_terminal_and_nowhere_else(tmp_path: Path) -> None:
    """A run that takes longer than two seconds says what it is waiting for, if somebody is looking."""
    with StandInWeb(delay=3.0) as web:
        command = [
            sys.executable,
            "-m",
            "opscheck",
            "run",
            "-q",
            "-m",
            "readiness",
            "--host",
            web.url,
            "--ops-timeout=5",
        ]
        pid, terminal = pty.fork()
        if pid == 0:
            os.chdir(tmp_path)
            os.execv(command[0], command)
        shown = b""
        with open(terminal, "rb", buffering=0, closefd=True) as screen:  # noqa: PTH123 - a descriptor, not a path
            try:
                while piece := screen.read(4096):
                    shown += piece
            except OSError:
                pass  # Linux ends a terminal whose other side is gone with an error
        os.waitpid(pid, 0)
        piped = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=60, check=False)

    assert re.search(rb"opscheck: \d+ of \d+ observations taken, \d+ s", shown)
    assert "observations taken," not in piped.stdout + piped.stderr
