"""Checklists as data: the shipped ones, a user's own beside them, merged item by item and held against a schema."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any, Final

from opscheck.bundled import folder
from opscheck.errors import InventoryError, did_you_mean
from opscheck.inventory.document import read
from opscheck.model.written import LONGEST_SILENCE, may_be_silent
from opscheck.release.spans import lasting, span

_SCHEMA: Final = str(Path(__file__).with_name("checklist.schema.json"))
_SHARED: Final = frozenset(
    {"title", "kind", "remedy", "deadline", "after", "counts", "skip", "only_if_changed", "waived"}
)
_COMMAND: Final = frozenset({"command", "steps", "says", "codes", "bits", "nothing", "junit", "env", "changes"})
KINDS: Final[Mapping[str, frozenset[str]]] = {
    "command": _COMMAND,
    "junit": frozenset({"path"}),
    "suite": frozenset({"marker", "checks", "arguments", "degraded"}),
    "documents": frozenset({"rules"}),
    "file": frozenset({"path", "matches"}),
    "changelog": frozenset({"path", "mentions"}),
    "build": frozenset({"most_commits", "most_age"}),
    "attested": frozenset({"ask"}),
    "quiet": frozenset(
        {"covered", "every", "late", "fresh", "silence", "counted_by", "told_by", "legacy_path", "logs"},
    ),
    "ci": frozenset({"path", "needs_checks", "fresh"}),
    "monitors": frozenset(
        {"look_at", "monitors", "prometheus", "legacy_path", "logs", "covered", "silence", "every", "late"}
    ),
}
_NEEDED: Final[Mapping[str, frozenset[str]]] = {
    "suite": frozenset({"marker"}),
    "documents": frozenset({"rules"}),
    "file": frozenset({"path"}),
    "changelog": frozenset({"path"}),
    "attested": frozenset({"ask"}),
    "ci": frozenset({"needs_checks"}),
}
_DEADLINE: Final = timedelta(minutes=30)
_SPANS: Final = ("deadline", "covered", "every", "late", "fresh", "most_age")
_LONGEST: Final = timedelta(weeks=520)  # that any of them lasts; from the present time far more cannot be taken off


@dataclass(frozen=True, slots=True)
class Waived:
    """An accepted exception; it ends with the day that is its last."""

    reason: str
    owner: str
    until: date

    def ended(self, now: datetime) -> bool:
        """Its last day is over, by UTC."""
        return now.astimezone(UTC) >= datetime.combine(self.until, time(), UTC) + timedelta(days=1)

    def line(self) -> str:
        """For a report."""
        return f"{self.reason} ({self.owner}, until {self.until.isoformat()})"


@dataclass(frozen=True, slots=True)
class Item:
    """One thing that has to hold.

    Attributes:
        deadline: for its measurement.
        after: the item that has to be met, waived or not applicable before this one is due; empty where it always is.
        counts: the decision rests on it.
        skip: why it does not apply here, in the words of whoever said so.
        only_if_changed: it applies only where the range of commits changes one of these paths.
        wants: what its kind takes.
    """

    id: str
    title: str
    kind: str
    remedy: str = ""
    deadline: timedelta = _DEADLINE
    after: str = ""
    counts: bool = True
    skip: str = ""
    only_if_changed: tuple[str, ...] = ()
    waived: Waived | None = None
    wants: Mapping[str, Any] = field(default_factory=dict)

    def span(self, key: str, default: str) -> timedelta:
        """A span of time that the item names."""
        return span(str(self.wants.get(key, default)))


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a playbook; it is done when these items are met."""

    id: str
    title: str
    do: str
    done_when: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Checklist:
    """What has to hold before something may go.

    Attributes:
        files: where it was read from, the shipped one first.
    """

    plan: str
    title: str
    items: tuple[Item, ...]
    steps: tuple[Step, ...] = ()
    files: tuple[str, ...] = ()

    def item(self, id_: str) -> Item:
        """The item of that name.

        Raises:
            InventoryError: there is none, with the nearest that there is.
        """
        for one in self.items:
            if one.id == id_:
                return one
        names = [one.id for one in self.items]
        raise InventoryError(
            f'the checklist "{self.plan}" has no item "{id_}"{did_you_mean(id_, names)} (known: {", ".join(names)})'
        )


def plans() -> dict[str, Path]:
    """The shipped checklists by name."""
    place = folder("fixtures") / "checklists"
    return {path.stem: path for path in sorted(place.glob("*.toml"))}


def load_checklist(plan: str, own: Sequence[Path] = ()) -> Checklist:
    """The shipped checklist of that name with a user's own merged into it, item by item, the last one winning.

    Raises:
        InventoryError: one line that names file, item and key, and what would be right.
    """
    known = plans()
    if plan not in known:
        raise InventoryError(f'unknown plan "{plan}"{did_you_mean(plan, known)} (known: {", ".join(known)})')
    paths = [known[plan], *own]
    items: dict[str, dict[str, Any]] = {}
    steps: dict[str, dict[str, Any]] = {}
    origin: dict[str, Path] = {}
    title = ""
    for path in paths:
        data = read(path, _SCHEMA)
        if data.get("plan", plan) != plan:
            raise InventoryError(f'{path}: is of the plan "{data["plan"]}", not of "{plan}"')
        title = data.get("title", title)
        for name, told in data.get("items", {}).items():
            origin[name] = path
            items[name] = _merged(path, name, items.get(name, {}), told, items)
        for name, told in data.get("steps", {}).items():
            steps[name] = {**steps.get(name, {}), **told}
    found = tuple(_item(origin[name], name, data) for name, data in items.items())
    checklist = Checklist(
        plan,
        title or plan,
        found,
        tuple(_step(paths[-1], name, data, items) for name, data in steps.items()),
        tuple(map(str, paths)),
    )
    _check_order(checklist, origin)
    return checklist


def _merged(
    path: Path, name: str, before: Mapping[str, Any], told: Mapping[str, Any], others: Mapping[str, Any]
) -> dict[str, Any]:
    if not before and not {"title", "kind"} <= set(told):
        missing = ", ".join(sorted({"title", "kind"} - set(told)))
        hint = did_you_mean(name, others)
        raise InventoryError(f"{path}: items.{name}: a new item needs {missing}{hint}")
    if told.get("kind", before.get("kind")) != before.get("kind"):
        # Of another kind it is another measurement: what the old one took means nothing to it.
        before = {key: value for key, value in before.items() if key in _SHARED}
    elif {"command", "steps"} & set(told):
        # Another command has exit codes, a word and results of its own.
        before = {key: value for key, value in before.items() if key not in _COMMAND or key in {"env", "changes"}}
    return {**before, **told}


def _item(path: Path, name: str, data: Mapping[str, Any]) -> Item:
    where = f"{path}: items.{name}"
    kind = data["kind"]
    if kind not in KINDS:
        raise InventoryError(f'{where}.kind: unknown kind "{kind}"{did_you_mean(kind, KINDS)} (known: {_told(KINDS)})')
    for key in data:
        if key not in _SHARED | KINDS[kind]:
            raise InventoryError(f"{where}.{key}: is nothing that kind {kind} takes (it takes: {_told(KINDS[kind])})")
    for key in sorted(_NEEDED.get(kind, frozenset()) - set(data)):
        raise InventoryError(f"{where}: {key} is missing; kind {kind} needs it")
    if kind == "command" and ("command" in data) == ("steps" in data):
        raise InventoryError(f"{where}: kind command needs either command or steps")
    _check_patterns(where, data)
    _check_spans(where, data)
    return Item(
        id=name,
        title=data["title"],
        kind=kind,
        remedy=data.get("remedy", ""),
        deadline=span(data["deadline"]) if "deadline" in data else _DEADLINE,
        after=data.get("after", ""),
        counts=data.get("counts", True),
        skip=data.get("skip", ""),
        only_if_changed=tuple(data.get("only_if_changed", ())),
        waived=_waived(where, data["waived"]) if "waived" in data else None,
        wants={key: value for key, value in data.items() if key in KINDS[kind]},
    )


def _check_patterns(where: str, data: Mapping[str, Any]) -> None:
    patterns = {key: data[key] for key in ("matches", "says", "nothing") if key in data}
    for number, step in enumerate(data.get("steps", ()), 1):
        patterns |= {f"steps.{number}.{key}": step[key] for key in ("says", "tells") if key in step}
    patterns |= {f"codes.{code}.says": told.get("says", "") for code, told in data.get("codes", {}).items()}
    for key, pattern in patterns.items():
        try:
            re.compile(pattern)
        except re.error as error:
            raise InventoryError(f"{where}.{key}: is no regular expression: {error}") from None


def _check_spans(where: str, data: Mapping[str, Any]) -> None:
    if data.get("deadline") and not span(data["deadline"]):
        raise InventoryError(f"{where}.deadline: {data['deadline']} is no time at all")
    for key in _SPANS:
        if key in data and span(data[key]) > _LONGEST:
            raise InventoryError(f"{where}.{key}: {data[key]}: at most {_LONGEST.days} d")
    if "silence" in data and not may_be_silent(span(data["silence"])):
        longest = lasting(LONGEST_SILENCE)
        raise InventoryError(f"{where}.silence: {data['silence']}: at most {longest}, and more than nothing")


def _waived(where: str, data: Mapping[str, Any]) -> Waived:
    until = data["until"]
    if isinstance(until, str):
        try:
            until = date.fromisoformat(until)
        except ValueError:
            until = None
    if isinstance(until, datetime):
        until = until.date()
    if not isinstance(until, date):
        raise InventoryError(f"{where}.waived.until: a day such as 2026-10-31 is expected")
    return Waived(data["reason"], data["owner"], until)


def _step(path: Path, name: str, data: Mapping[str, Any], items: Mapping[str, Any]) -> Step:
    missing = [key for key in ("title", "done_when") if key not in data]
    if missing:
        raise InventoryError(f"{path}: steps.{name}: {', '.join(missing)} is missing")
    for wanted in data["done_when"]:
        if wanted not in items:
            raise InventoryError(f'{path}: steps.{name}.done_when: no item "{wanted}"{did_you_mean(wanted, items)}')
    return Step(name, data["title"], data.get("do", ""), tuple(data["done_when"]))


def _check_order(checklist: Checklist, origin: Mapping[str, Path]) -> None:
    """Each `after` names an item, and none waits for itself."""
    names = {one.id: one for one in checklist.items}
    for one in checklist.items:
        seen = [one.id]
        while names[seen[-1]].after:
            wanted = names[seen[-1]].after
            where = f"{origin[seen[-1]]}: items.{seen[-1]}.after"
            if wanted not in names:
                raise InventoryError(f'{where}: no item "{wanted}"{did_you_mean(wanted, names)}')
            if wanted in seen:
                raise InventoryError(f"{where}: {' waits for '.join([*seen, wanted])}")
            seen.append(wanted)


def _told(words: Any) -> str:  # noqa: ANN401 - any collection of words
    return ", ".join(sorted(words))
