"""An answer that was there, and does not tell."""

from __future__ import annotations

from opscheck.model import HttpExchange, Kind, Unmeasured
from opscheck.model.request import mask_url


def unread(answer: HttpExchange, kind: Kind, detail: str, remedy: str = "") -> Unmeasured:
    """What an answer that cannot be read stands for."""
    where = mask_url(answer.request.url)
    return Unmeasured(kind, detail, where, answer.at, answer.phases, remedy=remedy, request=answer.request)


def blind(answer: HttpExchange | Unmeasured, detail: str, remedy: str) -> Unmeasured:
    """What cannot be measured behind an answer that does not tell what is needed for it."""
    return answer if isinstance(answer, Unmeasured) else unread(answer, Kind.PROTOCOL, detail, remedy)
