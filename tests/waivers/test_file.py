"""The file: what it may say, and what is told of a mistake."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from opscheck.errors import UserError
from opscheck.model import Outcome
from opscheck.waivers import find_waivers, load_waivers

GOOD = """
checks = ["kb-answers"]

[[waiver]]
check = "cors-vary"
host = "prod"
reason = "the edge drops it"
owner = "ops"
expires = 2026-12-31

[[waiver]]
check = "redis-health"
host = "*"
reason = "moved"
owner = "platform"
expires = 2026-12-31T18:00:00+09:00
test = "test_redis.py::*"
ticket = "OPS-412"
outcomes = ["FAIL", "UNMEASURED"]
"""


MISSPELT = "[[waiver]]\ncheck = 'a'\nhost = 'b'\nexpire = 2026-01-01\n"


def written(folder: Path, text: str) -> Path:
    """A file of waivers."""
    path = folder / "waivers.toml"
    path.write_text(text)
    return path


def test_what_it_says(tmp_path: Path) -> None:
    """Every field, and the line where each begins."""
    first, second = load_waivers(written(tmp_path, GOOD)).items

    assert (first.check, first.host, first.owner, first.expires, first.line) == (
        "cors-vary", "prod", "ops", date(2026, 12, 31), 4,
    )  # fmt: skip
    assert second.outcomes == {Outcome.FAIL, Outcome.UNMEASURED}
    assert (second.test, second.ticket, second.line) == ("test_redis.py::*", "OPS-412", 11)
    assert load_waivers(tmp_path / "waivers.toml").checks == {"kb-answers"}


def test_no_file_is_no_waiver() -> None:
    """A run without any pays nothing and accepts nothing."""
    assert not load_waivers(None)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (MISSPELT, 'line 4: waiver.0.expire: unknown key; did you mean "expires"?'),
        ("[[waivers]]\ncheck = 'a'\n", 'waivers: unknown key; did you mean "waiver"?'),
        ("[[waiver]]\nhost = 'b'\n", "line 1: waiver.0: 'check' is a required key"),
        ("\n[[waiver]]\ncheck = 'a'\n", "line 2: waiver.0: 'host' is a required key"),
        ("[[waiver]]\ncheck = 'a'\nhost = 'b'\nreason = 5\n", "line 4: waiver.0.reason: 5 is not of type 'string'"),
        ("[[waiver]]\ncheck = 'a'\nhost = 'b'\noutcomes = ['PASS']\n", "'PASS' is not one of"),
        ("[[waiver]\n", "is not TOML"),
    ],
)  # fmt: skip
def test_a_mistake_is_one_line(tmp_path: Path, text: str, told: str) -> None:
    """File, line, key, and what would be right."""
    with pytest.raises(UserError) as caught:
        load_waivers(written(tmp_path, text))

    assert told in str(caught.value)
    assert "waivers.toml" in str(caught.value)
    assert "\n" not in str(caught.value)


def test_where_it_is_looked_for(tmp_path: Path) -> None:
    """The one that is named, else the one beside the host file."""
    beside = written(tmp_path, GOOD)
    other = tmp_path / "other.toml"
    other.write_text("")

    assert find_waivers("", tmp_path, tmp_path / "opscheck.toml") == beside
    assert find_waivers("other.toml", tmp_path, tmp_path / "opscheck.toml") == other
    assert find_waivers("", tmp_path, tmp_path / "elsewhere" / "opscheck.toml") is None
    assert find_waivers("", tmp_path, None) is None
    with pytest.raises(UserError, match=r"--ops-waivers: gone\.toml: there is no such file"):
        find_waivers("gone.toml", tmp_path, None)
