"""Rule files and configuration files that are broken, judged by promtool and amtool, and read as the live ones are."""

from __future__ import annotations

from typing import Final

from tests.infra.row import Expect, Row, row

_PROMETHEUS: Final = {"prometheus": "{prometheus}"}
FILES_WELL: Final[Expect] = {
    "prometheus": {"rules_files": ["{rules_good}"], "tests_files": ["{tests_good}"]},
    "alertmanager": {"config_file": "{alertmanager_file}"},
}
FILES: Final[tuple[Row, ...]] = (
    row(
        "rule-file-broken",
        _PROMETHEUS,
        "rule-files alert-metrics",
        shows="rule-file-broken",
        expect={"prometheus": {"rules_files": ["{rules_broken}"]}},
        because="could not parse expression",
    ),
    row(
        "rule-file-without-metric",
        _PROMETHEUS,
        "alert-metrics",
        shows="rule-without-metric",
        expect={"prometheus": {"rules_files": ["{rules_lost}"]}},
        because="asks for nobody_total",
    ),
    row(
        "rule-test-fails",
        _PROMETHEUS,
        "rule-tests",
        expect={"prometheus": {"tests_files": ["{tests_failing}"]}},
        because="a test of the rules fails",
    ),
    row(
        "alertmanager-config-broken",
        _PROMETHEUS,
        "alertmanager-config",
        expect={"alertmanager": {"config_file": "{alertmanager_broken}"}},
        because="undefined receiver",
    ),
)
