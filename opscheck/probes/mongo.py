"""The Mongo probe: hello, login, a read that needs the login, indexes, write concern."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

from opscheck.model import Kind, Unmeasured
from opscheck.model.store import StoreAccess, StoreSession
from opscheck.probes.limits import Caps
from opscheck.probes.store import Deadline, Steps, converse, database, port

_HELLO: Final = ("isWritablePrimary", "secondary", "setName", "maxWireVersion", "readOnly", "me", "primary")
_LISTED: Final = 200  # names of collections


async def mongo(
    access: StoreAccess, *, caps: Caps, collections: Sequence[str] = (), ca: Path | None = None
) -> StoreSession | Unmeasured:
    """Steps: `hello` (needs no login), `login`, `read`, `indexes` (by collection), `write_concern`.

    Args:
        collections: whose indexes are asked for.
    """

    def talk(module: Any, deadline: Deadline) -> Steps:  # noqa: ANN401 - the module
        errors = module.errors
        steps = Steps(deadline, (errors.PyMongoError,), code=_code, broken=lambda error: _broken(errors, error))
        with module.timeout(deadline.left):  # over all of it: choosing a server, logging in, every answer
            options = _options(access, caps, ca)
            with module.MongoClient(**options) as client:
                greeted = steps.add("hello", lambda: _hello(client.admin.command("hello")))
            if greeted:
                with module.MongoClient(**options, **_login(access)) as client:
                    _work(module, steps, client, access, collections)
        return steps

    return await converse("mongo", "pymongo", access, caps, talk)


def _work(
    module: Any,  # noqa: ANN401 - the module
    steps: Steps,
    client: Any,  # noqa: ANN401 - a client of the library
    access: StoreAccess,
    collections: Sequence[str],
) -> None:
    place = client[database(access) or "admin"]
    if not steps.add("login", lambda: {"ok": place.command("ping").get("ok"), "user": bool(access.user)}):
        return
    if not steps.add("read", lambda: {"collections": sorted(place.list_collection_names())[:_LISTED]}):
        return
    steps.add("indexes", lambda: {one: _indexes(place[one]) for one in collections})
    steps.add("write_concern", lambda: _write_concern(module, client))


def _options(access: StoreAccess, caps: Caps, ca: Path | None) -> dict[str, Any]:
    wait = int(caps.timeout * 1000)
    options: dict[str, Any] = {
        "host": urlsplit(access.url).hostname,
        "port": port(access),
        "directConnection": True,
        "serverSelectionTimeoutMS": wait,
        "connectTimeoutMS": int(caps.connect_timeout * 1000),
        "socketTimeoutMS": wait,
        "appname": "opscheck",
        "retryReads": False,
    }
    if access.tls:
        options |= {"tls": True, "tlsCAFile": str(ca) if ca else None}
    return options


def _login(access: StoreAccess) -> dict[str, Any]:
    if not access.user or access.password is None:
        return {}
    source = access.auth_source or database(access) or "admin"
    return {"username": access.user, "password": access.password.reveal(), "authSource": source}


def _hello(answer: Mapping[str, Any]) -> dict[str, Any]:
    return {key: answer[key] for key in _HELLO if key in answer}


def _indexes(collection: Any) -> list[dict[str, Any]]:  # noqa: ANN401 - a collection of the library
    listed = collection.index_information()
    return [
        {"name": name, "keys": [field for field, _ in facts.get("key", ())], "unique": bool(facts.get("unique"))}
        for name, facts in sorted(listed.items())
    ]


def _write_concern(module: Any, client: Any) -> dict[str, Any]:  # noqa: ANN401 - of the library
    """The server's default; nothing where it has none to tell, or not to this login."""
    try:
        answer = client.admin.command("getDefaultRWConcern")
    except module.errors.OperationFailure as error:
        return {"untold": error.code}
    concern = answer.get("defaultWriteConcern") or {}
    return {"w": concern.get("w", "majority"), "j": concern.get("j"), "implicit": not concern}


def _code(error: Exception) -> str:
    return str(getattr(error, "code", None) or type(error).__name__)


def _broken(errors: Any, error: Exception) -> Kind | None:  # noqa: ANN401 - the library's module
    """A server that is no primary answers; one that cannot be chosen, or that speaks something else, does not."""
    if isinstance(error, errors.NotPrimaryError):
        return None
    if isinstance(error, errors.ProtocolError):
        return Kind.PROTOCOL
    if not isinstance(error, errors.ConnectionFailure):
        return Kind.TIMEOUT if getattr(error, "timeout", False) else None
    said = str(error).casefold().partition("(configured timeouts")[0]
    if "ssl" in said or "tls" in said or "certificate" in said:
        return Kind.TLS
    if "timed out" in said or "cancelled" in said:  # the library calls off what waits when its own hello times out
        return Kind.TIMEOUT
    return Kind.RESET if "closed" in said or "reset" in said else Kind.PROTOCOL
