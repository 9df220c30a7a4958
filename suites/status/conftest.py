"""What has to be seen of the status summary, and of whoever can confirm it."""

import json
from functools import partial

from opscheck import Cost, Unmeasured, observation
from opscheck.model import Samples
from opscheck.model.origin import read_origin

_PATIENCE = 2.0  # seconds beyond a budget, so that late and never can be told apart
_EDGE_PATIENCE = 6.0  # beyond the summary's budget, so that the edge can give up before this side does
_TURN = 200  # tokens that one short completion may take
_COMPLETIONS = 3
_LATER = 1.1  # seconds after which a time that is that of the request has moved
_ORIGINS = 8
_FOREIGN = "https://opscheck.invalid"


def _status(host, patience=_EDGE_PATIENCE):
    return host.budget("status_seconds", 2) + patience


def _readiness(host):
    return host.budget("ready_seconds", 2) + _PATIENCE


def _completion(host):
    chat = host.settings.get("chat", {})
    body = {
        "model": chat.get("model", "default"),
        "messages": [{"role": "user", "content": "opscheck status: reply with the word amber."}],
        "max_tokens": chat.get("max_tokens", 16),
    }
    return host.post("chat", body)


@observation(cost=Cost(requests=1), needs=("status_summary",))
async def summary(host, probe):
    """The summary as it is now."""
    return await probe.http(host.request("status_summary"), timeout=_status(host))


@observation(cost=Cost(), needs=("status_summary", "build.sha"))
async def summary_of_release(summary):
    """The summary of a host whose released commit is known."""
    return summary


@observation(cost=Cost(requests=1), needs=("status_summary", "cors.allowed"))
async def summary_allowed(host, probe):
    """The summary as a page of an allowed origin gets it."""
    origin = host.settings["cors"]["allowed"][0]
    return await probe.http(host.request("status_summary").with_headers(origin=origin), timeout=_status(host))


@observation(cost=Cost(requests=1), needs=("status_summary", "status_legacy"))
async def summary_legacy(host, probe, summary):  # noqa: ARG001 - asked right after the one that it is compared with
    """The summary under its old address."""
    return await probe.http(host.request("status_legacy"), timeout=_status(host))


@observation(cost=Cost(requests=1), needs=("status_backend",))
async def summary_backend(host, probe):
    """The backend's own summary, asked without the edge."""
    return await probe.http(host.request("status_backend"), timeout=_status(host))


@observation(cost=Cost(requests=1), needs=("status_summary",))
async def summary_later(host, probe, summary):
    """The summary again, more than a second later."""
    if isinstance(summary, Unmeasured):
        return summary
    await probe.pause(_LATER)
    return await probe.http(host.request("status_summary"), timeout=_status(host), fresh=True)


@observation(cost=Cost(requests=1), needs=("readiness",))
async def ready_beside(host, probe):
    """Readiness, asked beside the summary."""
    return await probe.http(host.request("readiness"), timeout=_readiness(host))


@observation(cost=Cost(requests=1), needs=("readiness_alias",))
async def alias_beside(host, probe):
    """Readiness under its other address, asked beside the summary."""
    return await probe.http(host.request("readiness_alias"), timeout=_readiness(host))


@observation(cost=Cost(requests=1), needs=("status_uptime",))
async def uptime(host, probe):
    """Since when the service runs, and which build of it."""
    return await probe.http(host.request("status_uptime"), timeout=_status(host))


@observation(cost=Cost(requests=1), needs=("metrics",))
async def scraped(host, probe):
    """The metrics as a scraper gets them."""
    return await probe.http(host.request("metrics"), timeout=_status(host, _PATIENCE))


@observation(cost=Cost(requests=1, tokens=_TURN), needs=("status_summary", "chat"))
async def served(host, probe, summary):
    """One short completion, right after the summary that says what will become of it."""
    if isinstance(summary, Unmeasured):
        return summary
    return await probe.http(_completion(host), timeout=host.budget("completion_seconds", 60) + _PATIENCE)


@observation(
    cost=Cost(requests=2 * _COMPLETIONS + 1, tokens=_COMPLETIONS * _TURN), needs=("metrics", "chat"), serial=True
)
async def counted(host, probe):
    """Short completions one after the other, taken alone, with a scrape before, between and behind them.

    Whoever does not answer is not asked again.
    """
    scrape = partial(probe.http, host.request("metrics"), timeout=_status(host, _PATIENCE), fresh=True)
    complete = partial(probe.http, _completion(host), timeout=host.budget("completion_seconds", 60) + _PATIENCE)
    taken = []
    for take in (scrape, *(_COMPLETIONS * (complete, scrape))):
        taken.append(await take())
        if isinstance(taken[-1], Unmeasured):
            break
    return Samples(tuple(taken))


@observation(cost=Cost(requests=1), needs=("status_cors",))
async def cors_report(host, probe):
    """What the service says of its cross-origin policy."""
    return await probe.http(host.request("status_cors"), timeout=_status(host))


@observation(cost=Cost(requests=_ORIGINS + 1), needs=("status_cors", "status_summary"))
async def origins_tried(host, probe, cors_report):
    """The summary, asked as a page of each listed origin, of those that have to be let in, and of a foreign one."""
    known = dict.fromkeys([*_listed(cors_report), *host.settings.get("cors", {}).get("allowed", ())])
    tried = [*[origin for origin in known if read_origin(origin)][:_ORIGINS], _FOREIGN]
    asked = [host.request("status_summary").with_headers(origin=origin) for origin in tried]
    return Samples(await probe.together(*(probe.http(one, timeout=_status(host)) for one in asked)))


def _listed(answer):
    """The origins that a report lists; none where it cannot be read, which is for the check to tell."""
    try:
        report = json.loads(answer.body) if getattr(answer, "status", 0) == 200 else {}
    except (ValueError, RecursionError):
        return []
    listed = report.get("allowed_origins") if isinstance(report, dict) else None
    return [origin for origin in listed if isinstance(origin, str)] if isinstance(listed, list) else []
