"""Whose pages ask: origins that the policy lets in, and others, as many as one address may be asked for."""

from opscheck.model.cross_origin import CorsPolicy, Visitor
from opscheck.model.origin import FAMILIES, NULL, look_alikes, read_origin, why_no_origin

FOREIGN = Visitor("foreign", "https://opscheck.invalid")  # no name below .invalid is anybody's
NOBODY = Visitor("none", "")
_ANYBODY = Visitor("allowed", "https://page.example")  # where the policy lets everybody in
_ALLOWED = 5
_REFUSED = 3
_WITH_COOKIE = 2
_PREFLIGHTS = 6  # of allowed origins
_SAFE = {"GET", "HEAD", "POST"}


def allowed(policy: CorsPolicy) -> list[Visitor]:
    """Origins that may read."""
    if policy.is_public:
        return [_ANYBODY]
    return [Visitor("allowed", origin) for origin in dict.fromkeys(policy.allowed) if not why_no_origin(origin)]


def refused(policy: CorsPolicy) -> list[Visitor]:
    """Origins that the policy refuses by name."""
    return [Visitor("refused", origin) for origin in dict.fromkeys(policy.refused) if not why_no_origin(origin)]


def foreign(policy: CorsPolicy) -> list[Visitor]:
    """An origin that nobody can have allowed, and the one that every sandboxed frame has."""
    return [FOREIGN, *([] if NULL in policy.allowed else [Visitor("null", NULL)])]


def alike(policy: CorsPolicy) -> list[Visitor]:
    """One look-alike of each family, those of several allowed origins in turn."""
    if policy.is_public:
        return []
    known = [(one.origin, read_origin(one.origin)) for one in allowed(policy)]
    by_origin = [(text, {one.family: one.origin for one in look_alikes(origin)}) for text, origin in known if origin]
    found = []
    for number, family in enumerate(family for family in FAMILIES if family not in policy.tolerated):
        turn = number % len(by_origin) if by_origin else 0
        for text, families in [*by_origin[turn:], *by_origin[:turn]]:
            other = families.get(family)
            if other and other not in policy.allowed:
                found.append(Visitor(family, other, text))
                break
    return found


def plain(policy: CorsPolicy) -> tuple[list[tuple[Visitor, bool]], int]:
    """Who asks for the answer of a success, and how many more there would be; each with whether it sends a cookie."""
    let_in, named = allowed(policy), refused(policy)
    asking = [NOBODY, *let_in[:_ALLOWED], *foreign(policy), *named[:_REFUSED], *alike(policy)]
    with_cookie = [*let_in[:_WITH_COOKIE], *foreign(policy)]
    left = max(0, len(let_in) - _ALLOWED) + max(0, len(named) - _REFUSED)
    return [*((one, False) for one in asking), *((one, True) for one in with_cookie)], left


def on_errors(policy: CorsPolicy) -> tuple[list[tuple[Visitor, bool]], int]:
    """Who asks for the answer of an error."""
    let_in = allowed(policy)
    asking = [NOBODY, *let_in[:_ALLOWED], *foreign(policy)]
    return [(one, False) for one in asking], max(0, len(let_in) - _ALLOWED)


def before_sending(policy: CorsPolicy) -> tuple[list[tuple[Visitor, str]], int]:
    """Who asks for leave, and for which method: allowed origins for each that needs it, all others for one."""
    wanted = [method for method in policy.methods if method not in _SAFE or policy.headers]
    pairs = [(one, method) for one in allowed(policy) for method in wanted]
    others = "POST" if "POST" in wanted or not wanted else wanted[0]
    named = refused(policy)
    strangers = [*foreign(policy), *named[:1], *alike(policy)]
    left = max(0, len(pairs) - _PREFLIGHTS) + max(0, len(named) - 1)
    return [*pairs[:_PREFLIGHTS], *((one, others) for one in strangers)], left
