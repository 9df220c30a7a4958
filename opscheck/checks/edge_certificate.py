"""The certificate that browsers see is trusted, and will be for long enough to renew it."""

from __future__ import annotations

import re
from typing import Final

from opscheck.checks._words import failed, passed, shown
from opscheck.model import TlsSession, Verdict
from opscheck.registry import check

_EXPIRED: Final = re.compile(r"expired", re.IGNORECASE)
_NAME: Final = re.compile(r"mismatch|not valid for", re.IGNORECASE)


@check(
    "edge-certificate",
    promise="The certificate is for this name, from a trusted authority, and valid for longer than its renewal takes.",
    concern="edge",
    faults={
        "certificate-expired": "its last day has passed",
        "certificate-wrong-name": "it is for another name",
        "certificate-untrusted": "it comes from nobody whom clients trust, or the chain has a gap",
        "certificate-expires-soon": "fewer days are left than its budget",
    },
    remedy="renew the certificate and serve it with its chain; look at whatever should have renewed it by itself",
)
def edge_certificate(session: TlsSession, *, days: float) -> Verdict:
    """Judge one handshake, made without refusing anything."""
    expected = f"a trusted certificate for {shown(session.server_name, 80)}, {days:g} days left"
    left = session.days_left(session.at)
    observed = f"{session.version}, {shown(session.trust)[1:-1] or 'trusted'}, {_told(left)}, for {_names(session)}"
    if session.trust:
        reason, cause = _distrust(session, left)
        return failed(reason, expected=expected, observed=observed, likely_cause=cause)
    if left < days:
        cause = "automatic renewal has stopped, or its result is not loaded"
        return failed(f"the certificate has {_told(left)}", expected=expected, observed=observed, likely_cause=cause)
    return passed(f"a trusted certificate with {_told(left)}", expected=expected, observed=observed)


def _distrust(session: TlsSession, left: float) -> tuple[str, str]:
    words = shown(session.trust)[1:-1]
    if _EXPIRED.search(words):
        since = f" {-left:.0f} days ago" if left < 0 else ": one of its chain"
        return f"the certificate has expired{since}", "automatic renewal has stopped, or its result is not loaded"
    if _NAME.search(words):
        return f"the certificate is for {_names(session)}", "another server answers, or a name was left out"
    return (
        f"the certificate is not trusted: {words}",
        "an intermediate certificate is missing, or the authority is private",
    )


def _told(left: float) -> str:
    return f"{left:.1f} days left" if left >= 0 else f"{-left:.1f} days past its end"


def _names(session: TlsSession) -> str:
    names = session.chain[0].names if session.chain else ()
    more = f" and {len(names) - 3} more" if len(names) > 3 else ""
    return (", ".join(shown(name, 60) for name in names[:3]) or "no name") + more
