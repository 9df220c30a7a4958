"""Redis can be relied on: it is loaded, has room, keeps what it is given, and follows its primary."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from opscheck.checks._stores import not_told
from opscheck.checks._words import degraded, failed, passed
from opscheck.model import Verdict
from opscheck.model.store import StoreSession
from opscheck.registry import check

_EXPECTED: Final = "loaded, room for more, the last save good, and where it is a replica its primary in reach"
_NEARLY: Final = 0.9  # of the memory or connections that it may have
_REFUSES: Final = "noeviction"


@check(
    "redis-health",
    promise="Redis is loaded, has memory left, keeps what it is given, and a value written is read back.",
    concern="infra",
    faults={
        "redis-loading": "it is still reading its data and refuses commands",
        "redis-full": "its memory is full and writes are refused",
        "redis-cannot-save": "the last save to disk failed",
        "redis-replica-cut-off": "it is a replica that has lost its primary",
        "redis-forgets": "a value that was written is not read back",
    },
    remedy="redis-cli info memory, info persistence and info replication tell more",
)
def redis_health(store: StoreSession) -> Verdict:
    """Judge what Redis says of itself, and the value that was written where that was allowed."""
    info = store.facts("info")
    if not info:
        return not_told(store, "Redis did not say how it is", expected=_EXPECTED)
    observed = _told(info)
    wrong = _defect(info) or _lost(store)
    if wrong:
        return failed(wrong, expected=_EXPECTED, observed=observed)
    tight = _tight(info)
    if tight:
        return degraded(tight, expected=_EXPECTED, observed=observed)
    return passed("Redis is well", expected=_EXPECTED, observed=observed)


def _defect(info: Mapping[str, Any]) -> str:
    if info.get("loading"):
        return "Redis is still loading its data"
    if _share(info, "used_memory", "maxmemory") >= 1 and info.get("maxmemory_policy") == _REFUSES:
        return "the memory is full and nothing may be evicted: writes are refused"
    for key in ("rdb_last_bgsave_status", "aof_last_write_status"):
        if info.get(key, "ok") != "ok":
            return f"the last save to disk failed ({key} {info[key]})"
    if info.get("master_link_status", "up") != "up":
        return "a replica that has lost its primary"
    return ""


def _lost(store: StoreSession) -> str:
    step = store.step("write")
    if step is None:
        return ""
    if not step.ok:
        return "the memory is full: a write is refused" if step.code == "OOM" else f"a write is refused: {step.code}"
    return "" if step.facts.get("same") else "a value that was written is not read back"


def _tight(info: Mapping[str, Any]) -> str:
    if _share(info, "used_memory", "maxmemory") >= _NEARLY and info.get("maxmemory_policy") == _REFUSES:
        return f"{_share(info, 'used_memory', 'maxmemory'):.0%} of the memory is used and nothing may be evicted"
    if _share(info, "connected_clients", "maxclients") >= _NEARLY:
        return f"{_share(info, 'connected_clients', 'maxclients'):.0%} of the connections are taken"
    return ""


def _share(info: Mapping[str, Any], used: str, most: str) -> float:
    part, whole = info.get(used), info.get(most)
    return part / whole if isinstance(part, int | float) and isinstance(whole, int | float) and whole > 0 else 0.0


def _told(info: Mapping[str, Any]) -> str:
    keys = ("redis_version", "role", "used_memory", "maxmemory", "maxmemory_policy", "rdb_last_bgsave_status")
    return ", ".join(f"{key} {info[key]}" for key in keys if key in info)
