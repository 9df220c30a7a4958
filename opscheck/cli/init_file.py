"""The host file that `opscheck init` writes, or adds a host to: what stands in it stays, byte for byte."""

from __future__ import annotations

import json
import os
import re
import tempfile
from pathlib import Path
from typing import Final

from opscheck.errors import InventoryError
from opscheck.inventory import CONTAINERS, EMBEDDED, System, load_inventory, select
from opscheck.report.whole_file import one_writer, write_whole

_NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,62}")
_TITLE: Final = "# Hosts that opscheck checks: opscheck run --host NAME. Keys: docs/inventory.md.\n"


def check_room(file: Path, name: str) -> bool:
    """Whether the file is there already, and could take a host of that name.

    Raises:
        InventoryError: it cannot be read, is no host file, or has that host; or nothing can have that name.
    """
    if not _NAME.fullmatch(name):
        raise InventoryError(f"{name!r} cannot be a host's name: letters, digits, dot, hyphen, underscore")
    if name in (EMBEDDED, CONTAINERS):
        raise InventoryError(f"{name} is a built-in host; give this one another name")
    if not os.path.lexists(file):
        return False
    if name in load_inventory(file).hosts:
        raise InventoryError(
            f"{file}: host {name} is there already and stays as it is; --name calls this one otherwise"
        )
    if not os.access(file, os.W_OK):
        raise InventoryError(f"{file}: cannot be written: it is read-only")
    return True


def put_host(file: Path, name: str, url: str, system: System) -> bool:
    """Write the file with this host, or add the host at its end; whole or not at all, and loaded before it is there.

    Returns:
        Whether the file was there already.

    Raises:
        InventoryError: see `check_room`; or the file cannot take a table at its end: told with what to write by hand.
        OptionError: it cannot be written.
    """
    place = file.resolve()  # a link stays a link
    with one_writer(place):
        added = check_room(file, name)
        before = place.read_bytes() if added else b""
        after = _with(before, _table(url, name, system)) if added else (_TITLE + _table(url, name, system)).encode()
        by_hand = f"{_key(name)} = {{ system = {json.dumps(system.name)}, urls = {_urls(url, system)} }}"
        _load(file, after, name, by_hand)
        if (place.read_bytes() if place.exists() else b"") != before:
            raise InventoryError(f"{file}: somebody else has changed it meanwhile; nothing was written; try again")
        write_whole(place, after)
    return added


def _with(before: bytes, table: str) -> bytes:
    """What is there, and the table behind an empty line, in the line ends of the file."""
    end = b"\r\n" if b"\r\n" in before else b"\n"
    gap = b"" if not before else end if before.endswith(b"\n") else end * 2
    return before + gap + table.encode().replace(b"\n", end)


def _load(file: Path, content: bytes, name: str, by_hand: str) -> None:
    """Read it as a run would, from beside its place: packs and files are named relative to it."""
    why = ""
    try:
        with tempfile.NamedTemporaryFile("wb", dir=file.parent, prefix=".opscheck-", suffix=".toml") as draft:
            draft.write(content)
            draft.flush()
            why = f"cannot take a table of hosts at its end; nothing was written; by hand among its hosts: {by_hand}"
            inventory = load_inventory(Path(draft.name))
            why = f"host {name} would not load; nothing was written"
            select([name], inventory)
    except InventoryError as error:
        raise InventoryError(f"{file}: {why} ({str(error).replace(f'{draft.name}: ', '')})") from None
    except OSError as error:
        raise InventoryError(f"{file}: cannot be written: {error.strerror}") from None


def _key(name: str) -> str:
    return json.dumps(name) if "." in name else name


def _urls(url: str, system: System) -> str:
    return f"{{ {system.primary} = {json.dumps(url)} }}"


def _table(url: str, name: str, system: System) -> str:
    secrets = sorted({endpoint.auth for endpoint in system.endpoints.values() if endpoint.auth})
    lines = [
        f"[hosts.{_key(name)}]",
        f"system = {json.dumps(system.name)}",
        f"sensitive = {'false' if '127.0.0.1' in url or 'localhost' in url else 'true'}",
        f"urls = {_urls(url, system)}",
    ]
    if secrets:
        prefix = re.sub(r"[^A-Z0-9]", "_", name.upper())
        wanted = ", ".join(f'{secret} = {{ env = "{prefix}_{secret.upper()}" }}' for secret in secrets)
        lines.append(f"# secrets = {{ {wanted} }}")
    lines += [f"# slo = {{ {', '.join(f'{key} = {value:g}' for key, value in system.slo.items())} }}"]
    lines += ["# limits = { requests_per_second = 5, concurrency = 3, tokens = 2000 }", ""]
    return "\n".join(lines)
