"""Every error that opscheck raises on purpose.

OpscheckError
    UserError               the user's input is wrong: one line that says what, where and what to do
        InventoryError      a host file or a system pack
        OptionError         an option, an ini key or an environment variable
        SuiteError          an observation or a check of a suite is declared wrongly
    ToolMissing             an extra or a program that a check needs is not installed
    SecretLeak              a registered secret was about to reach a sink
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable


class OpscheckError(Exception):
    """Root of the tree."""


class UserError(OpscheckError):
    """The user's input is wrong; the message is one line that says what, where and what to do."""


class InventoryError(UserError):
    """A host file or a system pack cannot be used as it stands."""


class OptionError(UserError):
    """An option, an ini key or an environment variable has a value that cannot be used."""


class SuiteError(UserError):
    """An observation or a check of a suite is declared wrongly."""


class ToolMissing(OpscheckError):
    """An extra or a program is not installed.

    Attributes:
        tool: what is missing.
        command: the command that brings it.
    """

    def __init__(self, tool: str, command: str) -> None:
        super().__init__(f"{tool} is not installed; {command} brings it")
        self.tool = tool
        self.command = command


class SecretLeak(OpscheckError):
    """A registered secret was about to reach a sink; names the secret and the sink, never the value."""


def did_you_mean(word: str, known: Iterable[str], *, alike: float = 0.6) -> str:
    """`; did you mean "prod"?` for a near miss, else nothing.

    Args:
        alike: how much of the two has to be the same, from 0 to 1.

    >>> did_you_mean("pord", ["prod", "staging"])
    '; did you mean "prod"?'
    """
    near = difflib.get_close_matches(word, list(known), n=1, cutoff=alike)
    return f'; did you mean "{near[0]}"?' if near else ""
