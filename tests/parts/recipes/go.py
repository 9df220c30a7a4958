"""Parts written in Go: each a module of an exact version whose checksum is pinned."""

import os
import shutil
from collections.abc import Mapping
from pathlib import Path

from tests.parts.commands import copy_writable, fetch_go_module, run
from tests.parts.part import Job, Part
from tests.parts.recipes.needs import COMPILER, GO, header

MINIAUDIO = "0.11.24"
MINIAUDIO_SUM = "h1:hHcIJVfzWcEDHFdPl5Dl/CUSOjzOleY0zzAV8Kx+imE="
OLLAMA = "0.17.4"
OLLAMA_SUM = "h1:X3KNm9x4BlHqk/AXMGtC7pBAFd46nmJmy8yDaBZLo9s="
GOSS = "0.4.9"
GOSS_SUM = "h1:Lh5QDDbGXST0gyOmgVlw5xC8EXYKCNZhFzmz24sgEdg="
FERRETDB = "1.24.0"
FERRETDB_SUM = "h1:7WJmezL48Bj9bYWnhT/bEJgX5gjT5s7LFdHTqkN25rA="
LOKI = "3.7.8"
LOKI_SUM = "h1:bJ0WFWVOjgvG/jYmT9fIX15SYXXDwuEu/IMgTwMA97U="
LOKI_PUSH = "v0.0.0-20250630054201-94c0ba7b0952"  # nested in Loki's repository, and a module of its own
LOKI_PUSH_SUMS = {
    LOKI_PUSH: "h1:rLzoJGDnoXsZV2j/2atL6OVk9AHluTbDOD8Ls9trtIA=",
    f"{LOKI_PUSH}/go.mod": "h1:ny/0bFitf8KNZkZfweaI4hmwb5XPhaFD2d0kVcyKmjo=",
}
COMPOSE = "2.40.3"
COMPOSE_SUM = "h1:XeYkQu1svDtyfZPv5nTwFryQ25ZJMkIlc4pz9HalMPI="
ACTIONLINT = "1.7.12"
ACTIONLINT_SUM = "h1:vQ4GeJN86C0QH+gTUQcs8McmK62OLT3kmakPMtEWYnY="
CLOUDFLARED = "0.0.0-20260713102814-2601f87b5728"  # its releases have no version that a module can have
CLOUDFLARED_SUM = "h1:92pmafWQq/XZEyoquAa0+GyhPB/DOTtZML8fwHapmj0="

STRIPPED = "-s -w"  # no symbol tables: nobody debugs these, and they are a third of the size


def _source(job: Job, module: str, checksum: str) -> Path:
    fetched = fetch_go_module(module, checksum=checksum, log=job.log, work=job.work)
    return copy_writable(fetched, job.work / "source")


def _build(
    job: Job, source: Path, package: str, program: str, *, flags: str, env: Mapping[str, str] | None = None
) -> None:
    """Build `package` of the module in `source` as the part's `program`, with `flags` for the linker."""
    run(
        ["go", "build", "-trimpath", "-buildvcs=false", f"-ldflags={flags}", "-o", job.out / program, package],
        cwd=source,
        env={"CGO_ENABLED": "0", **(env or {})},
        log=job.log,
    )


def _fetch_miniaudio(job: Job) -> Path:
    """Fetch the one C header that Ollama's module leaves out and Debian has no package of."""
    module = f"github.com/gen2brain/malgo@v{MINIAUDIO}"
    source = fetch_go_module(module, checksum=MINIAUDIO_SUM, log=job.log, work=job.work)
    headers = job.work / "include"
    (headers / "miniaudio").mkdir(parents=True)
    shutil.copy(source / "miniaudio.h", headers / "miniaudio" / "miniaudio.h")
    return headers


def _build_ollama(job: Job) -> None:
    source = _source(job, f"github.com/ollama/ollama@v{OLLAMA}", OLLAMA_SUM)
    headers = _fetch_miniaudio(job)
    version = f"-X=github.com/ollama/ollama/version.Version={OLLAMA}"
    cgo = {"CGO_ENABLED": "1", "CGO_CPPFLAGS": f"-I{headers} -I/usr/include"}
    _build(job, source, ".", "ollama", flags=version, env=cgo)


def _build_goss(job: Job) -> None:
    source = _source(job, f"github.com/goss-org/goss@v{GOSS}", GOSS_SUM)
    _build(job, source, "./cmd/goss", "goss", flags=f"-X=github.com/goss-org/goss/util.Version=v{GOSS}")


def _build_ferretdb(job: Job) -> None:
    source = _source(job, f"github.com/FerretDB/FerretDB@v{FERRETDB}", FERRETDB_SUM)
    # Its releases write these beside the source; without them it does not compile.
    facts = {"version": f"v{FERRETDB}", "commit": "unknown", "branch": "unknown", "package": "unknown"}
    for name, value in facts.items():
        (source / "build" / "version" / f"{name}.txt").write_text(f"{value}\n")
    _build(job, source, "./cmd/ferretdb", "ferretdb", flags=STRIPPED)


def _build_loki(job: Job) -> None:
    source = _source(job, f"github.com/grafana/loki/v3@v{LOKI}", LOKI_SUM)
    # A module's archive lacks the modules nested in its repository: the folder that replaces this one is not there.
    push = "github.com/grafana/loki/pkg/push"
    run(["go", "mod", "edit", f"-dropreplace={push}"], cwd=source, log=job.log)
    with (source / "go.sum").open("a") as sums:
        sums.writelines(f"{push} {version} {checksum}\n" for version, checksum in LOKI_PUSH_SUMS.items())
    version = f"-X=github.com/grafana/loki/v3/pkg/util/build.Version={LOKI}"
    _build(job, source, "./cmd/loki", "loki", flags=f"{STRIPPED} {version}")


def _build_compose(job: Job) -> None:
    source = _source(job, f"github.com/docker/compose/v2@v{COMPOSE}", COMPOSE_SUM)
    version = f"-X=github.com/docker/compose/v2/internal.Version=v{COMPOSE}"
    _build(job, source, "./cmd", "docker-compose", flags=f"{STRIPPED} {version}")


def _build_actionlint(job: Job) -> None:
    source = _source(job, f"github.com/rhysd/actionlint@v{ACTIONLINT}", ACTIONLINT_SUM)
    version = f"-X=github.com/rhysd/actionlint.version={ACTIONLINT}"
    _build(job, source, "./cmd/actionlint", "actionlint", flags=f"{STRIPPED} {version}")


def _build_cloudflared(job: Job) -> None:
    source = _source(job, f"github.com/cloudflare/cloudflared@v{CLOUDFLARED}", CLOUDFLARED_SUM)
    _build(job, source, "./cmd/cloudflared", "cloudflared", flags=f"{STRIPPED} -X=main.Version=2026.7.0")


def _compose_plugin() -> Path | None:
    """Find Compose where docker looks for plugins; a docker-compose on PATH may be the one of ten years ago."""
    own = Path(os.environ.get("DOCKER_CONFIG") or Path.home() / ".docker")
    system = [Path(base, kind, "docker") for base in ("/usr/local", "/usr") for kind in ("lib", "libexec")]
    plugins = (folder / "cli-plugins" / "docker-compose" for folder in (own, *system))
    return next((plugin for plugin in plugins if os.access(plugin, os.X_OK)), None)


PARTS = (
    Part(
        "ollama",
        OLLAMA,
        "ollama",
        (GO, COMPILER, header("nlohmann/json.hpp", "nlohmann-json3-dev"), header("stb/stb_image.h", "libstb-dev")),
        _build_ollama,
    ),
    Part("ferretdb", FERRETDB, "ferretdb", (GO,), _build_ferretdb),
    Part("loki", LOKI, "loki", (GO,), _build_loki),
    Part("compose", COMPOSE, "docker-compose", (GO,), _build_compose, installed=_compose_plugin),
    Part("actionlint", ACTIONLINT, "actionlint", (GO,), _build_actionlint),
    Part("cloudflared", CLOUDFLARED, "cloudflared", (GO,), _build_cloudflared),
    Part("goss", GOSS, "goss", (GO,), _build_goss, default=False),
)
