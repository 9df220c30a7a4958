"""A registered secret reaches no sink of pytest, whatever a suite does with it; where it would, the run fails."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable
from urllib.parse import quote

import pytest

from tests.standins.web import StandInWeb

Suite = Callable[..., None]

SECRET = "s3cr/t+Pa$$ & <word>-0123456789abcdef"  # every kind of character that a sink escapes
HOST_FILE = """
[hosts.prod]
url = "{url}"
secrets = {{ api_key = {{ env = "PROD_KEY" }} }}
"""
LEAKY = """
import base64, logging, sys, urllib.parse, warnings
import pytest

@pytest.fixture
def creds(ops_host):
    return ops_host.secrets["api_key"].reveal()

def test_local_variable(creds, ops_host):
    token = creds
    assert token == "something else"

def test_message(creds, ops_host):
    raise RuntimeError("login failed with " + creds)

def test_long_repr(creds, ops_host):
    everything = {"filler": "x" * 300, "key": creds, "more": "y" * 300}
    assert everything == {}

def test_truncated(creds, ops_host):
    assert creds * 20 == ""

def test_encoded(creds, ops_host):
    print(base64.b64encode(creds.encode()).decode(), urllib.parse.quote(creds, safe=""))
    assert False

def test_output(creds, ops_host):
    print(creds)
    print(creds, file=sys.stderr)
    logging.getLogger("app").error("key is %s", creds)
    try:
        raise ValueError(creds)
    except ValueError:
        logging.getLogger("app").exception("it broke")
    assert False

def test_warns(creds, ops_host):
    warnings.warn("deprecated key " + creds)

def test_property(creds, ops_host, record_property):
    record_property("key", creds)

def test_echo(echo, expect):
    expect(answers(echo, status=418))
"""
ECHO = """
@observation()
async def echo(host, probe):
    return await probe.http(host.post("chat", {"key": host.secrets["api_key"].reveal()}))
"""


def shapes(secret: str) -> list[str]:
    """What must not be found: the value, its encodings, and any eight characters of it."""
    encoded = [b64encode(secret.encode()).decode(), quote(secret, safe="")]
    return [secret, *encoded, *(secret[start : start + 12] for start in range(0, len(secret) - 12, 4))]


@pytest.fixture
def leaky(suite: Suite, pytester: pytest.Pytester, web: StandInWeb, monkeypatch: pytest.MonkeyPatch) -> None:
    """A suite that leaks in every way that its author can think of; the server echoes the key in its answer, too."""
    monkeypatch.setenv("PROD_KEY", SECRET)
    web.answers["/v1/chat/completions"] = (200, SECRET.encode())
    suite(LEAKY, ECHO)
    (pytester.path / "opscheck.toml").write_text(HOST_FILE.format(url=web.url))


@pytest.mark.parametrize(
    "how",
    [(), ("-l",), ("-n", "2"), ("--tb=line",), ("--tb=native",), ("-rA",), ("--log-cli-level=INFO",), ("-vv", "-s")],
    ids=" ".join,
)
def test_no_sink_shows_it(leaky: None, pytester: pytest.Pytester, how: tuple[str, ...]) -> None:
    """Terminal, JUnit, pytest-html, our HTML, JSON and Markdown: none, in any mode of reporting."""
    files = ["j.xml", "p.html", "o.html", "o.json", "o.md"]
    where = [f"--junitxml={files[0]}", f"--html={files[1]}", "--self-contained-html"]
    where += [f"--ops-report={name}" for name in files[2:]]

    result = pytester.runpytest_subprocess("--host", "prod", *where, *how)

    sinks = {name: (pytester.path / name).read_text() for name in files}
    sinks |= {"stdout": result.stdout.str(), "stderr": result.stderr.str()}
    if "-s" in how:  # what a test prints to an uncaptured terminal is its own business
        sinks = {name: text for name, text in sinks.items() if name not in ("stdout", "stderr")}
    shown = {(name, shape) for name, text in sinks.items() for shape in shapes(SECRET) if shape in text}
    assert shown == set()
    assert result.ret == 1
    assert "[secret api_key]" in sinks["o.json"]


def test_a_collection_error_does_not_show_it(
    suite: Suite, pytester: pytest.Pytester, web: StandInWeb, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A module that fails at import with the key in its message."""
    monkeypatch.setenv("PROD_KEY", SECRET)
    suite("def test_page(page, expect):\n    expect(answers(page))\n")
    pytester.makepyfile(test_zz_broken="import os\nraise RuntimeError('no ' + os.environ['PROD_KEY'])\n")
    (pytester.path / "opscheck.toml").write_text(HOST_FILE.format(url=web.url))

    result = pytester.runpytest_subprocess("--host", "prod", "--junitxml=j.xml")

    shown = result.stdout.str() + result.stderr.str() + (pytester.path / "j.xml").read_text()
    assert "RuntimeError" in shown
    assert [shape for shape in shapes(SECRET) if shape in shown] == []


def test_the_canary_fails_a_run_whose_sink_shows_it(
    suite: Suite, pytester: pytest.Pytester, web: StandInWeb, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A plugin that writes the key past all layers: the run is red, and says which secret leaked where."""
    monkeypatch.setenv("PROD_KEY", SECRET)
    suite(
        "def test_page(page, expect):\n    expect(answers(page))\n",
        "import os\ndef pytest_terminal_summary(terminalreporter):\n"
        "    terminalreporter.write_line('debug: ' + os.environ['PROD_KEY'])\n",
    )
    (pytester.path / "opscheck.toml").write_text(HOST_FILE.format(url=web.url))

    result = pytester.runpytest_subprocess("--host", "prod")

    assert result.ret != 0
    assert SECRET not in result.stdout.str()
    assert "SECRET LEAK in terminal: secret api_key" in result.stdout.str() + result.stderr.str()


def test_the_canary_reads_files_that_others_write(
    suite: Suite, pytester: pytest.Pytester, web: StandInWeb, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A JUnit file into which another plugin put the key fails the run."""
    monkeypatch.setenv("PROD_KEY", SECRET)
    suite(
        "def test_page(page, expect):\n    expect(answers(page))\n",
        "import os\ndef pytest_unconfigure(config):\n"
        "    open('j.xml', 'a').write('<!-- ' + os.environ['PROD_KEY'] + ' -->')\n",
    )
    (pytester.path / "opscheck.toml").write_text(HOST_FILE.format(url=web.url))

    result = pytester.runpytest_subprocess("--host", "prod", "--junitxml=j.xml")

    assert result.ret != 0
    assert "j.xml: secret api_key" in result.stdout.str() + result.stderr.str()


def test_a_masked_curl_line_names_the_variable(
    suite: Suite, pytester: pytest.Pytester, web: StandInWeb, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The request can be repeated by hand without the key ever being printed."""
    monkeypatch.setenv("PROD_KEY", SECRET)
    suite(
        "def test_chat(chat, expect):\n    expect(answers(chat, status=418))\n",
        "@observation()\nasync def chat(host, probe):\n    return await probe.http(host.post('chat', {}))\n",
    )
    (pytester.path / "opscheck.toml").write_text(HOST_FILE.format(url=web.url))

    result = pytester.runpytest_subprocess("--host", "prod")

    assert f"authorization: Bearer {SECRET}".lower() in web.heads[0].lower()
    assert "Authorization:" in result.stdout.str()
    assert "$" in result.stdout.str().split("Authorization:", 1)[1].splitlines()[0]
