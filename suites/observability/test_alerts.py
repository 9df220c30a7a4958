"""Alerting rules that can fire, and somebody who hears of it."""

import pytest

from opscheck.checks.alert_delivery import alert_delivery
from opscheck.checks.alert_metrics import alert_metrics
from opscheck.checks.alert_ratio import alert_ratio
from opscheck.checks.alert_receivers import alert_receivers
from opscheck.checks.alert_silence import alert_silence
from opscheck.checks.alert_threshold import alert_threshold
from opscheck.checks.alertmanager_config import alertmanager_config
from opscheck.checks.rule_files import rule_files
from opscheck.checks.rule_tests import rule_tests

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


def test_an_alert_reaches_a_receiver(alert_delivered, ops_host, expect):
    """A test alert is taken, routed, and accepted by whoever is to be told."""
    expect(alert_delivery(alert_delivered, seconds=ops_host.budget("alert_seconds", 60)))


def test_rule_files_can_be_loaded(rules_checked, expect):
    """A Prometheus server takes every rule file."""
    expect(rule_files(rules_checked))


def test_rules_do_what_their_tests_say(rules_tested, expect):
    """The rules fire where their own tests say that they have to."""
    expect(rule_tests(rules_tested))


def test_alertmanager_takes_its_file(config_checked, expect):
    """The configuration file is one that Alertmanager starts with."""
    expect(alertmanager_config(config_checked))


def test_filed_rules_ask_for_series_that_exist(filed_rules_and_series, expect):
    """No rule of the files waits for a metric that nothing exposes."""
    expect(alert_metrics(filed_rules_and_series))


def test_filed_ratios_compare_a_part_with_its_whole(filed_rules_and_series, expect):
    """A rule of the files that divides two rates finds what to divide by, and not only itself."""
    expect(alert_ratio(filed_rules_and_series))


def test_filed_thresholds_can_be_reached(filed_rules_and_series, expect):
    """A threshold of the files on a quantile lies where the histogram can still tell."""
    expect(alert_threshold(filed_rules_and_series))


def test_filed_rules_hear_silence(filed_rules, expect):
    """A rule of the files on too little of something also fires when its series is gone."""
    expect(alert_silence(filed_rules))


def test_filed_routes_reach_somebody(filed_rules, filed_routing, expect):
    """By the files, every alert is routed to a receiver that exists and notifies somebody."""
    expect(alert_receivers(filed_rules, filed_routing))
