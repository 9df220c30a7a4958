"""Any string made fit to be shown."""

from __future__ import annotations

import unicodedata

import pytest

from opscheck.report.visible import counted, cut, milliseconds, visible, visible_lines
from tests.report.sample import HOSTILE


@pytest.mark.parametrize("text", HOSTILE)
def test_nothing_is_hidden(text: str) -> None:
    """No control, format or surrogate character is left, and the line is one line within its width."""
    shown = visible(text, 80)

    assert len(shown) <= 80
    assert not {unicodedata.category(character) for character in shown} & {"Cc", "Cf", "Cs", "Zl", "Zp"}


def test_every_hidden_character_of_unicode_is_spelled_out() -> None:
    """The whole of Unicode is walked: what Unicode calls control, format or surrogate is escaped."""
    hidden = [
        chr(code) for code in range(0x110000) if unicodedata.category(chr(code)) in {"Cc", "Cf", "Cs", "Zl", "Zp"}
    ]

    assert [character for character in hidden if visible(character) == character] == []


def test_ordinary_text_stays() -> None:
    """Letters of any script, punctuation and emoji are not touched."""
    text = "Größe 14 °C, 東京 - готово ✓ 🙂"

    assert visible(text) == text


def test_line_breaks_stay_where_lines_are_shown() -> None:
    """A text of several lines keeps its line breaks and nothing else that moves a cursor."""
    assert visible_lines("a\r\nb\x1b[2Jc\td", 50) == "a\nb\\x1b[2Jc\td"
    assert len(visible_lines("\x00" * 500, 50)) == 50


def test_cut_and_words() -> None:
    """Cut lines end in an ellipsis; numbers read as a person writes them."""
    assert cut("abcdef", 4) == "abc…"
    assert (counted(1, "check"), counted(1200, "check")) == ("1 check", "1,200 checks")
    assert [milliseconds(value) for value in (0.44, 31.2, 2400)] == ["0.4 ms", "31 ms", "2.4 s"]
