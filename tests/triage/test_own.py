"""A user's own signatures: they extend and override the shipped ones; a mistake is one line."""

from __future__ import annotations

from pathlib import Path

import pytest

from opscheck.errors import UserError
from opscheck.triage import load_signatures

NEW = """
[signature.queue-stuck]
title = "The queue is stuck"
cause = "a lock was left over"
match = [{ check = "queue-*", said = "no job ended" }]
weight = 70
"""


def own(folder: Path, text: str) -> Path:
    """A host file with signatures beside it."""
    (folder / "signatures.toml").write_text(text)
    return folder / "opscheck.toml"


def test_they_extend(tmp_path: Path) -> None:
    """One more than ship."""
    known = {signature.id: signature for signature in load_signatures(own(tmp_path, NEW))}

    assert len(known) == len(load_signatures()) + 1
    assert known["queue-stuck"].own
    assert not known["model-missing"].own


def test_they_override_field_by_field(tmp_path: Path) -> None:
    """What the user says counts, the rest stays."""
    text = '[signature.model-missing]\nescalate = "team models"\nrunbook = "https://wiki.example.org/models"\n'
    shipped = {signature.id: signature for signature in load_signatures()}["model-missing"]
    mine = {signature.id: signature for signature in load_signatures(own(tmp_path, text))}["model-missing"]

    assert (mine.escalate, mine.runbook) == ("team models", "https://wiki.example.org/models")
    assert (mine.match, mine.remedy, mine.weight) == (shipped.match, shipped.remedy, shipped.weight)


def test_one_can_be_turned_off(tmp_path: Path) -> None:
    """By its id."""
    ids = [signature.id for signature in load_signatures(own(tmp_path, "[signature.cors-open]\noff = true\n"))]

    assert "cors-open" not in ids
    assert len(ids) == len(load_signatures()) - 1


def test_no_file_is_no_mistake(tmp_path: Path) -> None:
    """The shipped ones alone."""
    assert len(load_signatures(tmp_path / "opscheck.toml")) == len(load_signatures()) == len(load_signatures(None))


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("[signature.x]\ntitel = 'a'\n", 'signature.x.titel: unknown key; did you mean "title"?'),
        (
            "[signature.x]\ntitle = 'a'\ncause = 'b'\n",
            "has no match; a signature needs title, cause, match",
        ),
        (NEW.replace("no job ended", "(no job"), "signature.queue-stuck.match: said is no pattern: missing )"),
        (NEW.replace("said =", "sayd ="), "signature.queue-stuck.match.0.sayd: unknown key"),
        (NEW + 'confirm = "curl {adress:agent}"', 'unknown placeholder {adress}; did you mean "address"?'),
        (NEW.replace("[signature.queue-stuck]", "[signature.Queue]"), "does not match"),
        (NEW.replace("weight = 70", "weight = 700"), "signature.queue-stuck.weight: 700 is greater than the maximum"),
        (NEW.replace("match = [", 'match = [{ outcome = ["WAIVED"] }, '), "'WAIVED' is not one of"),
        (NEW.replace('"a lock was left over"', '"a\\nb"'), "signature.queue-stuck.cause"),
        ("[signatures.x]\n", 'signatures: unknown key; did you mean "signature"?'),
        ("nonsense", "is not TOML"),
    ],
)
def test_a_mistake_is_one_line(tmp_path: Path, text: str, told: str) -> None:
    """File, place, and what would be right."""
    with pytest.raises(UserError) as caught:
        load_signatures(own(tmp_path, text))

    assert told in str(caught.value)
    assert "signatures.toml" in str(caught.value)
    assert "\n" not in str(caught.value)
