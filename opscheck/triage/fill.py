"""Fill the placeholders of a signature's texts from the host and from what was seen; a secret is only ever named."""

from __future__ import annotations

import re
import shlex
from collections.abc import Sequence
from typing import Final

from opscheck.model import Host, mask_url
from opscheck.report.run import Result

_PLACEHOLDER: Final = re.compile(r"\{(host|where|component|url|base|address|expect|secret)(?::([\w.|-]+))?\}")
PLACEHOLDERS: Final = ("host", "where", "component", "url", "base", "address", "expect", "secret")


def fill(text: str, results: Sequence[Result], host: Host | None, *, quoted: bool = False) -> str:
    """The text with its placeholders replaced.

    `{host}` is the host's name, `{where}` the address that was asked, `{component}` the part of the host that the root
    cause names, `{url:a|b}` the address of the first endpoint of these that the host has, `{base:a|b}` that of a
    component, `{address:a}` its host and port, `{expect:llm.model}` what the host file expects, `{secret:api_key}` the
    secret's name as a variable. For what is not known stands a word in capitals.

    Args:
        results: those that show the cause; the first that knows is asked.
        quoted: for a shell, in which nothing that was seen may come alive.
    """

    def replaced(match: re.Match[str]) -> str:
        kind, names = match[1], (match[2] or "").split("|")
        if kind == "secret":
            return f"${_word(names[0])}"
        found = _known(kind, names, results, host)
        if not found:
            return _word(names[0] or kind)
        return shlex.quote(found) if quoted else found

    return _PLACEHOLDER.sub(replaced, text)


def _word(name: str) -> str:
    return re.sub("[^A-Za-z0-9]", "_", name).upper()


def _known(kind: str, names: Sequence[str], results: Sequence[Result], host: Host | None) -> str:
    if kind == "host":
        return host.name if host is not None else next((result.host for result in results), "")
    if kind == "where":
        return _where(results)
    if kind == "component":
        return next(filter(None, map(component, results)), names[0])
    if host is None:
        seen = _where(results)
        return {"url": seen, "base": seen, "address": seen.partition("://")[2].partition("/")[0] or seen}.get(kind, "")
    finders = {"url": _url, "base": _base, "address": _address, "expect": _expect}
    return next((found for name in names if (found := finders[kind](name, host))), "")


def _where(results: Sequence[Result]) -> str:
    exchanges = (item for result in results for item in result.evidence)
    return next((str(item["where"]).partition("?")[0] for item in exchanges if item.get("where")), "")


def component(result: Result) -> str:
    """`qdrant` of the root cause `prod:qdrant:refused`; empty where the root cause names none."""
    return result.cause.split(":")[-2] if result.cause.count(":") >= 2 else ""


def _url(endpoint: str, host: Host) -> str:
    return mask_url(host.url(endpoint)) if endpoint in host.endpoints and host.has(endpoint) else ""


def _base(component: str, host: Host) -> str:
    return mask_url(host.components[component].url).rstrip("/") if component in host.components else ""


def _address(component: str, host: Host) -> str:
    return host.components[component].origin.partition("://")[2] if component in host.components else ""


def _expect(name: str, host: Host) -> str:
    section, _, key = name.partition(".")
    value = host.settings.get(section, {}).get(key, "")
    return "" if isinstance(value, list | dict | bool) else str(value or "")
