"""The build that runs on each host, by its status summary, against the commit that is to be released."""

from __future__ import annotations

from opscheck.checks._status import NoSummary, is_no_build, read_summary
from opscheck.model import Host, HostKind, Unmeasured
from opscheck.release.asked import Context, unseen
from opscheck.release.asking import ask
from opscheck.release.checklist import Item
from opscheck.release.freshness import judge_build
from opscheck.release.git import NoGit
from opscheck.release.words import Seen, State
from opscheck.report.visible import visible

_ENDPOINT = "status_summary"


def measure_build(item: Item, context: Context) -> Seen:
    """The worst of the hosts."""
    if not context.asked.hosts:
        return unseen("no host was named", "--host NAME")
    order = list(State)
    found = [_of_host(host, item, context) for host in context.asked.hosts]
    worst = min(found, key=lambda seen: order.index(seen.state))
    lines = tuple(line for seen in found for line in (seen.evidence or (() if seen is worst else (seen.reason,))))
    return Seen(worst.state, worst.reason, lines, worst.remedy)


def _of_host(host: Host, item: Item, context: Context) -> Seen:
    if host.kind is not HostKind.LIVE:
        return unseen(f"{host.name} is brought up for a run and has no build that was deployed", "name a live host")
    if not host.has(_ENDPOINT):
        return unseen(f"{host.name} does not tell its build: {host.why_not(_ENDPOINT)}")
    sha = _sha(host, context.asked.agent)
    if isinstance(sha, Seen):
        return sha
    if is_no_build(sha):
        remedy = "hand the commit to the build as an argument, so that the summary can name it"
        return unseen(
            f"the build of {host.name} does not know its commit: {visible(sha, 40) or 'none is told'}", remedy
        )
    try:
        standing = context.git.standing(sha)
    except NoGit as error:
        return unseen(f"{host.name} runs build {visible(sha, 40)}; {error}")
    return judge_build(
        standing,
        host.name,
        sha,
        most_commits=item.wants.get("most_commits", 0),
        most_age=item.span("most_age", "0s"),
    )


def _sha(host: Host, agent: str) -> str | Seen:
    """The commit that a host says it runs."""
    (answer,) = ask([host.request(_ENDPOINT)], agent, ca=host.ca)
    if isinstance(answer, Unmeasured):
        remedy = answer.remedy or "start what does not answer, or correct its url in the host file"
        return unseen(f"{host.name} could not be asked for its build: {visible(answer.detail, 160)}", remedy)
    try:
        return read_summary(answer).sha
    except NoSummary as error:
        return unseen(f"{host.name} does not tell its build: {visible(error, 160)}")
