"""A part is built once, whole or not at all; what a machine lacks is named; finding skips or fails as told."""

import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest

from tests.parts import build as build_module
from tests.parts.build import ensure, main
from tests.parts.commands import BuildError, run
from tests.parts.find import find_tool, require_tool
from tests.parts.gguf_tiny import write_tiny_model
from tests.parts.part import Job, Need, Part, cache_folder
from tests.parts.recipes import PARTS

ABSENT = Need("the header fake.h", met=lambda: False, packages=("fake-dev",))


class FakeRecipe:
    """Writes half of a file, fails as often as told, then writes it whole; counts how often it ran."""

    def __init__(self, failure: BaseException | None = None) -> None:
        self.runs = 0
        self.failure = failure

    def __call__(self, job: Job) -> None:
        """Build."""
        self.runs += 1
        (job.out / "fake-tool").write_text("half")
        if self.failure is not None:
            failure, self.failure = self.failure, None
            raise failure
        (job.out / "fake-tool").write_text("whole")


def fake_part(recipe: FakeRecipe | None, *needs: Need) -> Part:
    """Return a part named fake-tool."""
    return Part("fake", "1", "fake-tool", needs, recipe)


def test_builds_once(tmp_path: Path) -> None:
    """A second build finds the first one's result and runs nothing."""
    recipe = FakeRecipe()
    outcomes = [ensure(fake_part(recipe), tmp_path) for _ in range(2)]

    assert outcomes == [True, True]
    assert recipe.runs == 1
    assert (tmp_path / "fake-1" / "fake-tool").read_text() == "whole"


def test_a_new_version_is_built_beside_the_old(tmp_path: Path) -> None:
    """The cache is by version: another version is another build."""
    recipe = FakeRecipe()
    for version in ("1", "2"):
        ensure(Part("fake", version, "fake-tool", (), recipe), tmp_path)

    assert recipe.runs == 2


@pytest.mark.parametrize("failure", [BuildError("compiler says no"), OSError("disk full"), KeyboardInterrupt()])
def test_an_interrupted_build_is_not_taken_for_whole(tmp_path: Path, failure: BaseException) -> None:
    """Half a build is never found; the next one starts afresh and succeeds."""
    part = fake_part(FakeRecipe(failure))
    try:
        first = ensure(part, tmp_path)
    except KeyboardInterrupt:
        first = False

    assert not first
    assert part.find(tmp_path) is None
    assert ensure(part, tmp_path)
    assert (tmp_path / "fake-1" / "fake-tool").read_text() == "whole"


def test_a_killed_build_is_not_taken_for_whole(tmp_path: Path) -> None:
    """A builder ended by SIGKILL holds no lock and leaves nothing that could be found."""
    code = (
        "import sys, time; from pathlib import Path; from tests.parts.build import ensure\n"
        "from tests.parts.part import Part\n"
        "def slow(job):\n"
        "    (job.out / 'fake-tool').write_text('half'); print('half', flush=True); time.sleep(60)\n"
        "ensure(Part('fake', '1', 'fake-tool', (), slow), Path(sys.argv[1]))"
    )
    with subprocess.Popen([sys.executable, "-c", code, tmp_path], stdout=subprocess.PIPE, text=True) as builder:
        assert builder.stdout is not None
        while builder.stdout.readline() not in {"half\n", ""}:
            pass
        builder.kill()

    part = fake_part(FakeRecipe())
    assert part.find(tmp_path) is None
    assert ensure(part, tmp_path)


def test_a_recipe_that_leaves_nothing_is_a_failure(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A recipe that ends well without its file has not built anything."""
    assert not ensure(Part("fake", "1", "fake-tool", (), lambda _: None), tmp_path)
    assert "left no fake-tool" in capsys.readouterr().out


def test_what_is_lacking_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A missing header skips the part with one line that names it, its package and the command."""
    recipe = FakeRecipe()
    built = ensure(fake_part(recipe, ABSENT), tmp_path)

    assert not built
    assert recipe.runs == 0
    assert capsys.readouterr().out == ("fake 1: skipped, the header fake.h is missing: apt-get install fake-dev\n")


@pytest.mark.parametrize(("arguments", "code"), [([], 0), (["--require"], 1), (["fake"], 1), (["other"], 0)])
def test_exit_code_tells_of_what_was_asked_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: list[str], code: int
) -> None:
    """A missing part is an error only by name or under --require."""
    other = Part("other", "1", "fake-tool", (), FakeRecipe())
    monkeypatch.setattr(build_module, "PARTS", (fake_part(None, ABSENT), other))
    monkeypatch.setenv("OPSCHECK_REALPARTS", str(tmp_path))

    assert main(["build", *arguments]) == code


def test_an_unknown_part_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    """A mistyped name is refused with the names there are."""
    with pytest.raises(SystemExit, match="2"):
        main(["build", "olama"])
    assert "no part is called olama; there are nginx, redis, postgres" in capsys.readouterr().err


def test_the_list_tells_state(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The list tells of each part whether it is here, and what it lacks."""
    monkeypatch.setattr(build_module, "PARTS", (fake_part(FakeRecipe(), ABSENT),))
    monkeypatch.setenv("OPSCHECK_REALPARTS", str(tmp_path))
    assert main(["list"]) == 0
    assert "fake 1: absent, built by default; the header fake.h is missing" in capsys.readouterr().out


def test_a_failed_command_shows_the_end_of_its_log(tmp_path: Path) -> None:
    """A build's error carries what the compiler said last."""
    with pytest.raises(BuildError, match=r"(?s)exited with 4.*undefined reference"):
        run(["sh", "-c", "echo undefined reference; exit 4"], log=tmp_path / "log")


def test_a_command_past_its_deadline_is_ended(tmp_path: Path) -> None:
    """A step that hangs is killed with what it started."""
    began = time.monotonic()
    with pytest.raises(BuildError, match="longer than"):
        run(["sh", "-c", "sleep 60; true"], log=tmp_path / "log", deadline=0.2)
    assert time.monotonic() - began < 10


def test_finds_in_the_cache_and_on_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """PATH comes first, then the cache; what is in neither is None."""
    monkeypatch.setenv("OPSCHECK_REALPARTS", str(tmp_path / "cache"))
    monkeypatch.setenv("PATH", str(tmp_path))
    before = find_tool("ollama")
    for program in (tmp_path / "cache" / "ollama-0.17.4" / "ollama", tmp_path / "ollama"):
        program.parent.mkdir(parents=True, exist_ok=True)
        program.touch(mode=0o755)
    on_path = find_tool("ollama")
    (tmp_path / "ollama").unlink()

    assert before is None
    assert on_path == tmp_path / "ollama"
    assert find_tool("ollama") == tmp_path / "cache" / "ollama-0.17.4" / "ollama"


def test_what_a_machine_has_elsewhere_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A part that PATH is wrong about is looked for in its own places, then in the cache."""
    for program in (tmp_path / "bin" / "docker-compose", tmp_path / "cache" / "compose-2.40.3" / "docker-compose"):
        program.parent.mkdir(parents=True)
        program.touch(mode=0o755)
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    monkeypatch.setenv("OPSCHECK_REALPARTS", str(tmp_path / "cache"))
    monkeypatch.setenv("DOCKER_CONFIG", str(tmp_path / "docker"))
    compose = next(part for part in PARTS if part.name == "compose")
    built = replace(compose, installed=lambda: None).find(tmp_path / "cache")
    plugin = tmp_path / "docker" / "cli-plugins" / "docker-compose"
    plugin.parent.mkdir(parents=True)
    plugin.touch(mode=0o755)

    assert built == tmp_path / "cache" / "compose-2.40.3" / "docker-compose"
    assert find_tool("compose") == plugin


def test_parts_have_names_of_their_own() -> None:
    """A name or file means one part, and one that is not built says which package brings it."""
    names = [part.name for part in PARTS]
    files = [part.file for part in PARTS]

    assert len({*names}) == len(names)
    assert len({*files}) == len(files)
    assert [part.name for part in PARTS if part.recipe is None and not any(n.packages for n in part.needs)] == []


def test_require_skips_or_fails_as_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """A test whose tool is absent skips with the tool's name, and fails where tools are required."""
    monkeypatch.delenv("OPSCHECK_REQUIRE_TOOLS", raising=False)
    with pytest.raises(pytest.skip.Exception, match="no-such-tool is not installed"):
        require_tool("no-such-tool")

    monkeypatch.setenv("OPSCHECK_REQUIRE_TOOLS", "1")
    with pytest.raises(pytest.fail.Exception, match="no-such-tool is not installed"):
        require_tool("no-such-tool")


def test_system_folders_are_searched(monkeypatch: pytest.MonkeyPatch) -> None:
    """A program of /usr/sbin is found although a user's PATH lacks it."""
    nginx = require_tool("nginx")
    monkeypatch.setenv("PATH", "/nonexistent")
    if nginx.parent.name == "sbin":
        assert require_tool("nginx") == nginx


def test_cache_folder_follows_the_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The named folder wins over the user's cache folder, which wins over the home."""
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.delenv("OPSCHECK_REALPARTS", raising=False)
    monkeypatch.delenv("XDG_CACHE_HOME", raising=False)
    found = [cache_folder()]
    monkeypatch.setenv("XDG_CACHE_HOME", "/x")
    found.append(cache_folder())
    monkeypatch.setenv("OPSCHECK_REALPARTS", "/y")
    found.append(cache_folder())

    assert found == [tmp_path / ".cache/opscheck/realparts", Path("/x/opscheck/realparts"), Path("/y")]


def test_tiny_model_is_the_same_every_time(tmp_path: Path) -> None:
    """The model is a GGUF file of half a megabyte, byte for byte the same."""
    for name in ("one", "two"):
        write_tiny_model(tmp_path / name)
    one = (tmp_path / "one").read_bytes()

    assert one[:4] == b"GGUF"
    assert len(one) < 600_000
    assert one == (tmp_path / "two").read_bytes()
