"""Read signatures: the shipped ones, and a user's own beside the host file, which extend or override them."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from opscheck.bundled import folder
from opscheck.errors import InventoryError, did_you_mean
from opscheck.inventory.document import read
from opscheck.model import Outcome
from opscheck.triage.fill import PLACEHOLDERS
from opscheck.triage.signature import RED, Condition, EvidenceTest, Signature

FILE_NAME: Final = "signatures.toml"
_NEEDED: Final = ("title", "cause", "match")
_BRACES: Final = re.compile(r"\{([a-z]+)(?::[^{}]*)?\}")
_RUNBOOK: Final = "docs/triage-and-waivers.md"
_TABLES: Final = ("match", "also", "explains")


def shipped_file() -> Path:
    """Where the shipped signatures lie."""
    return folder("fixtures") / FILE_NAME


def load_signatures(host_file: Path | None = None) -> list[Signature]:
    """The shipped signatures, extended and overridden by those in `signatures.toml` beside the host file.

    A signature of the same id replaces what it says of the shipped one and keeps the rest; `off = true` turns it off.

    Raises:
        InventoryError: a file cannot be read, or has keys or values that no signature has; one line.
    """
    shipped = shipped_file()
    # Held against the schema by a test, not by every run.
    tables: dict[str, dict[str, Any]] = tomllib.loads(shipped.read_text("utf-8"))["signature"]
    own = host_file.with_name(FILE_NAME) if host_file is not None else None
    mine: dict[str, dict[str, Any]] = {}
    if own is not None and own.is_file() and not own.samefile(shipped):
        mine = read(own, "signatures.schema.json", package=__package__).get("signature", {})
    for name, table in mine.items():
        tables[name] = {**tables.get(name, {}), **table}
    return [
        _signature(name, table, own if own is not None and name in mine else shipped, own=name in mine)
        for name, table in tables.items()
        if not table.get("off", False)
    ]


def _signature(name: str, table: Mapping[str, Any], path: Path, *, own: bool) -> Signature:
    missing = [key for key in _NEEDED if key not in table]
    if missing:
        raise InventoryError(f"{path}: signature.{name}: has no {missing[0]}; a signature needs {', '.join(_NEEDED)}")
    fields = {key: value for key, value in table.items() if key not in ("off", *_TABLES)}
    for key in ("cause", "confirm", "remedy"):
        _check_placeholders(f"{path}: signature.{name}.{key}", str(fields.get(key, "")))
    for key in _TABLES:
        place = f"{path}: signature.{name}.{key}"
        told = table.get(key, ())
        fields[key] = tuple(_condition(item, place, consequence=key == "explains") for item in told)
    fields.setdefault("runbook", "" if own else f"{_RUNBOOK}#{name}")
    return Signature(id=name, own=own, **fields)


def _condition(item: Mapping[str, Any], place: str, *, consequence: bool) -> Condition:
    usual = RED if consequence or "cause" in item else frozenset({Outcome.FAIL})
    checks = item.get("check", [])
    evidence = item.get("evidence", [])
    outcomes = frozenset(Outcome(word) for word in item["outcome"]) if "outcome" in item else usual
    return Condition(
        check=(checks,) if isinstance(checks, str) else tuple(checks),
        outcomes=outcomes,
        said=_pattern(item, "said", place),
        cause=_pattern(item, "cause", place),
        evidence=tuple(_test(one, place) for one in ([evidence] if isinstance(evidence, Mapping) else evidence)),
    )


def _test(item: Mapping[str, Any], place: str) -> EvidenceTest:
    return EvidenceTest(
        tuple(item["path"].split(".")),
        item.get("is"),
        _pattern(item, "matches", place),
        item.get("above"),
        item.get("below"),
    )


def _pattern(item: Mapping[str, Any], key: str, place: str) -> re.Pattern[str] | None:
    if key not in item:
        return None
    try:
        return re.compile(item[key], re.IGNORECASE)
    except re.error as error:
        raise InventoryError(f"{place}: {key} is no pattern: {error}") from None


def _check_placeholders(place: str, text: str) -> None:
    for word in _BRACES.findall(text):
        if word not in PLACEHOLDERS:
            raise InventoryError(f"{place}: unknown placeholder {{{word}}}{did_you_mean(word, PLACEHOLDERS)}")
