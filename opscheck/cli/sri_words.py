"""Words that the commands of `opscheck sri` share: file names made harmless, and what ends a command."""

from __future__ import annotations

from opscheck.errors import UserError


class Unusable(UserError):
    """Nothing can be compared or written; one line that says why. The command ends with 2."""


def shown_path(path: str) -> str:
    r"""A file's name as one printable line.

    >>> shown_path("a.js"), shown_path("a\n")
    ('a.js', "'a\\n'")
    """
    text = path if path.isprintable() else ascii(path)
    return text if len(text) <= 300 else text[:299] + "…"
