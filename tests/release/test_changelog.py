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


@pytest.mark.parametrize(
    "heading",
    [
        "## v1",
        "## 1",
        "## Version 2",
        "## version 2",
        "## Release 7",
        "## [v1]",
        "## [v1.2.3]",
        "## **v2**",
        "## v2:",
        "## v3-rc1",
        "## V2 (4 March 2026)",
        "## 12 - the big one",
        "## [3](https://example.org/compare/v2...v3)",
        "## 1.2.3 - 2026-03-04",
        "## Unreleased",
        "v1\n===",
        "v1\n---",
    ],
)
def test_headings_of_an_entry(heading: str) -> None:
    """As changelogs have them; the entry ends at the next of them."""
    text = f"# Changelog\n\n{heading}\n\n- now\n\n## v0\n\n- /status/ is gone\n"

    entry = newest_entry(text)

    assert entry is not None
    assert entry[1] == "- now"


@pytest.mark.parametrize(
    "heading", ["## 3 things to know", "## Version history", "## Step 1", "## v1 addresses", "## 1. Introduction"]
)
def test_headings_of_something_else(heading: str) -> None:
    """A number in a title makes no version of it."""
    assert newest_entry(f"{heading}\n\n- /status/ is gone\n") is None
    assert newest_entry(f"## v2\n\n{heading}\n\n- it\n") == ("v2", f"{heading}\n\n- it")


def test_a_title_over_entries_is_none_itself() -> None:
    """The series is passed over, and an entry without a word is not."""
    assert newest_entry("# Version 2\n\n## 2.1\n\n- it\n") == ("2.1", "- it")
    assert newest_entry("## v2\n\n## v1\n\n- it\n") == ("v2", "")


def test_what_it_says_is_told() -> None:
    """The line that mentions it is the evidence."""
    seen = judge_changelog("## 1.2\n\n- the old `/status/` is gone\n", "CHANGELOG.md", WORDS)

    assert seen.evidence == ("CHANGELOG.md: newest entry '1.2'", "it says: - the old `/status/` is gone")
    assert newest_entry("## 1.2\n\nx\n### Added\ny\n## 1.1\n") == ("1.2", "x\n### Added\ny")
