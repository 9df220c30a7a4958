"""Metrics are read as the Prometheus client library writes and reads them."""

import math

import pytest
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, Summary
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4, generate_latest
from prometheus_client.openmetrics.exposition import CONTENT_TYPE_LATEST
from prometheus_client.openmetrics.exposition import generate_latest as generate_open
from prometheus_client.openmetrics.parser import text_string_to_metric_families as parse_open
from prometheus_client.parser import text_string_to_metric_families as parse

from opscheck.checks._metrics import NotMetrics, Sample, read_metrics
from tests.checks.answers import http

ODD = ("plain", 'quo"te', "back\\slash", "two\nlines", "\\n", 'a="b",c="d"}', "# EOF", "é\u202e", "")


def told(text: str, content_type: str = CONTENT_TYPE_PLAIN_0_0_4) -> list[Sample]:
    """What is read of a text."""
    return read_metrics(http(text.encode(), content_type=content_type))


def registry() -> CollectorRegistry:
    """One metric of each kind, with values and labels that are hard to write."""
    made = CollectorRegistry()
    calls = Counter("calls", "Calls, with a \\ and\ntwo lines.", ["name", "status"], registry=made)
    for number, name in enumerate(ODD):
        calls.labels(name, str(number)).inc(10.0**number)
    level = Gauge("level", "A level.", ["at"], registry=made)
    for number, value in enumerate((0.0, -1.5, 1e-300, math.inf, -math.inf, math.nan)):
        level.labels(str(number)).set(value)
    Histogram("seconds", "Time.", registry=made).observe(0.2, {"trace": "1"})
    Summary("size", "Size.", registry=made).observe(7)
    return made


def comparable(samples: list[Sample]) -> set[tuple[str, frozenset[tuple[str, str]], str]]:
    """By the text of the value: NaN is not itself."""
    return {(one.name, one.labels, repr(one.value)) for one in samples}


@pytest.mark.parametrize("open_metrics", [False, True])
def test_what_the_client_library_writes_is_read_as_it_reads_it(open_metrics: bool) -> None:
    """Every sample with its labels and value, in both formats."""
    text = (generate_open if open_metrics else generate_latest)(registry()).decode()
    families = (parse_open if open_metrics else parse)(text)
    expected = {
        (one.name, frozenset(one.labels.items()), repr(float(one.value)))
        for family in families
        for one in family.samples
    }

    read = comparable(told(text, CONTENT_TYPE_LATEST if open_metrics else CONTENT_TYPE_PLAIN_0_0_4))

    assert len(read) > 30
    assert read == expected


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("a 1\n", 1.0),
        ("  a   1  \n", 1.0),
        ("a\t1\n", 1.0),
        ("a{} 1\n", 1.0),
        ('a{ b = "c" , } 1\n', 1.0),
        ('a{b="c"}1\n', 1.0),
        ("a +1e3 1767355200000\n", 1000.0),
        ("\n# a comment\n# HELP a of something\n\na .5\n", 0.5),
        ("a +Inf\n", math.inf),
    ],
)
def test_what_a_server_takes_is_read(text: str, value: float) -> None:
    """White space, comments, time stamps and every way of writing a number."""
    assert [one.value for one in told(text)] == [value]


@pytest.mark.parametrize(
    "text",
    [
        "a\n",
        "a b\n",
        "a 1 2 3\n",
        "a 1 x\n",
        "1a 1\n",
        "a-b 1\n",
        'a{b="c" 1\n',
        'a{b="c"d="e"} 1\n',
        'a{b="c",b="d"} 1\n',
        "a{b=c} 1\n",
        'a{"b"="c"} 1\n',
        "a 0x10\n",
        "a 1_000\n",
        "a \u0661\n",
        "a 1\na 2\n",
        "# TYPE a gauge\n# TYPE a gauge\na 1\n",
        "# TYPE a thing\na 1\n",
        "# TYPE a\na 1\n",
        "a 1",
        "<html>\n",
        '{"status_ready": 1}\n',
    ],
)
def test_what_a_server_drops_is_refused(text: str) -> None:
    """One line that cannot be read costs the server the whole scrape."""
    with pytest.raises(NotMetrics) as told_why:
        told(text)

    assert str(told_why.value).isprintable()


@pytest.mark.parametrize("text", ["a 1\n", "a 1\n\n# EOF\n", " a 1\n# EOF\n", "a 1\n# EOF\nb 2\n"])
def test_openmetrics_is_stricter(text: str) -> None:
    """No blank line, no indent, and # EOF at the end."""
    with pytest.raises(NotMetrics):
        told(text, CONTENT_TYPE_LATEST)
