"""Who answers for a window: roles with an owner and a backup, and names that are none."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

_PLACEHOLDERS: Final = frozenset(
    {
        *("", "tba", "tbc", "tbd", "todo", "fixme", "xxx", "na", "n a", "none", "nobody", "noone", "no one", "null"),
        *("unknown", "unassigned", "not assigned", "open", "vacant", "pending", "someone", "somebody", "anyone"),
        *("name", "owner", "backup", "your name", "changeme", "change me", "placeholder", "example", "who"),
    }
)
_TO_BE: Final = re.compile(r"(still )?(to be|yet to be|not yet|will be) \w+.*")


@dataclass(frozen=True, slots=True)
class Role:
    """One role of a window.

    Attributes:
        name: what the role is called, such as `on-call engineer`.
        owner, backup: a person, or a rota that can be reached.
        does: what it is responsible for.
    """

    name: str
    owner: str
    backup: str = ""
    does: str = ""

    def as_dict(self) -> dict[str, str]:
        """JSON-ready."""
        return {"name": self.name, "owner": self.owner, "backup": self.backup, "does": self.does}


def is_placeholder(name: str) -> bool:
    """Whether a name stands for nobody yet.

    >>> is_placeholder("to be assigned"), is_placeholder("<TBD>"), is_placeholder("Toby Adams")
    (True, True, False)
    """
    words = " ".join(re.findall(r"[^\W_]+", name.lower()))
    joined = words.replace(" ", "")
    return bool({words, joined} & _PLACEHOLDERS or _TO_BE.fullmatch(words)) or set(joined) <= {"x"}


def without_owner(roles: Iterable[Role]) -> list[str]:
    """Why a window cannot be opened with these roles, each one line; none where every role has an owner."""
    told = list(roles)
    if not told:
        return ["no role has an owner: name one with --owner, or in [roles] of the windows file"]
    nobody = [role for role in told if is_placeholder(role.owner)]
    return [f'role {role.name}: "{role.owner}" is nobody: name its owner' for role in nobody]


def without_backup(roles: Iterable[Role]) -> list[str]:
    """What is weak about them: roles that depend on one person, or whose backup is the owner."""
    weak = []
    for role in roles:
        if is_placeholder(role.backup):
            said = f' ("{role.backup}")' if role.backup else ""
            weak.append(f"role {role.name} has no backup{said}")
        elif role.backup.strip().casefold() == role.owner.strip().casefold():
            weak.append(f"role {role.name}: its backup is its owner")
    return weak
