"""The Postgres probe: login, a query, what the server says of itself, the head of the migrations."""

from __future__ import annotations

import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

from opscheck.model import Kind, Unmeasured
from opscheck.model.store import StoreAccess, StoreSession
from opscheck.probes.limits import Caps
from opscheck.probes.store import Deadline, Steps, converse, database, port

_STATE: Final = """
    select current_setting('server_version') as version, pg_is_in_recovery() as recovering,
           current_setting('default_transaction_read_only') = 'on' as read_only,
           current_setting('max_connections')::int as max_connections,
           (select count(*) from pg_stat_activity where backend_type = 'client backend') as connections,
           pg_database_size(current_database()) as bytes
"""
_WRITE: Final = "create temporary table opscheck_probe (value int) on commit drop"
_SHORTEST: Final = 2  # seconds: what the library makes of less
# A refused login comes without its code: the words stand for it.
_REFUSALS: Final[Mapping[str, str]] = {
    "password authentication failed": "28P01",
    "no password supplied": "NOPASSWORD",
    "no pg_hba.conf entry": "28000",
    "is not permitted to log in": "28000",
    "authentication failed": "28000",
    "permission denied": "42501",
    "too many": "53300",
    "connection slots": "53300",
    "the database system is": "57P03",
}
_ABSENT: Final = "does not exist"  # a role or a database


async def postgres(
    access: StoreAccess, *, caps: Caps, migrations: str = "", ca: Path | None = None
) -> StoreSession | Unmeasured:
    """Steps: `login`, `read`, `state`, `write` (a temporary table, rolled back) and `migration`.

    Args:
        migrations: the table whose single row names the head, such as `alembic_version`; empty for none.
    """

    def talk(module: Any, deadline: Deadline) -> Steps:  # noqa: ANN401 - the module
        steps = Steps(deadline, (module.Error,), code=_code, broken=lambda error: _broken(module, error))
        opened: list[Any] = []

        def login() -> dict[str, Any]:
            connection = module.connect(**_options(access, deadline, ca))
            opened.append(connection)
            deadline.cut_socket(connection.fileno())
            return {"database": connection.info.dbname}

        try:
            if steps.add("login", login):
                _work(steps, module, opened[0], migrations)
        finally:
            for connection in opened:
                connection.close()
        return steps

    return await converse("postgres", "psycopg", access, caps, talk)


def _work(steps: Steps, module: Any, connection: Any, migrations: str) -> None:  # noqa: ANN401 - of the library
    def row(query: Any) -> dict[str, Any]:  # noqa: ANN401 - text, or the library's composed one
        with connection.transaction(force_rollback=True), connection.cursor(row_factory=module.rows.dict_row) as cursor:
            found = cursor.execute(query)
            return dict(found.fetchone() or {}) if found.description else {}

    if not steps.add("read", lambda: row("select 1 as one")):
        return
    steps.add("state", lambda: row(_STATE))
    steps.add("write", lambda: row(_WRITE))
    if migrations:
        table = module.sql.Identifier(*migrations.split("."))
        query = module.sql.SQL("select * from {}").format(table)
        steps.add("migration", lambda: {"head": str(next(iter(row(query).values()), ""))})


def _options(access: StoreAccess, deadline: Deadline, ca: Path | None) -> dict[str, Any]:
    options: dict[str, Any] = {
        "host": urlsplit(access.url).hostname,
        "port": port(access),
        "dbname": database(access) or "postgres",
        "connect_timeout": max(_SHORTEST, math.ceil(deadline.left)),
        "options": f"-c statement_timeout={int(deadline.left * 1000)}",
        "application_name": "opscheck",
        "gssencmode": "disable",  # asked for by nobody, and one more way to wait
    }
    if access.user:
        options["user"] = access.user
    if access.password is not None:
        options["password"] = access.password.reveal()
    if access.tls:
        options |= {"sslmode": "verify-full", "sslrootcert": str(ca) if ca else "system"}
    return options


def _code(error: Exception) -> str:
    """The state that the server gives, also for a login, where the library knows its words alone."""
    state = getattr(error, "sqlstate", None)
    if state:
        return str(state)
    said = str(error)
    if _ABSENT in said:
        return "3D000" if "database" in said.rpartition("FATAL")[2] else "28000"
    return next((code for words, code in _REFUSALS.items() if words in said), type(error).__name__)


def _broken(module: Any, error: Exception) -> Kind | None:  # noqa: ANN401 - the module
    """The end of the connection: no state, and no refusal by the server."""
    if isinstance(error, module.errors.ConnectionTimeout):
        return Kind.TIMEOUT
    said = str(error)
    answered = getattr(error, "sqlstate", None) or "FATAL" in said or _code(error) == "NOPASSWORD"
    if answered or not isinstance(error, module.OperationalError | module.InterfaceError):
        return None
    if "certificate" in said or "SSL" in said:
        return Kind.TLS
    return Kind.RESET if "closed" in said or "reset" in said else Kind.PROTOCOL
