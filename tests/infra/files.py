"""Files of the world: rules with their tests, and configurations of Alertmanager, good and broken."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from tests.infra.signal_rows import GOOD_RULES

_DOWN: Final = [{"series": 'up{job="worker"}', "values": "0 0 0"}]
_ROUTE: Final = {"receiver": "ops"}
_HOOK: Final = {"webhook_configs": [{"url": "http://127.0.0.1:9/hook"}]}


def write_files(folder: Path) -> dict[str, str]:
    """Write them all, as JSON, which is YAML; give their paths by name."""
    good = folder / "rules_good.yml"
    contents: dict[str, Any] = {
        "rules_good": _rules(GOOD_RULES),
        "rules_broken": _rules({**GOOD_RULES, "Broken": "rate(up[5m) > 1"}),
        "rules_lost": _rules({**GOOD_RULES, "Lost": "nobody_total > 5"}),
        "tests_good": _tests(good, {"exp_labels": {"job": "worker"}}),
        "tests_failing": _tests(good, {"exp_labels": {"job": "somebody"}}),
        "alertmanager_file": {"route": _ROUTE, "receivers": [{"name": "ops", **_HOOK}]},
        "alertmanager_broken": {"route": {"receiver": "nobody"}, "receivers": [{"name": "ops", **_HOOK}]},
    }
    paths = {}
    for name, content in contents.items():
        path = folder / f"{name}.yml"
        path.write_text(json.dumps(content))
        paths[name] = str(path)
    empty = folder / "empty.log"
    empty.touch()
    return {**paths, "empty_log": str(empty)}


def _rules(queries: Mapping[str, str]) -> dict[str, Any]:
    return {"groups": [{"name": "ops", "rules": [{"alert": name, "expr": text} for name, text in queries.items()]}]}


def _tests(rules: Path, expected: dict[str, Any]) -> dict[str, Any]:
    fires = {"eval_time": "1m", "alertname": "WorkerDown", "exp_alerts": [expected]}
    one = {"interval": "1m", "input_series": _DOWN, "alert_rule_test": [fires]}
    return {"rule_files": [str(rules)], "evaluation_interval": "1m", "tests": [one]}
