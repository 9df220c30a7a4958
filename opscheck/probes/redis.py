"""The Redis probe: login, ping, what it says of itself, and a value that is written and read where that is allowed."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit
from uuid import uuid4

from opscheck.model import Kind, Unmeasured
from opscheck.model.store import StoreAccess, StoreSession
from opscheck.probes.limits import Caps
from opscheck.probes.store import Deadline, Steps, converse, database, port

_INFO: Final = (
    "redis_version",
    "role",
    "loading",
    "connected_clients",
    "maxclients",
    "used_memory",
    "maxmemory",
    "maxmemory_policy",
    "rdb_last_bgsave_status",
    "aof_enabled",
    "aof_last_write_status",
    "master_link_status",
    "evicted_keys",
    "uptime_in_seconds",
)
_TTL: Final = 30  # seconds after which a value of ours is gone by itself
# The library cuts the first word off what Redis says and makes a type of it.
_WORDS: Final = {
    "OutOfMemoryError": "OOM",
    "BusyLoadingError": "LOADING",
    "ReadOnlyError": "READONLY",
    "NoPermissionError": "NOPERM",
}
_CROWDED: Final = "max number of clients"


async def redis(
    access: StoreAccess, *, caps: Caps, write: bool = False, ca: Path | None = None
) -> StoreSession | Unmeasured:
    """Steps: `login` (with a ping), `info`, and with `write` a `write` that is read back and removed."""

    def talk(module: Any, deadline: Deadline) -> Steps:  # noqa: ANN401 - the module
        def broken(error: Exception) -> Kind | None:
            return _broken(module, error)

        steps = Steps(deadline, (module.RedisError, OSError), code=_code, broken=broken)
        once = module.retry.Retry(module.backoff.NoBackoff(), 0)  # a login that fails is news, not something to retry
        options = _options(access, deadline, caps, ca)
        with module.Redis(**options, retry=once) as client:
            deadline.cut_by(client.connection_pool.disconnect)
            if steps.add("login", lambda: _login(client)):
                steps.add("info", lambda: {key: value for key, value in client.info().items() if key in _INFO})
                if write:
                    steps.add("write", lambda: _round_trip(client))
        return steps

    return await converse("redis", "redis", access, caps, talk)


def _login(client: Any) -> dict[str, Any]:  # noqa: ANN401 - a client of the library
    """A ping; a server that still loads its data has let the login in, and says of itself how far it is."""
    try:
        return {"pong": bool(client.ping())}
    except Exception as error:
        if _code(error) != "LOADING":
            raise
        return {"pong": False}


def _options(access: StoreAccess, deadline: Deadline, caps: Caps, ca: Path | None) -> dict[str, Any]:
    parts = urlsplit(access.url)
    number = database(access)
    options: dict[str, Any] = {
        "host": parts.hostname,
        "port": port(access),
        "db": int(number) if number.isdecimal() else 0,
        "username": access.user or None,
        "password": access.password.reveal() if access.password is not None else None,
        "socket_timeout": deadline.left,
        "socket_connect_timeout": min(deadline.left, caps.connect_timeout),
        "decode_responses": True,
        "protocol": 2,  # the older one says NOAUTH where the newer one talks of its own greeting
        "client_name": "opscheck",
    }
    if parts.scheme == "rediss":
        options |= {"ssl": True, "ssl_ca_certs": str(ca) if ca else None}
    return options


def _round_trip(client: Any) -> dict[str, Any]:  # noqa: ANN401 - a client of the library
    key, value = f"opscheck:{uuid4().hex}", uuid4().hex
    client.set(key, value, ex=_TTL)
    try:
        return {"same": client.get(key) == value}
    finally:
        client.delete(key)


def _broken(module: Any, error: Exception) -> Kind | None:  # noqa: ANN401 - the module
    """Several of the library's connection errors are answers: a refused login, a server that loads or is crowded."""
    if _code(error) in ("NOAUTH", "WRONGPASS", "LOADING", "MAXCLIENTS") or isinstance(error, module.ResponseError):
        return None
    if isinstance(error, module.TimeoutError | TimeoutError):
        return Kind.TIMEOUT
    if isinstance(error, module.exceptions.InvalidResponse):
        return Kind.PROTOCOL
    said = str(error).casefold()
    if "ssl" in said or "certificate" in said:
        return Kind.TLS
    return Kind.RESET if isinstance(error, module.ConnectionError | OSError) else None


def _code(error: Exception) -> str:
    """`NOAUTH`, `WRONGPASS`, `OOM`: the first word of what Redis answers, else the error's name."""
    name, said = type(error).__name__, str(error)
    if name == "AuthenticationError":
        return "NOAUTH" if "required" in said else "WRONGPASS"
    if _CROWDED in said:
        return "MAXCLIENTS"
    first = said.split(" ", 1)[0].rstrip(".:")
    return _WORDS.get(name, first if first.isupper() and first.isalpha() else name)
