"""The tunnel's token is rendered into the Compose configuration, and has the form of one."""

from __future__ import annotations

from opscheck.checks._words import degraded, failed, passed
from opscheck.model import Verdict
from opscheck.model.tunnel import ComposeToken
from opscheck.registry import check


@check(
    "tunnel-token",
    promise="Compose renders a token, or credentials, for the tunnel's service; what the token is, nobody is told.",
    concern="tunnel",
    faults={
        "token-not-rendered": "the token is empty: its variable was not set where Compose ran",
        "token-malformed": "what is rendered is no token: cut, quoted, or another secret in its place",
        "tunnel-service-missing": "the rendered configuration has no such service",
    },
    remedy="put the token into the environment, or the .env file, of whoever runs docker compose",
)
def tunnel_token(rendered: ComposeToken) -> Verdict:
    """Judge where the token stands, how long it is and whether it can be read as one."""
    expected = f"a token for the service {rendered.service}, rendered as TUNNEL_TOKEN or held in a file"
    services = ", ".join(rendered.services[:12]) or "none"
    if rendered.service not in rendered.services:
        reason = f"the rendered configuration has no service {rendered.service}"
        remedy = "correct expect.tunnel.service, or add its profile to expect.tunnel.profiles"
        return failed(reason, expected=expected, observed=f"services: {services}", remedy=remedy)
    if rendered.place == "file":
        observed = "credentials or a token in a file"
        return passed("a file holds what the tunnel needs", expected=expected, observed=observed)
    observed = f"{rendered.length} characters, in {rendered.place or 'neither environment nor command'}"
    if not rendered.length:
        unset = f"; unset: {', '.join(rendered.unset)}" if rendered.unset else ""
        return failed("no token is rendered", expected=expected, observed=observed + unset)
    if not rendered.shaped:
        cause = "a part of it was lost where it was copied, or it is in quotes"
        reason = "what is rendered is no token of a tunnel"
        remedy = "take it anew from the dashboard, whole and without quotes: it is base64 and begins with eyJ"
        return failed(reason, expected=expected, observed=observed, likely_cause=cause, remedy=remedy)
    if rendered.place == "command":
        reason = "the token stands in the command, and so in the list of processes"
        remedy = "give it as the environment variable TUNNEL_TOKEN instead of the option --token"
        return degraded(reason, expected=expected, observed=observed, remedy=remedy)
    return passed("the token is rendered", expected=expected, observed=observed)
