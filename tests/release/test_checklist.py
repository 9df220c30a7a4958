"""Checklists as data: shipped ones are valid, a user's own is merged item by item, mistakes are one line."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from opscheck.errors import InventoryError
from opscheck.release.checklist import load_checklist, plans


def own(folder: Path, text: str, name: str = "my.toml") -> Path:
    """A checklist of the user's."""
    file = folder / name
    file.write_text(text)
    return file


def test_the_shipped_ones() -> None:
    """What the runbooks ask for, each item by its name."""
    assert set(plans()) == {"legacy-cutover", "release"}
    release, cutover = load_checklist("release"), load_checklist("legacy-cutover")

    assert [one.id for one in release.items] == [
        "stack",
        "smoke",
        "lint",
        "tests",
        "documents",
        "dependencies",
        "integrity",
        "legacy",
        "build",
        "rollback",
    ]
    assert {one.kind for one in release.items} == {"command", "suite", "documents", "build", "attested"}
    assert [step.done_when for step in cutover.steps] == [
        ("quiet",),
        ("ci",),
        ("removed",),
        ("integrity",),
        ("changelog", "deployed"),
        ("headers",),
    ]
    assert {one.id for one in cutover.items if one.after == "removed"} == {"integrity", "deployed", "headers"}
    assert not cutover.item("removed").counts


def test_a_users_own_beside_it(tmp_path: Path) -> None:
    """Items change, are added, waived, left out; the order of the shipped ones stays, and the last file wins."""
    first = own(
        tmp_path,
        """
plan = "release"
title = "Release of the shop"
[items.lint]
command = ["npm", "run", "lint"]
[items.stack]
skip = "nothing runs on Compose here"
[items.dependencies]
waived = { reason = "upgrade is planned", owner = "ops", until = 2026-10-31 }
[items.announced]
title = "Customers were told"
kind = "attested"
ask = "the announcement"
""",
    )
    second = own(tmp_path, '[items.announced]\nask = "the mail"\n', "second.toml")

    merged = load_checklist("release", [first, second])

    assert merged.title == "Release of the shop"
    assert [one.id for one in merged.items][-1] == "announced"
    assert merged.item("lint").wants == {"command": ["npm", "run", "lint"]}
    assert merged.item("stack").skip == "nothing runs on Compose here"
    assert merged.item("announced").wants == {"ask": "the mail"}
    waived = merged.item("dependencies").waived
    assert waived is not None
    assert waived.line() == "upgrade is planned (ops, until 2026-10-31)"
    assert not waived.ended(datetime(2026, 10, 31, 23, 59, tzinfo=UTC))
    assert waived.ended(datetime(2026, 11, 1, tzinfo=UTC))
    assert merged.files == (str(plans()["release"]), str(first), str(second))


def test_another_kind_takes_nothing_over(tmp_path: Path) -> None:
    """An item that is measured another way keeps its name and title only."""
    merged = load_checklist("release", [own(tmp_path, '[items.tests]\nkind = "junit"\npath = "ci/tests.xml"\n')])

    assert merged.item("tests").wants == {"path": "ci/tests.xml"}
    assert merged.item("tests").title == "The tests are green"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ('[items.lint]\ncomand = ["x"]\n', 'line 2: items.lint.comand: unknown key; did you mean "command"?'),
        ('[items.lnt]\ncommand = ["x"]\n', 'items.lnt: a new item needs kind, title; did you mean "lint"?'),
        ('[items.x]\ntitle = "t"\nkind = "comand"\n', 'unknown kind "comand"; did you mean "command"?'),
        ('[items.x]\ntitle = "t"\nkind = "suite"\n', "items.x: marker is missing; kind suite needs it"),
        ('[items.x]\ntitle = "t"\nkind = "command"\n', "kind command needs either command or steps"),
        ('[items.smoke]\nask = "x"\n', "items.smoke.ask: is nothing that kind suite takes (it takes: arguments,"),
        ('[items.lint]\nafter = "lnt"\n', 'items.lint.after: no item "lnt"; did you mean "lint"?'),
        ('[items.lint]\nafter = "tests"\n[items.tests]\nafter = "lint"\n', "waits for"),
        ('[items.lint]\ndeadline = "5 minutes"\n', "items.lint.deadline"),
        ('[items.lint]\ndeadline = "0s"\n', "items.lint.deadline: 0s is no time at all"),
        ('[items.lint]\ndeadline = "999999w"\n', "items.lint.deadline: 999999w: at most 3640 d"),
        ('[items.build]\nmost_age = "521w"\n', "items.build.most_age: 521w: at most 3640 d"),
        ('[items.lint]\nsays = "("\n', "items.lint.says: is no regular expression"),
        ('[items.lint]\nwaived = { reason = "r", owner = "o" }\n', "'until' is a required key"),
        ('[items.lint]\nwaived = { reason = "r", owner = "o", until = "soon" }\n', "a day such as 2026-10-31"),
        ('[items.lint]\nwaived = { reason = "", owner = "o", until = 2026-01-01 }\n', "items.lint.waived.reason"),
        ('plan = "legacy-cutover"\n', 'is of the plan "legacy-cutover", not of "release"'),
        ("[items.lint\n", "is no"),
        ('[steps.x]\ntitle = "t"\ndone_when = ["lnt"]\n', 'steps.x.done_when: no item "lnt"; did you mean "lint"?'),
    ],
)
def test_mistakes_are_told_in_one_line(tmp_path: Path, text: str, told: str) -> None:
    """File, key and what would be right."""
    with pytest.raises(InventoryError, match=r"^[^\n]+$") as refused:
        load_checklist("release", [own(tmp_path, text)])

    assert "my.toml" in str(refused.value)
    assert told in str(refused.value).replace("is not TOML", "is no TOML")


@pytest.mark.parametrize("item", ["quiet", "monitors"])
@pytest.mark.parametrize("silence", ["52w", "999999w", "8d", "169h", "0s"])
def test_no_night_lasts_for_weeks(tmp_path: Path, item: str, silence: str) -> None:
    """What, where and the limit, in one line; the limit itself is none too many."""
    with pytest.raises(InventoryError, match=r"^[^\n]+$") as refused:
        load_checklist("legacy-cutover", [own(tmp_path, f'[items.{item}]\nsilence = "{silence}"\n')])

    told = f"my.toml: items.{item}.silence: {silence}: at most 7 d, and more than nothing"
    assert str(refused.value).endswith(told)
    with pytest.raises(InventoryError, match=r"items\.quiet\.covered: 999999w: at most 3640 d$"):
        load_checklist("legacy-cutover", [own(tmp_path, '[items.quiet]\ncovered = "999999w"\n')])
    week = load_checklist("legacy-cutover", [own(tmp_path, f'[items.{item}]\nsilence = "168h"\n')])
    assert week.item(item).span("silence", "") == timedelta(days=7)


def test_names_that_are_none() -> None:
    """The nearest one is proposed."""
    with pytest.raises(InventoryError, match='did you mean "release"'):
        load_checklist("relaese")
    with pytest.raises(InventoryError, match='did you mean "smoke"'):
        load_checklist("release").item("smok")
    with pytest.raises(InventoryError, match=r"nothing\.toml: cannot be read"):
        load_checklist("release", [Path("nothing.toml")])


def test_times_are_read() -> None:
    """Of the shipped item, and by default."""
    assert load_checklist("release").item("stack").deadline == timedelta(minutes=30)
    assert load_checklist("legacy-cutover").item("quiet").span("covered", "1h") == timedelta(hours=24)
