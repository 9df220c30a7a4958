"""What an answer rests on: of all that the model was given, that which can be found again in what it said."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass

_WORD = re.compile(r"\w{3,}")
_OF_NO_MATTER = frozenset(
    _WORD.findall(
        "all and any are been but can could did does for from had has have her him his how its may more most not now "
        "one our out said say she should some than that the their them then there these they this those too was were "
        "what when where which who why will with would yes you your context memory noted"
    )
)
_TITLE_CHARS = 80


@dataclass(frozen=True, slots=True)
class Known:
    """A text that the model was given with the question, and where it came from."""

    path: str
    text: str


def sources_of(answer: str, prompt: str, known: Iterable[Known]) -> tuple[dict[str, str], ...]:
    """Give the texts that the answer has something of which the prompt did not hold already.

    That a text was found for a question does not make it the answer's ground.

    >>> [found["path"] for found in sources_of("It is 8443.", "which port?", [Known("memory", "the port is 8443")])]
    ['memory']
    >>> sources_of("It is 8443.", "which port?", [Known("memory", "which port would it be?")])
    ()
    """
    said = _words(answer) - _words(prompt)
    return tuple(
        {
            "title": " ".join(each.text.split())[:_TITLE_CHARS],
            "id": hashlib.sha256(each.text.encode("utf-8", "replace")).hexdigest()[:16],
            "path": each.path,
        }
        for each in known
        if said & _words(each.text)
    )


def _words(text: str) -> set[str]:
    return set(_WORD.findall(text.casefold())) - _OF_NO_MATTER
