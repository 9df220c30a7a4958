"""The Markdown report."""

from __future__ import annotations

import re
import unicodedata

from opscheck.report import markdown
from tests.report.sample import HOSTILE, hostile, large, realistic


def test_decision_first_then_causes_then_failures() -> None:
    """The sections stand in the order in which an engineer asks."""
    text = markdown.render(realistic())
    headings = [line for line in text.splitlines() if line.startswith("#")]

    assert headings[0].startswith("# opscheck: FAIL: 2 of 41 checks failed")
    assert [line for line in headings if line.startswith("## ")] == [
        "## Likely causes", "## Root causes", "## Failed", "## Not measured", "## Degraded", "## Waived",
        "## Not applicable", "## Spent", "## Notes",
    ]  # fmt: skip


def test_tables_have_as_many_cells_as_columns() -> None:
    """No text of a report adds or removes a column."""
    for report in (realistic(), hostile()):
        tables = re.findall(r"(?:^\|.*\n)+", markdown.render(report), re.MULTILINE)
        assert tables
        for table in tables:
            assert len({len(re.findall(r"(?<!\\)\|", line)) for line in table.splitlines()}) == 1


def test_hostile_texts_stay_texts() -> None:
    """No markup, link, mention, workflow command or hidden character gets through outside of code."""
    text = markdown.render(hostile())
    outside = re.sub(r"(?<!`)(`+)(?!`).*?(?<!`)\1(?!`)", "", text)

    assert not re.search(r"<[a-z/!]|\]\(|://|@|\*\*bold", outside, re.IGNORECASE)
    assert not re.search(r"^::", text, re.MULTILINE)
    assert not {unicodedata.category(character) for character in text} & {"Cf", "Cs", "Zl", "Zp"}
    assert {character for character in text if unicodedata.category(character) == "Cc"} == {"\n"}


def test_plain_and_code() -> None:
    """A code span survives backticks; plain text shows what it was given."""
    assert markdown.code("a `b` c") == "`` a `b` c ``"
    assert markdown.plain("[secret api_key]") == "[secret api_key]"
    assert "](" not in markdown.plain("[secret x](y)")
    assert markdown.code("") == ""
    assert markdown.plain("a_b <i> & *c*") == "a&#95;b &lt;i&gt; &amp; &#42;c&#42;"
    assert all("\n" not in markdown.plain(item) for item in HOSTILE)


def test_a_large_run_fits_a_step_summary() -> None:
    """Two thousand failures stay far below the megabyte that a step summary may have."""
    text = markdown.render(large(2000, 2000))

    assert len(text.encode()) < 200_000
    assert "1,950 more in the JSON report" in text
