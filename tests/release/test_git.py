"""Documents and builds in real repositories: what a range of commits changes, where a build stands."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from opscheck.release.checklist import load_checklist
from opscheck.release.documents import judge_documents
from opscheck.release.freshness import judge_build
from opscheck.release.git import Git, NoGit
from opscheck.release.processes import Programs
from opscheck.release.words import State
from tests.release.repository import Repository

RULES = load_checklist("release").item("documents").wants["rules"]


def test_code_without_its_document(repository: Repository) -> None:
    """The path that changed and the documents that did not."""
    repository.commit({"app/main.py": "2"})

    changed = repository.known.changed("v1..HEAD")
    seen = judge_documents(changed, RULES, "v1..HEAD")

    assert changed == {"app/main.py": "M"}
    assert seen.state is State.NOT_MET
    assert "app/main.py without a change of docs/** or README*" in seen.reason


def test_code_with_its_document(repository: Repository) -> None:
    """In the same range, not in the same commit."""
    repository.commit({"app/main.py": "2"})
    repository.commit({"docs/guide.md": "# Guide\n\n2"})

    seen = judge_documents(repository.known.changed("v1..HEAD"), RULES, "v1..HEAD")

    assert seen.state is State.MET
    assert seen.evidence == ("app/main.py with docs/guide.md",)


@pytest.mark.parametrize(
    ("files", "state"),
    [
        ({"docs/guide.md": None, "app/main.py": "2"}, State.NOT_MET),
        ({"tests/test_main.py": "2"}, State.MET),
        ({"docs/new.md": "# New"}, State.MET),
        ({"deploy/nginx.conf": "server {}"}, State.NOT_MET),
        ({"deploy/nginx.conf": "server {}", "runbooks/edge.md": "# Edge"}, State.MET),
        ({"app/größe und mehr.py": "x"}, State.NOT_MET),
    ],
    ids=["document-deleted", "tests-alone", "document-alone", "deployment", "deployment-told", "odd-name"],
)
def test_what_describes_what(repository: Repository, files: dict[str, str | None], state: State) -> None:
    """The shipped rules: code and deployment want documents, tests do not, and a deleted document tells nobody."""
    repository.commit(files)

    assert judge_documents(repository.known.changed("v1..HEAD"), RULES, "v1..HEAD").state is state


def test_a_range_is_what_one_side_changed(repository: Repository) -> None:
    """Commits of the other side since they parted are not those of the release."""
    repository.git("checkout", "-q", "-b", "work")
    repository.commit({"app/main.py": "2"})
    repository.git("checkout", "-q", "main")
    repository.commit({"docs/guide.md": "# Other"})
    repository.git("checkout", "-q", "work")

    assert repository.known.changed("main..work") == {"app/main.py": "M"}


def test_nothing_changed_is_nothing_measured(repository: Repository) -> None:
    """An empty range is a mistake of who typed it."""
    assert judge_documents(repository.known.changed("HEAD..HEAD"), RULES, "HEAD..HEAD").state is State.UNMEASURED


@pytest.mark.parametrize("range_", ["v9..HEAD", "HEAD", "--output=x..y", "-x", "v1..--help"])
def test_a_range_that_is_none(repository: Repository, range_: str) -> None:
    """In one line, and nothing of it is taken for an option."""
    with pytest.raises(NoGit, match=r"^[^\n]+$"):
        repository.known.changed(range_)

    assert not (repository.folder / "x..y").exists()


def test_a_folder_that_is_no_repository(tmp_path: Path) -> None:
    """Git's own words, in one line."""
    with pytest.raises(NoGit, match="not a git repository"):
        Git(Programs(tmp_path)).commit()


def test_the_last_tag_before_head(repository: Repository) -> None:
    """A tag of HEAD itself begins no range; the one before does."""
    repository.commit({"app/main.py": "2"})
    repository.git("tag", "v2")

    assert repository.known.last_tag() == "v1"


def test_what_differs_from_head(repository: Repository) -> None:
    """Changed, staged, removed, new; named from the top wherever it is asked; not what git ignores."""
    repository.commit({".gitignore": "*.log\n", "gone": "1", "app/odd name\u00e9": "1"})
    assert repository.known.differing() == ([], [])
    for name in ("app/main.py", "app/odd name\u00e9", "app/new.py", "app/a.log", "staged"):
        (repository.folder / name).write_text("3")
    (repository.folder / "gone").unlink()
    repository.git("add", "staged")

    known, new = Git(Programs(repository.folder / "app")).differing()

    names = sorted(str(path.relative_to(repository.folder)) for path in known)
    assert names == ["app/main.py", "app/odd name\u00e9", "gone", "staged"]
    assert new == [repository.folder / "app" / "new.py"]


def build(repository: Repository, sha: str, *, most_commits: int = 0, days: int = 0) -> tuple[State, str]:
    """What a running build comes to."""
    seen = judge_build(
        repository.known.standing(sha), "prod", sha, most_commits=most_commits, most_age=timedelta(days=days)
    )
    return seen.state, seen.reason


def test_builds_against_head(repository: Repository) -> None:
    """HEAD itself, by a short name as well; one that is behind, by commits and by days; one that HEAD does not have."""
    old = repository.git("rev-parse", "HEAD")
    repository.commit({"app/main.py": "2"})
    head = repository.commit({"app/main.py": "3"})
    repository.git("checkout", "-q", "-b", "other", old)
    ahead = repository.commit({"app/main.py": "9"})
    repository.git("checkout", "-q", "main")

    assert build(repository, head) == (State.MET, f"prod runs HEAD, {head[:12]}")
    assert build(repository, head[:7])[0] is State.MET
    assert build(repository, old) == (State.NOT_MET, "prod runs a build that is 2 commits and 2 d behind HEAD")
    assert build(repository, old, most_commits=2, days=2)[0] is State.MET
    assert build(repository, old, most_commits=2, days=1)[0] is State.NOT_MET
    assert build(repository, ahead) == (State.NOT_MET, "prod runs 1 commit that HEAD does not have")


def test_a_build_that_nobody_knows(repository: Repository, tmp_path: Path) -> None:
    """It is another repository's; in a shallow clone nobody can tell."""
    old = repository.git("rev-parse", "HEAD")
    repository.commit({"app/main.py": "2"})
    shallow = tmp_path / "shallow"
    repository.git("clone", "-q", "--depth=1", f"file://{repository.folder}", str(shallow))

    assert build(repository, "deadbeef" * 5)[0] is State.NOT_MET
    seen = judge_build(Git(Programs(shallow)).standing(old), "prod", old, most_commits=0, most_age=timedelta())
    assert seen.state is State.UNMEASURED
    with pytest.raises(NoGit, match="is no commit's name"):
        repository.known.standing("main")
