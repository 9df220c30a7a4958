"""The curl line, as a real shell reads it."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from opscheck.model.evidence import request_evidence
from opscheck.model.request import Request
from opscheck.redact import Secret
from opscheck.report import curl_line
from opscheck.report.visible import visible
from tests.report.sample import HOSTILE

_PRINT = "import json, sys; print(json.dumps(sys.argv[1:]))"


def _words(line: str, **variables: str) -> list[str]:
    """The arguments that curl would see in bash, with a stand-in for curl that only tells them."""
    script = f'curl() {{ "$PYTHON" -c "$PRINT" "$@"; }}; {line}'
    environment = {"PYTHON": sys.executable, "PRINT": _PRINT, "LC_ALL": "C.UTF-8", "PATH": "/nowhere", **variables}
    done = subprocess.run(
        ["/bin/bash", "-c", script], env=environment, capture_output=True, text=True, check=True, timeout=20
    )
    words: list[str] = json.loads(done.stdout)
    return words


def test_secret_is_a_placeholder_that_the_shell_fills_in() -> None:
    """A masked header reads from the environment variable of the secret's name."""
    line = curl_line({"url": "https://h/a", "headers": {"authorization": "Bearer [secret admin_token]"}})

    assert line == 'curl -sS -i -H "Authorization: Bearer $ADMIN_TOKEN" https://h/a'
    assert _words(line, ADMIN_TOKEN="s3 'c\"r`e$t")[3] == "Authorization: Bearer s3 'c\"r`e$t"


def test_unnamed_secrets_are_named_after_where_they_stand() -> None:
    """A secret of which only the mask is left is named after its header or its query key."""
    line = curl_line({"url": "https://h/a?key=[secret]&b=1", "headers": {"x-api-key": "[secret]"}})
    words = _words(line, KEY="k&1", X_API_KEY="x")

    assert words[-1] == "https://h/a?key=k&1&b=1"
    assert "X-Api-Key: x" in words


def test_evidence_of_a_request_never_reveals_its_secret() -> None:
    """From the model's own request to the line, the value is never there."""
    request = Request("GET", "https://u:pw-value@h/a", (("authorization", Secret("admin", "s3cr3t-value")),))
    line = curl_line(request_evidence(request))

    assert "value" not in line
    assert "$" in line


def test_secret_beside_difficult_text_stays_outside_of_quotes() -> None:
    """A placeholder among quotes and dollar signs still expands, and nothing else does."""
    body = '{"a": "$HOME `id` [secret token] \'x\' \\\\"}'
    words = _words(curl_line({"url": "https://h/", "method": "POST", "body": body}), TOKEN="T", HOME="/h")

    assert words[-2] == body.replace("[secret token]", "T")


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_request_stays_one_inert_word_each(text: str) -> None:
    """Nothing of a hostile request runs in the shell, becomes an option or hides from the reader."""
    text = text.replace("\0", "")
    request = {"url": f"https://h/{text[:900]}", "method": "POST", "headers": {"x-a": text, text: "b"}, "body": text}
    line = curl_line(request)

    assert visible(line) == line
    if "\ud800" not in text:
        words = _words(line)
        assert words[-1] == f"https://h/{text[:900]}"
        assert words[words.index("-X") + 1] == "POST"
        assert f"X-A: {text}" in words


@pytest.mark.parametrize("url", ["-o/etc/passwd", "file:///etc/passwd", "--config=x"])
def test_an_address_is_never_an_option(url: str) -> None:
    """An address that looks like an option of curl is handed over as an address."""
    words = _words(curl_line({"url": url}))

    assert words[-2:] == ["--url", url]


def test_body_and_globs() -> None:
    """A body that evidence keeps in part is read from a file; brackets in a URL are no glob."""
    cut_off = curl_line({"url": "https://h/", "method": "POST", "body": "x" * 600})

    assert "--data-binary @body" in cut_off
    assert "--data-raw @/etc/passwd" in curl_line({"url": "http://h/", "method": "PUT", "body": "@/etc/passwd"})
    assert "--globoff" in curl_line({"url": "http://[::1]:8080/"})
    assert "-I" in curl_line({"url": "http://h/", "method": "HEAD"})
    assert curl_line({}) == ""
