"""A store lets in who should get in, and its login is needed for what is done there."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from opscheck.checks._words import failed, passed, shown
from opscheck.model import Verdict
from opscheck.model.store import Step, StoreSession
from opscheck.registry import check

_EXPECTED: Final = "the login of the host file gets in, and may read"

# The store's own codes: what is wrong in plain words, what to do.
_WHY: Final[Mapping[str, tuple[str, str]]] = {
    "18": ("login refused", "compare user, password and auth_source with the database that knows the user"),
    "13": ("reading needs a login that was not given", "set expect.mongo.user and secrets.mongo_password"),
    "WRONGPASS": ("login refused", "compare secrets.redis_password with requirepass or the ACL of that user"),
    "NOAUTH": ("a login is needed and none was given", "set secrets.redis_password"),
    "NOPERM": ("the user may not do this", "give the user of the ACL the commands that are needed"),
    "DB": ("the database number does not exist", "correct the number in the url; `databases` in redis.conf bounds it"),
    "MAXCLIENTS": ("all connections are taken", "raise maxclients, or look for clients that leave none"),
    "NOPASSWORD": ("a login is needed and none was given", "set expect.postgres.user and secrets.postgres_password"),
    "28P01": ("login refused: wrong password", "compare secrets.postgres_password with the role's"),
    "28000": ("login refused: no such role, or not from here", "create the role, or add a line to pg_hba.conf"),
    "3D000": ("the database does not exist", "correct the database in the url, or create it"),
    "42501": ("the role may not read", "grant the role what it needs"),
    "53300": ("all connections are taken", "raise max_connections, or put a pool in front"),
    "57P03": ("the server is starting or stopping", "look at its log"),
}


@check(
    "store-login",
    promise="The store accepts the login that the system uses, and lets it read.",
    concern="infra",
    faults={
        "store-wrong-password": "the password is not the store's",
        "store-login-missing": "the store wants a login and none is set",
        "store-wrong-auth-source": "the login is known to another database than the one that is asked",
        "store-wrong-database": "the database that the address names does not exist",
    },
    remedy="compare user, password, database and auth source with those of the store",
)
def store_login(store: StoreSession) -> Verdict:
    """Judge the steps up to the first read."""
    for name in ("hello", "login", "read", "info"):
        step = store.step(name)
        if step is not None and not step.ok:
            return _refused(store, step)
    done = ", ".join(step.name for step in store.steps if step.ok)
    return passed(f"{store.kind} lets the login in and answers", expected=_EXPECTED, observed=f"done: {done}")


def _refused(store: StoreSession, step: Step) -> Verdict:
    why, remedy = _WHY.get(step.code, ("refused", ""))
    reason = f"{store.kind}: {step.name}: {why}" if step.code in _WHY else f"{store.kind}: {step.name} failed"
    observed = f"code {step.code}: {shown(step.detail)}"
    return failed(reason, expected=_EXPECTED, observed=observed, remedy=remedy)
