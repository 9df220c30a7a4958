"""Rule files and configuration files of this machine, read as the live servers would tell them."""

from __future__ import annotations

import importlib
from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from opscheck.checks._json import objects
from opscheck.model import Kind, Unmeasured
from opscheck.model.alert_rules import AlertRule, AlertRules, Routing
from opscheck.model.files import LocalFile
from opscheck.readers.alertmanager import routing_in
from opscheck.readers.prometheus import alert_rule
from opscheck.readers.promql import INSTALL

_NO_LIBRARY: Final = "rule files cannot be read: PyYAML and promql-parser are not installed"


def rules_in(files: Sequence[LocalFile]) -> AlertRules | Unmeasured:
    """The alerting rules of one or more rule files, parsed, without series; unmeasured where a file is none."""
    rules: list[AlertRule] = []
    recorded: list[str] = []
    where = ", ".join(one.path for one in files)
    at = files[0].at
    try:
        for file in files:
            for group in objects(_document(file).get("groups")):
                for rule in objects(group.get("rules")):
                    if isinstance(rule.get("alert"), str):
                        told = {"name": rule["alert"], "query": rule.get("expr"), "labels": rule.get("labels")}
                        rules.append(alert_rule(str(group.get("name", "")), told))
                    elif isinstance(rule.get("record"), str):
                        recorded.append(rule["record"])
    except ImportError:
        return Unmeasured(Kind.TOOL_MISSING, _NO_LIBRARY, where, at, remedy=f"{INSTALL} brings them")
    except ValueError as error:
        return _blind(str(error), where, at)
    return AlertRules(where, tuple(rules), (), tuple(recorded), at)


def routing_of_file(file: LocalFile) -> Routing | Unmeasured:
    """The routing in a configuration file of Alertmanager."""
    if file.problem:
        return _blind(f"{file.path}: {file.problem}", file.path, file.at)
    try:
        return routing_in(file.content.decode("utf-8", "replace"), file.path, file.at)
    except ImportError:
        return Unmeasured(Kind.TOOL_MISSING, _NO_LIBRARY, file.path, file.at, remedy=f"{INSTALL} brings them")


def _document(file: LocalFile) -> dict[str, Any]:
    """The mapping that a file holds.

    Raises:
        ValueError: it cannot be read, or holds something else; one line.
    """
    if file.problem:
        raise ValueError(f"{file.path}: {file.problem}")
    yaml = importlib.import_module("yaml")
    try:
        document = yaml.safe_load(file.content.decode("utf-8"))
    except (yaml.YAMLError, UnicodeDecodeError, RecursionError) as error:
        raise ValueError(f"{file.path}: {' '.join(str(error).split())[:160]}") from None
    if not isinstance(document, dict):
        raise ValueError(f"{file.path}: no mapping with groups in it")  # noqa: TRY004 - the file's content is wrong
    return document


def _blind(detail: str, where: str, at: datetime) -> Unmeasured:
    remedy = "promtool check rules tells more of rule files; the names in the host file are relative to it"
    return Unmeasured(Kind.PROTOCOL, detail, where, at, remedy=remedy)
