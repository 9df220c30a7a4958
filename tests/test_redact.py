"""Secrets print as their names; the redactor knows every form in which a sink may spell them."""

from __future__ import annotations

import base64
import html
import json
import pickle
import warnings
from urllib.parse import quote

import pytest

from opscheck.plugin.progress import write_to_terminal
from opscheck.plugin.redaction import clean_warning
from opscheck.redact import MASK, Redactor, Secret, header_value

VALUE = 'p@ss/w+rd "<&>" 0123456789'


@pytest.fixture
def redactor() -> Redactor:
    """Knows one secret."""
    known = Redactor()
    known.register(Secret("admin_token", VALUE))
    return known


@pytest.mark.parametrize("show", [str, repr, "{}".format, "{:>40}".format, lambda secret: f"{secret!r:.50}"])
def test_a_secret_never_prints_itself(show: object) -> None:
    """str, repr and format give its name."""
    shown = show(Secret("admin_token", VALUE))  # type: ignore[operator]

    assert "admin_token" in shown
    assert VALUE not in shown


def test_a_pickled_secret_is_empty() -> None:
    """It crosses no process border by itself."""
    copy = pickle.loads(pickle.dumps(Secret("admin_token", VALUE)))  # noqa: S301 - our own, of this moment

    assert copy.reveal() == ""


@pytest.mark.parametrize(
    "spelled",
    [
        VALUE,
        json.dumps(VALUE),
        repr(VALUE),
        quote(VALUE, safe=""),
        html.escape(VALUE),
        base64.b64encode(VALUE.encode()).decode(),
        base64.urlsafe_b64encode(VALUE.encode()).decode().rstrip("="),
        f"'{VALUE[:9]}...'",
        f"'...{VALUE[-9:]}'",
        f"'{VALUE[:9]}…{VALUE[-9:]}'",
    ],
)
def test_every_spelling_is_masked(redactor: Redactor, spelled: str) -> None:
    """Escaped, encoded, or cut by a truncating repr."""
    clean = redactor.text(f"before {spelled} after")

    assert clean.startswith("before ")
    assert clean.endswith(" after")
    assert not any(VALUE[start : start + 8] in clean for start in range(len(VALUE) - 8))
    assert redactor.leaks(clean) == []


def test_a_key_file_is_masked_line_by_line() -> None:
    """A sink that shows one line of it shows the mask."""
    redactor = Redactor()
    redactor.register(Secret("key", "-----BEGIN KEY-----\nMIIEvQIBADANBgkq\nhkiG9w0BAQEFAASC\n-----END KEY-----\n"))

    assert redactor.text("E   MIIEvQIBADANBgkq") == "E   [secret key]"


def test_credentials_in_urls_are_masked_without_being_registered() -> None:
    """Whoever writes them into a URL meant no harm."""
    assert Redactor().text("see https://ops:pw@ops.example.org/a") == f"see https://{MASK}@ops.example.org/a"


def test_a_value_that_is_too_short_is_refused() -> None:
    """Masking it would mask ordinary words."""
    with pytest.raises(ValueError, match="admin_token has fewer than 4 characters"):
        Redactor().register(Secret("admin_token", "abc"))


def test_trees_are_masked_keys_and_all(redactor: Redactor) -> None:
    """As they go into a report."""
    clean = redactor.tree({VALUE: [VALUE, (VALUE, 7)]})

    assert clean == {"[secret admin_token]": ["[secret admin_token]", ("[secret admin_token]", 7)]}


def test_the_canary_names_what_leaked(redactor: Redactor) -> None:
    """The name, never the value."""
    assert redactor.leaks(f"token={VALUE}") == ["admin_token"]
    assert redactor.leaks("token=[secret admin_token]") == []


@pytest.mark.parametrize("name", ["Authorization", "cookie", "X-Api-Key"])
def test_headers_that_carry_credentials_are_masked_by_name(name: str) -> None:
    """Also where nobody registered their value."""
    assert header_value(name, "Bearer x") == MASK
    assert header_value("Accept", "x") == "x"


def test_a_warning_of_an_unusual_class_is_masked(redactor: Redactor) -> None:
    """A class that wants two arguments becomes a plain warning, and the run goes on."""

    class TwoPart(UserWarning):
        def __init__(self, code: int, text: str) -> None:
            super().__init__(f"{code}: {text}")

    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        warnings.warn(TwoPart(7, VALUE), stacklevel=1)
    clean_warning(redactor, caught[0])

    assert str(caught[0].message) == "7: [secret admin_token]"


def test_a_terminal_that_cannot_be_opened_is_no_error(monkeypatch: pytest.MonkeyPatch) -> None:
    """A progress line is not worth a run."""

    def refuse(*_: object, **__: object) -> None:
        raise OSError("no such device")

    monkeypatch.setattr("builtins.open", refuse)

    write_to_terminal("x")
