"""Alerting rules that can fire, and somebody who hears of it."""

import pytest

from opscheck.checks.alert_metrics import alert_metrics
from opscheck.checks.alert_ratio import alert_ratio
from opscheck.checks.alert_receivers import alert_receivers
from opscheck.checks.alert_silence import alert_silence
from opscheck.checks.alert_threshold import alert_threshold

pytestmark = pytest.mark.observability


def test_rules_ask_for_series_that_exist(alert_rules, expect):
    """No alerting rule waits for a metric that nothing exposes."""
    expect(alert_metrics(alert_rules))


def test_ratios_compare_a_part_with_its_whole(alert_rules, expect):
    """A rule that divides two rates finds what to divide by, and not only itself."""
    expect(alert_ratio(alert_rules))


def test_thresholds_can_be_reached(alert_rules, expect):
    """A threshold on a quantile lies where the histogram can still tell."""
    expect(alert_threshold(alert_rules))


def test_silence_is_heard(alert_rules, expect):
    """A rule on too little of something also fires when its series is gone."""
    expect(alert_silence(alert_rules))


def test_every_alert_reaches_somebody(alert_rules, alert_routing, expect):
    """Every alert is routed to a receiver that exists and notifies somebody."""
    expect(alert_receivers(alert_rules, alert_routing))
