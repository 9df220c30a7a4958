"""What every command about windows needs first: the host file, the windows file, the folder, the secrets to mask."""

from __future__ import annotations

import getpass
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Final

from opscheck.errors import InventoryError, OptionError, did_you_mean
from opscheck.inventory import Inventory, find_inventory, load_inventory, select
from opscheck.redact import Redactor
from opscheck.report.visible import visible
from opscheck.window.book import Book, find_book, load_book
from opscheck.window.desk import Request, require
from opscheck.window.places import existing, folder_of, root
from opscheck.window.roles import Role
from opscheck.window.store import Store

_LASTS: Final = re.compile(r"(\d{1,4})\s*(m|min|h)")


@dataclass(frozen=True, slots=True)
class Stated:
    """What the command line says of a window that is to be opened; see `opscheck window open --help`."""

    name: str
    hosts: Sequence[str] = ()
    incident: str = ""
    lasts: str = "4h"
    reason: str = ""
    owner: str = ""
    backup: str = ""
    announced: str = ""
    announced_at: str = ""
    rollback: str = ""
    snapshot: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Place:
    """Where windows are, as seen from a folder.

    Attributes:
        here: where the command was started.
    """

    here: Path
    inventory: Inventory
    book: Book

    @property
    def windows(self) -> Path:
        """The folder of all windows."""
        return root(self.book, self.inventory.path, self.here)

    def request(self, stated: Stated) -> Request:
        """What was stated, and from the windows file what was not.

        Raises:
            OpscheckError: a host or a time cannot be used.
        """
        for one in stated.hosts:
            known_host(one, self.inventory, "--host")
        book, base = self.book, self.book.base
        roles = [*book.roles, *([Role("owner", stated.owner, stated.backup)] if stated.owner or stated.backup else [])]
        sources = [*_placed(stated.snapshot, self.here), *_placed(book.snapshot, base)]
        rollback = stated.rollback
        if not rollback and book.rollback:
            rollback = str(base / book.rollback) if (base / book.rollback[:1000]).is_file() else book.rollback
        return Request(
            name=Path(stated.name).name,
            hosts=list(dict.fromkeys(stated.hosts)),
            calendar=book.calendar,
            roles=roles,
            incident=stated.incident,
            lasts=lasting(stated.lasts),
            reason=stated.reason,
            announced=stated.announced or book.announce,
            announced_at=stated.announced_at,
            rollback=rollback,
            snapshot=sources,
            escalation=book.escalation,
            base=self.here,
            windows=self.windows,
        )

    def new(self, word: str, folder: Path | None, hosts: Sequence[str]) -> Store:
        """The store of a window that is to be opened.

        Raises:
            OptionError: the name is a path, where nobody would look for a window.
        """
        if "/" in word and folder is None:
            raise OptionError(f"window {visible(word, 80)!r}: a name is no path; --folder says where else it is kept")
        return Store(self.here / folder if folder else folder_of(word, self.windows, self.here), self.redactor(hosts))

    def known(self, word: str, folder: Path | None) -> Store:
        """The store of a window that is there, which masks the secrets of its hosts.

        Raises:
            OptionError: there is none.
        """
        place = self.here / folder if folder else existing(word, self.windows, self.here)
        return Store(place, self.redactor(require(Store(place)).hosts))

    def redactor(self, hosts: Sequence[str]) -> Redactor:
        """Knows the secrets of these hosts; a host that the host file has forgotten has none."""
        redactor = Redactor()
        for name in hosts:
            if name not in self.inventory.names:
                continue
            for host in select([name], self.inventory):
                for secret in host.secrets.values():
                    redactor.register(secret)
        return redactor


def _placed(words: Sequence[str], base: Path) -> list[str]:
    return [one if "://" in one else str(base / Path(one).expanduser()) for one in words]


def place(host_file: Path | None, windows_file: Path | None) -> Place:
    """The place that this process was started in.

    Raises:
        OpscheckError: a file cannot be used.
    """
    here = Path.cwd()
    path = host_file or find_inventory(here)
    if host_file is not None and not host_file.is_file():
        raise OptionError(f"{host_file}: there is no such host file")
    inventory = load_inventory(path.resolve() if path else None)
    book = load_book(windows_file.resolve()) if windows_file else find_book(inventory.path, here)
    for name in sorted(book.hosts | ({book.stack} if book.stack else set())):
        known_host(name, inventory, str(book.path))
    return Place(here, inventory, book)


def known_host(name: str, inventory: Inventory, where: str) -> None:
    """Complain about a host that the host file does not know.

    Raises:
        InventoryError: one line with the nearest known name.
    """
    if name not in inventory.names:
        hint = did_you_mean(name, inventory.names)
        raise InventoryError(f'{where}: unknown host "{name}"{hint} (known: {", ".join(inventory.names[:20])})')


def someone(stated: str) -> str:
    """Who does it: as stated, else the user of this process."""
    if stated.strip():
        return stated.strip()[:80]
    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError):
        return "unknown"


def lasting(text: str) -> timedelta:
    """`90m`, `2h`.

    Raises:
        OptionError: it is neither.
    """
    found = _LASTS.fullmatch(text.strip())
    if found is None:
        raise OptionError(f"--lasts: {text!r} is no time such as 90m or 2h")
    return timedelta(hours=int(found[1])) if found[2] == "h" else timedelta(minutes=int(found[1]))
