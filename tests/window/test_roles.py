"""Names that are nobody."""

from __future__ import annotations

import pytest

from opscheck.window.roles import Role, is_placeholder, without_backup, without_owner

NOBODY = (
    *("", " ", "?", "??", "-", "\u2014", "...", "TBD", "tba", "T.B.D.", "to be assigned", "To Be Assigned", "<TBD>"),
    *("[to be determined]", "not yet named", "N/A", "n.a.", "none", "TODO", "xxx", "unassigned", "<your name>"),
    *("To be confirmed by Monday", "change_me", "somebody", "will be announced", "(unknown)"),
)
SOMEBODY = (
    *("Ana Ruiz", "Toby Adams", "operations rotation", "#ops-shared", "Nonna Rossi", "\u674e\u96f7", "O. Penn"),
    "team infra",
)


@pytest.mark.parametrize("name", NOBODY)
def test_placeholders_are_found(name: str) -> None:
    """However they are spelt."""
    assert is_placeholder(name)


@pytest.mark.parametrize("name", SOMEBODY)
def test_people_and_rotas_are_none(name: str) -> None:
    """A name that only looks a little like a placeholder stays a name."""
    assert not is_placeholder(name)


def test_a_role_needs_an_owner() -> None:
    """Each that has none is named; no role at all is none, too."""
    told = without_owner([Role("lead", "to be assigned", "Tom"), Role("on-call", "Ana"), Role("duty", "")])

    assert told == ['role lead: "to be assigned" is nobody: name its owner', 'role duty: "" is nobody: name its owner']
    assert "no role has an owner" in without_owner([])[0]


def test_a_weak_backup_is_told() -> None:
    """None, a placeholder, and the owner in person."""
    roles = [Role("a", "Ana", ""), Role("b", "Ana", "-"), Role("c", "Ana", "ana "), Role("d", "Ana", "Tom")]

    assert without_backup(roles) == [
        "role a has no backup",
        'role b has no backup ("-")',
        "role c: its backup is its owner",
    ]
