"""The container engine answers, and says that it is well."""

from __future__ import annotations

from typing import Final

from opscheck.checks._words import degraded, failed, passed, shown, unclear
from opscheck.model import Verdict
from opscheck.model.docker import DockerEngine
from opscheck.registry import check

_EXPECTED: Final = "a ping answered with OK, and how the engine is told without a warning about who may use it"
_OPEN: Final = ("without encryption", "without authentication")
_GRAVE: Final = ("no storage", "storage driver", "deprecated", "devicemapper", "loopback")


@check(
    "docker-engine",
    promise="The container engine is reached, answers for itself, and is open to nobody who does not say who they are.",
    concern="docker",
    faults={
        "engine-is-none": "what answers at the engine's address is something else",
        "engine-failing": "the engine answers, and with errors of its own",
        "engine-open": "the engine serves its API over TCP without TLS: whoever reaches it is root there",
    },
    remedy="docker version and docker info tell more; look at the log of the daemon (journalctl -u docker)",
)
def docker_engine(engine: DockerEngine) -> Verdict:
    """Judge what the engine answered to a ping and to the question how it is."""
    observed = _told(engine)
    if engine.status >= 500 or engine.info_status >= 500:
        answered = engine.status if engine.status >= 500 else engine.info_status
        reason = f"the engine answers {answered}: it cannot do its work"
        return failed(reason, expected=_EXPECTED, observed=observed, remedy="restart it: systemctl restart docker")
    if engine.info_status in (401, 403):
        remedy = "let the proxy of the engine's socket pass GET /info (INFO=1), and what the other checks look at"
        reason = f"something in front of the engine refuses to let us look: {engine.info_status}"
        return unclear(reason, expected=_EXPECTED, observed=observed, remedy=remedy)
    if engine.status != 200 or not engine.api or engine.info_status != 200:
        reason = "what answers there is no container engine"
        remedy = "correct the url of docker: a web server or another service listens there"
        return failed(reason, expected=_EXPECTED, observed=observed, remedy=remedy)
    opened = next((one for one in engine.warnings if any(word in one.lower() for word in _OPEN)), "")
    if opened:
        reason = "the engine serves its API over TCP without TLS: whoever reaches it is root on that machine"
        remedy = "take the tcp:// address out of the daemon's hosts, or protect it by --tlsverify"
        return failed(reason, expected=_EXPECTED, observed=f"{observed}; {shown(opened)}", remedy=remedy)
    grave = next((one for one in engine.warnings if any(word in one.lower() for word in _GRAVE)), "")
    if grave:
        reason = f"the engine warns of itself: {shown(grave)}"
        return degraded(reason, expected=_EXPECTED, observed=observed)
    return passed("the engine answers for itself", expected=_EXPECTED, observed=observed)


def _told(engine: DockerEngine) -> str:
    if engine.info_status != 200:
        asked = f", info {engine.info_status}" if engine.info_status else ""
        return f"ping {engine.status} {shown(engine.said, 60)}{asked}"
    words = f"engine {shown(engine.version, 30)[1:-1]}, API {shown(engine.api, 12)[1:-1]}"
    return f"{words}, {shown(engine.driver, 30)[1:-1]}, {engine.running} containers running"
