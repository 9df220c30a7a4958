"""Answers of the Grafana API: the uids by which more is asked."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from opscheck.checks._grafana import listed
from opscheck.model import HttpExchange, Unmeasured

MOST: Final = 50  # sources, or dashboards, that are looked at


def uids(answer: HttpExchange | Unmeasured, titles: Sequence[str] | None = None) -> list[str]:
    """The uids of what is listed, of those titles where some are given; nothing where there is no list."""
    found = (None if isinstance(answer, Unmeasured) else listed(answer)) or []
    chosen = [one for one in found if titles is None or one.get("title") in titles]
    return [uid for one in chosen if isinstance(uid := one.get("uid"), str) and uid][:MOST]
