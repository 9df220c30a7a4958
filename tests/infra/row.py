"""One host of the run over the infrastructure: where it looks, what it expects, and what has to come of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

Expect = Mapping[str, Mapping[str, Any]]
KEY: Final = "lantern-42-harbour"  # what every server of the world was set up with
SECRETS: Final[Mapping[str, str]] = {
    "redis_password": KEY,
    "mongo_password": KEY,
    "postgres_password": KEY,
    "llm_api_key": f"sk-{KEY}",
    "litellm_key": f"sk-{KEY}",
    "grafana_token": f"glsa-{KEY}",
    "qdrant_api_key": f"q-{KEY}",
    "milvus_token": f"root:{KEY}",
}
WRONG: Final = "not-the-lantern-17"


@dataclass(frozen=True, slots=True)
class Row:
    """One defect of an infrastructure that is otherwise well.

    Attributes:
        name: of the host.
        urls: components to their addresses; `{redis}` and the like are places of the world.
        red: the checks that FAIL on it, and no other does.
        because: words of a reason that one of them gives.
        shows: the faults of those checks that it is an example of.
        blind: checks that cannot see behind it.
        degraded: checks that are neither red nor green.
        expect: sections of the host file that differ from those of every host.
        without: secrets that it does not have.
        wrong: secrets that are not the server's.
        system: the pack that it is of.
        cause: the end of its root cause's id, such as `redis:refused`: everything is blind, one check UNMEASURED and
            the others BLOCKED.
    """

    name: str
    urls: Mapping[str, str]
    red: frozenset[str] = frozenset()
    because: str = ""
    shows: frozenset[str] = frozenset()
    blind: frozenset[str] = frozenset()
    degraded: frozenset[str] = frozenset()
    expect: Expect = field(default_factory=dict)
    without: frozenset[str] = frozenset()
    wrong: frozenset[str] = frozenset()
    cause: str = ""
    system: str = "shared-infra"


def row(
    name: str,
    urls: Mapping[str, str],
    red: str = "",
    *,
    shows: str = "",
    blind: str = "",
    degraded: str = "",
    without: str = "",
    wrong: str = "",
    **more: Any,  # noqa: ANN401 - fields
) -> Row:
    """A row, its checks and faults written as words with spaces in between; it shows its name if nothing is said."""
    return Row(
        name,
        urls,
        red=frozenset(red.split()),
        shows=frozenset(shows.split() or ([name] if red else [])),
        blind=frozenset(blind.split()),
        degraded=frozenset(degraded.split()),
        without=frozenset(without.split()),
        wrong=frozenset(wrong.split()),
        **more,
    )
