"""What stands in a `.env` file."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

import pytest

from service.stack.dotenv import read_dotenv
from service.stack.outcome import Exit, StackError
from tests.parts.find import require_tool

LINES = r"""
# a comment
PLAIN=value
export EXPORTED=yes
SPACES =  a b  
EMPTY=
COMMENT=value # not part of it
HASH=val#ue
SINGLE='a $PLAIN # b'
DOUBLE="a ${PLAIN} # b"
ESCAPED="a\nb \"c\" \$PLAIN"
REFERENCE=${PLAIN}-$PLAIN
DEFAULT=${NOT_THERE:-fallback}
BOTTOM=$FROM_ABOVE
"""  # noqa: W291 - the blanks after a value are the case
EXPECTED = {
    "PLAIN": "value",
    "EXPORTED": "yes",
    "SPACES": "a b",
    "EMPTY": "",
    "COMMENT": "value",
    "HASH": "val#ue",
    "SINGLE": "a $PLAIN # b",
    "DOUBLE": "a value # b",
    "ESCAPED": 'a\nb "c" $PLAIN',
    "REFERENCE": "value-value",
    "DEFAULT": "fallback",
    "BOTTOM": "above",
}


def test_lines_are_read_as_compose_reads_them(tmp_path: Path) -> None:
    """Quotes, comments, escapes, references with and without a default."""
    file = tmp_path / ".env"
    file.write_text(LINES)

    assert read_dotenv(file, {"FROM_ABOVE": "above"}) == EXPECTED


def test_compose_itself_agrees(tmp_path: Path) -> None:
    """The same file, read by Docker Compose: whoever calls Compose directly gets the same stack."""
    compose = require_tool("compose")
    (tmp_path / ".env").write_text(LINES)
    names = "".join(f"\n      GOT_{name}: ${{{name}}}" for name in EXPECTED)
    (tmp_path / "compose.yaml").write_text(f"services:\n  one:\n    image: none\n    environment:{names}\n")

    told = subprocess.run(
        [compose, "config", "--format", "json"],
        cwd=tmp_path,
        env={**os.environ, "FROM_ABOVE": "above"},
        capture_output=True,
        text=True,
        check=True,
    )

    seen = json.loads(told.stdout)["services"]["one"]["environment"]
    # `config` writes a dollar sign twice, so that its output can be read again.
    assert {name.removeprefix("GOT_"): value.replace("$$", "$") for name, value in seen.items()} == EXPECTED


@pytest.mark.parametrize("line", ["SECRET_without_equals", "1NAME=x", 'OPEN="s3cr3t', "AFTER='s3cr3t' more"])
def test_a_line_that_is_none_is_named_by_number_and_never_shown(tmp_path: Path, line: str) -> None:
    """What stands in such a line may be a secret."""
    file = tmp_path / ".env"
    file.write_text(f"GOOD=1\n{line}\n")

    with pytest.raises(StackError) as caught:
        read_dotenv(file, {})

    assert caught.value.code is Exit.USAGE
    assert "line 2" in str(caught.value)
    assert "s3cr3t" not in str(caught.value)
    assert "SECRET_without" not in str(caught.value)


def test_a_file_that_cannot_be_read_is_one_line(tmp_path: Path) -> None:
    """Missing, and not UTF-8."""
    (tmp_path / "latin").write_bytes(b"NAME=\xe9")

    for name, told in (("missing", "No such file"), ("latin", "not UTF-8")):
        with pytest.raises(StackError, match=told):
            read_dotenv(tmp_path / name, {})
