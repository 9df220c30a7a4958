"""What the user asked for: spans, addresses, history, and what is passed on."""

from __future__ import annotations

from pathlib import Path

import pytest

from opscheck.errors import OptionError
from opscheck.watch.running import place_of
from opscheck.watch.setup import address, history_place, read_setup, span


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("30s", 30), ("5m", 300), ("24h", 86_400), ("7d", 604_800), ("1h30m", 5400), ("1.5h", 5400), ("500ms", 0.5)],
)
def test_spans(text: str, seconds: float) -> None:
    """As people write them."""
    assert span(text, "--for") == seconds


@pytest.mark.parametrize("text", ["", "30", "s", "-5s", "5 s", "1y", "1e9s", "99999999999s", "\uff15m"])
def test_what_is_no_span(text: str) -> None:
    """Full-width digits and bare numbers included."""
    with pytest.raises(OptionError, match="no span of time such as 30s"):
        span(text, "--for")


def test_without_an_address_it_is_loopback() -> None:
    """All interfaces only where they are named."""
    assert address("9099") == address(":9099") == ("127.0.0.1", 9099)
    assert address("0.0.0.0:80") == ("0.0.0.0", 80)
    assert address("[::1]:9099") == ("::1", 9099)
    for text in ("", "x:y", "127.0.0.1", "127.0.0.1:99999", "::1:9099", "http://127.0.0.1:1"):
        with pytest.raises(OptionError, match="--serve"):
            address(text)


def test_history_is_the_watchers_own() -> None:
    """`--ops-history` among the options that are passed on is taken out; `--history` wins."""
    for words in (["--ops-history", "a.sqlite", "-m", "smoke"], ["--ops-history=a.sqlite", "-m", "smoke"]):
        setup = read_setup(words, every="30s")
        assert list(setup.arguments) == ["-m", "smoke"]
        assert setup.history == "a.sqlite"
        assert read_setup(words, every="30s", history="b.sqlite").history == "b.sqlite"


def test_where_history_is() -> None:
    """Said here, else in the environment or the host file, else the user's own place; `off` is nowhere."""
    silent, said, off = (read_setup([], every="30s", history=word) for word in ("", "a.sqlite", "OFF"))
    default = Path("default.sqlite")

    assert history_place(said, "b.sqlite", default) == "a.sqlite"
    assert history_place(silent, "b.sqlite", default) == "b.sqlite"
    assert history_place(silent, "", default) == default
    assert history_place(off, "b.sqlite", default) is None
    assert place_of("postgresql://h/d") == "postgresql://h/d"
    assert place_of("~/h.sqlite") == Path.home() / "h.sqlite"


def test_a_round_has_time() -> None:
    """Three minutes, or twice the interval, or what is said."""
    assert read_setup([], every="30s").limit == 180
    assert read_setup([], every="5m").limit == 600
    assert read_setup([], every="30s", limit="20s").limit == 20


def test_the_title_hides_a_password() -> None:
    """It stands on the page and in notifications."""
    title = read_setup(["--host", "https://ops:hunter22@a.example/"], every="30s").title

    assert "hunter22" not in title
    assert "a.example" in title
