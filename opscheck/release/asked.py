"""What a user asks for, and what every measurement may use."""

from __future__ import annotations

import shlex
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar, cast

from opscheck.model import Host
from opscheck.model.access_log import OWN_AGENT
from opscheck.release.git import Commit, Git
from opscheck.release.processes import Programs
from opscheck.release.tree import Tree
from opscheck.release.words import Seen, State

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Asked:
    """What was typed.

    Attributes:
        folder: of the repository, where commands run and relative paths begin.
        hosts: that the checklist is about.
        named: the same as they were typed, names or URLs; of URLs `system` names the system pack.
        inventory: the host file, for the suites; empty for the one that is found.
        range: the commits of the release; empty for those since the last tag.
        release: its name, where it is not the commit.
        results: files of CI by item: JUnit XML, or a JSON report of opscheck.
        exit_codes: of CI, by item.
        logs: access logs by `HOST/SERVER`.
        silence: how long access logs may be silent; None for what checklist or host file say.
        prometheus: addresses and configuration files.
        history: where runs are recorded; empty for nowhere.
        state: the file of attestations.
        reports: that are written.
        allow_changes: items that change something may.
        version: of opscheck, for the report and for whoever reads access logs.
    """

    folder: Path
    hosts: tuple[Host, ...] = ()
    named: tuple[str, ...] = ()
    system: str = ""
    inventory: str = ""
    range: str = ""
    release: str = ""
    results: Mapping[str, Path] = field(default_factory=dict)
    exit_codes: Mapping[str, int] = field(default_factory=dict)
    logs: Mapping[tuple[str, str], tuple[str, ...]] = field(default_factory=dict)
    silence: timedelta | None = None
    prometheus: tuple[str, ...] = ()
    history: str = ""
    state: Path = Path("attested.json")
    reports: tuple[Path, ...] = ()
    allow_changes: bool = False
    version: str = ""

    @property
    def agent(self) -> str:
        """The User-Agent of what is asked; access logs tell it from others by its beginning."""
        return f"{OWN_AGENT}{self.version} (release)"

    @property
    def words(self) -> tuple[str, ...]:
        """What a command is given to mean the hosts."""
        return self.named or tuple(host.name for host in self.hosts)


@dataclass(slots=True)
class Context:
    """What every measurement may use.

    Attributes:
        head: the commit that is to be released; None where there is none.
        no_head: why there is none, in one sentence.
        own: checklists of the user's own, that were merged into the shipped one.
        tree: what of the working tree is not in HEAD.
        range: as asked for, or since the last tag; empty where there is neither.
        clock: the present time, timezone-aware.
    """

    asked: Asked
    plan: str
    programs: Programs
    git: Git
    head: Commit | None
    range: str
    scratch: Path
    no_head: str = "this folder is no git repository"
    own: tuple[str, ...] = ()
    tree: Tree = field(default_factory=Tree)
    clock: Callable[[], datetime] = lambda: datetime.now(UTC)
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _kept: dict[Any, tuple[threading.Lock, list[Any]]] = field(default_factory=dict)

    @property
    def release(self) -> str:
        """What is released: its name, else its commit; empty where it has neither."""
        return self.asked.release or (self.head.sha if self.head is not None else "")

    @property
    def attesting(self) -> str:
        """The options with which somebody attests an item of this very checklist and release."""
        words = ["--plan", self.plan, *(word for file in self.own for word in ("--checklist", file))]
        words += ["--release", self.asked.release] if self.asked.release else []
        return shlex.join(words)

    def path(self, name: str) -> Path:
        """A path of the checklist, or of the user."""
        return self.asked.folder / Path(name).expanduser()

    def once(self, key: object, take: Callable[[], T]) -> T:
        """What several items need is taken once; whoever comes meanwhile waits for it."""
        with self._lock:
            lock, box = self._kept.setdefault(key, (threading.Lock(), []))
        with lock:
            if not box:
                box.append(take())
            return cast("T", box[0])


def unseen(reason: str, remedy: str = "", evidence: tuple[str, ...] = ()) -> Seen:
    """It could not be measured."""
    return Seen(State.UNMEASURED, reason, evidence, remedy)
