"""Whether the build that runs is the commit that is to be released, or how far it is behind. Pure."""

from __future__ import annotations

from datetime import timedelta

from opscheck.release.git import Commit, Standing
from opscheck.release.spans import lasting
from opscheck.release.words import Seen, State
from opscheck.report.visible import counted


def judge_build(standing: Standing, host: str, sha: str, *, most_commits: int, most_age: timedelta) -> Seen:
    """Judge where the running build stands.

    Args:
        most_commits: that it may be behind; 0 asks for HEAD itself.
        most_age: that its commit may be older than HEAD's.
    """
    head = standing.head
    if standing.commit is None:
        reason = f"{host} runs build {sha[:12]}, a commit that this repository does not have"
        if standing.shallow:
            return Seen(State.UNMEASURED, f"{reason}: its history is cut off", (), "git fetch --unshallow")
        return Seen(State.NOT_MET, reason, (), "push the commit, or deploy one that the repository has")
    age = head.at - standing.commit.at
    line = f"{host}: build {_named(standing.commit)}; HEAD {_named(head)}"
    if standing.ahead:
        reason = f"{host} runs {counted(standing.ahead, 'commit')} that HEAD does not have"
        return Seen(State.NOT_MET, reason, (line,), "merge what runs there, or deploy HEAD")
    behind = f"{counted(standing.behind, 'commit')} and {lasting(age)} behind HEAD"
    if standing.behind > most_commits or (standing.behind and age > most_age):
        return Seen(
            State.NOT_MET, f"{host} runs a build that is {behind}", (line,), "deploy HEAD there, and check it again"
        )
    if standing.behind:
        return Seen(State.MET, f"{host} runs a build that is {behind}, which is allowed", (line,))
    return Seen(State.MET, f"{host} runs HEAD, {head.sha[:12]}", (line,))


def _named(commit: Commit) -> str:
    return f"{commit.sha[:12]} of {commit.at:%Y-%m-%d %H:%M %Z}"
