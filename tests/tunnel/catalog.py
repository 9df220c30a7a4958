"""Every host of the run over the tunnel, and the faults that they show; importing it starts nothing."""

from __future__ import annotations

from typing import Any, Final

from tests.infra.row import Row, row

SUITE: Final = "tunnel"
USUAL: Final[dict[str, Any]] = {"tunnel": {"service": "tunnel", "connections": 4}}
_LOG: Final = {"docker": "{engine}"}
_ALONE: Final = {"agent": "{closed}"}
_METRICS: Final = {"cloudflared": "{metrics}"}


def _container(name: str) -> dict[str, dict[str, Any]]:
    return {"tunnel": {"container": f"{{n}}-{name}"}}


def _compose(name: str, **more: Any) -> dict[str, dict[str, Any]]:  # noqa: ANN401 - settings of any kind
    return {"tunnel": {"compose_files": [f"{{compose}}/{name}.yaml"], **more}}


def _ways(public: str, origin: str) -> dict[str, str]:
    return {"tunnel": f"{{{public}}}", "tunnel_origin": f"{{{origin}}}"}


WELL: Final[tuple[Row, ...]] = (
    row(
        "well",
        {**_LOG, **_METRICS, **_ways("edge", "origin")},
        expect={
            "tunnel": {
                "container": "{n}-connected",
                "log_files": ["{logs}/tunnel*.log"],
                "compose_files": ["{compose}/token.yaml"],
            }
        },
    ),
    row("this-stack", _ALONE, expect={"tunnel": {"compose_files": ["{stack}"], "profiles": ["tunnel"]}}),
    row("token-from-file", _ALONE, expect=_compose("bare", env_file="{compose}/right.env")),
    row("credentials", _ALONE, expect=_compose("credentials")),
    row("token-in-command", _ALONE, degraded="tunnel-token", expect=_compose("command")),
    row(
        "few-connections",
        {**_LOG, "cloudflared": "{few}"},
        degraded="tunnel-connections tunnel-ready",
        expect=_container("reconnecting"),
    ),
)
BROKEN: Final[tuple[Row, ...]] = (
    row("tunnel-unregistered", _LOG, "tunnel-connections", expect=_container("cut-off"), because="connection refused"),
    row("tunnel-connections-lost", _LOG, "tunnel-connections", expect=_container("lost"), because="was lost"),
    row(
        "log-file-tells-of-loss",
        _ALONE,
        "tunnel-connections",
        shows="tunnel-connections-lost",
        expect={"tunnel": {"log_files": ["{logs}/lost.log"]}},
        because="timeout: no recent network activity",
    ),
    row("tunnel-refused", _LOG, "tunnel-connections", expect=_container("refused"), because="Invalid tunnel secret"),
    row("tunnel-stopped", _LOG, "tunnel-connections", expect=_container("bad-token"), because="does not run"),
    row(
        "tunnel-missing",
        _LOG,
        "tunnel-connections",
        shows="tunnel-stopped",
        expect=_container("nobody"),
        because="is not there",
    ),
    row("tunnel-not-ready", {"cloudflared": "{real_metrics}"}, "tunnel-ready", because="says that it is not ready"),
    row("tunnel-no-connections", {"cloudflared": "{old_metrics}"}, "tunnel-ready", because="counts no connection"),
    row("tunnel-metrics-foreign", {"cloudflared": "{origin}"}, "tunnel-ready", because="not cloudflared's metrics"),
    row("edge-bypassed", {"tunnel": "{origin}"}, "tunnel-edge", because="it has no cf-ray"),
    row("edge-challenges", {"tunnel": "{challenge}"}, "tunnel-edge", because="a challenge for browsers"),
    row("tunnel-down", _ways("gone", "origin"), "tunnel-origin", because="the origin answers here"),
    row("tunnel-misrouted", _ways("edge_to_nowhere", "origin"), "tunnel-origin", because="leads elsewhere"),
    row("origin-down", _ways("edge_to_nowhere", "closed"), "tunnel-origin", because="the origin is down"),
    row("origin-fails", _ways("edge_to_failing", "failing"), "tunnel-origin", because="answers 503 here as well"),
    row("tunnel-and-origin-down", _ways("gone", "closed"), "tunnel-origin", because="and so is the origin"),
    row("token-not-rendered", _ALONE, "tunnel-token", expect=_compose("bare"), because="no token is rendered"),
    row(
        "token-malformed",
        _ALONE,
        "tunnel-token",
        expect=_compose("bare", env_file="{compose}/cut.env"),
        because="is no",
    ),
    row("tunnel-service-missing", _ALONE, "tunnel-token", expect=_compose("profiled"), because="no service tunnel"),
)
# What Compose itself refuses says nothing of the token.
BLIND: Final[tuple[Row, ...]] = (
    row("quotes-the-token", _ALONE, blind="tunnel-token", expect=_compose("quoting")),
    row("no-such-file", _ALONE, blind="tunnel-token", expect=_compose("nowhere")),
    row("no-such-log", _ALONE, blind="tunnel-connections", expect={"tunnel": {"log_files": ["{logs}/none.log"]}}),
)
ROWS: Final[tuple[Row, ...]] = (*WELL, *BROKEN, *BLIND)
SHOWN: Final[frozenset[str]] = frozenset(name for one in BROKEN for name in one.shows)
