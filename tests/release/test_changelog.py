"""The newest entry of a changelog, in the shapes that changelogs have."""

from __future__ import annotations

import pytest

from opscheck.release.changelog import judge_changelog, newest_entry
from opscheck.release.words import State

WORDS = ("/status",)


@pytest.mark.parametrize(
    ("text", "state"),
    [
        ("# Changelog\n\n## Unreleased\n\n- `/status/` is gone\n\n## 1.0\n\n- first\n", State.MET),
        ("# Changelog\n\n## [Unreleased]\n\n## [1.1.0] - 2026-03-04\n\n### Removed\n\n- /status/ is gone\n", State.MET),
        ("1.1\n===\n\n/status/ is gone\n\n1.0\n===\n\nfirst\n", State.MET),
        ("# 2026-03-04\r\n\r\n* /STATUS/ is gone\r\n", State.MET),
        ("# Changelog\n\n## 1.1\n\n- faster\n\n## 1.0\n\n- /status/ is deprecated\n", State.NOT_MET),
        ("# Changelog\n\n## Unreleased\n\n<!-- /status/ is gone -->\n", State.NOT_MET),
        ("# Changelog\n\n```\n## Unreleased\n- /status/\n```\n", State.NOT_MET),
        ("# Changelog\n\nAll changes.\n", State.NOT_MET),
        ("## 1.1\n\n## 1.0\n\n- /status/ is gone\n", State.NOT_MET),
        ("", State.NOT_MET),
    ],
    ids=["unreleased", "kept", "setext", "day", "older", "comment", "fence", "none", "empty-entry", "empty"],
)
def test_the_newest_entry_speaks_of_it(text: str, state: State) -> None:
    """An older entry, a comment and an example do not."""
    assert judge_changelog(text, "CHANGELOG.md", WORDS).state is state


def test_what_it_says_is_told() -> None:
    """The line that mentions it is the evidence."""
    seen = judge_changelog("## 1.2\n\n- the old `/status/` is gone\n", "CHANGELOG.md", WORDS)

    assert seen.evidence == ("CHANGELOG.md: newest entry '1.2'", "it says: - the old `/status/` is gone")
    assert newest_entry("## 1.2\n\nx\n### Added\ny\n## 1.1\n") == ("1.2", "x\n### Added\ny")
