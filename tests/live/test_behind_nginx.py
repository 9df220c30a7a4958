"""Smoke and readiness on a live host: TLS, a private CA, a real model, alone and under xdist."""

from __future__ import annotations

import pytest

from tests.live.conftest import Service, Suites
from tests.parts.ca import CertificateAuthority
from tests.parts.fixtures import NginxFactory
from tests.parts.nginx import Nginx
from tests.parts.ollama import Ollama


def host_file(edge: str, service: Service, ca: CertificateAuthority, ollama: str) -> str:
    """The host `live`; a model with random weights may well answer with an empty line now and then."""
    direct = f', ollama = "{ollama}"' if ollama else ""
    return (
        f'[hosts.live]\nsystem = "reference"\nca = "{ca.root}"\n'
        f'urls = {{ agent = "{edge}", webfetch = "{service.fetcher_url}"{direct} }}\n'
        "slo = { first_token_seconds = 20, completion_seconds = 60 }\n"
        'expect = { chat = { model = "tiny", max_tokens = 8 } }\n'
    )


@pytest.fixture
def live(edge: Nginx, ollama_service: Service, test_ca: CertificateAuthority, ollama_tiny: Ollama) -> str:
    """The host file of the whole arrangement."""
    return host_file(edge.url, ollama_service, test_ca, ollama_tiny.url)


@pytest.mark.parametrize("workers", [(), ("-n", "2")], ids=["alone", "two workers"])
def test_true_verdicts_behind_nginx(suites: Suites, live: str, workers: tuple[str, ...]) -> None:
    """Everything that applies passes over TLS with a real model, whether by one process or two workers."""
    run = suites.run(live, "--host", "live", *workers)

    red = {name: why for name, why in run.red.items() if not name.endswith("DEGRADED")}
    assert red == {}, run.output
    assert {one["host"] for one in run.report["results"]} == {"live"}
    assert len(run.report["results"]) >= 15


def test_http2_where_the_host_file_asks_for_it(suites: Suites, live: str) -> None:
    """The same verdicts over HTTP/2, streams included; the evidence says which was spoken."""
    run = suites.run(live.replace("[hosts.live]", "[hosts.live]\nhttp2 = true"), "--host", "live")

    assert {name for name in run.red if not name.endswith("DEGRADED")} == set(), run.output
    spoken = {
        part["http_version"]
        for one in run.report["results"]
        for part in one["evidence"]["exchanges"]
        if part["where"].startswith("https://") and "http_version" in part
    }
    assert spoken == {"2"}


def test_requests_are_really_sent_through_the_edge(suites: Suites, edge: Nginx, live: str) -> None:
    """The access log of nginx has as many requests of this run as the report says were spent on the agent."""
    before = edge.access_log.read_text().count("opscheck/")

    run = suites.run(live, "--host", "live", select="readiness")

    to_fetcher = sum("webfetch" in one["id"] or "fetcher" in one["id"] for one in run.report["results"])
    sent = edge.access_log.read_text().count("opscheck/") - before
    assert 0 < sent <= run.report["spent"]["live"]["requests"] - to_fetcher
    assert run.report["run"]["id"] in edge.access_log.read_text()


def test_a_stopped_ollama_is_told_truthfully(
    suites: Suites, nginx_factory: NginxFactory, test_ca: CertificateAuthority, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Readiness is red and names the model; liveness stays green; nothing is called unmeasured that was seen."""
    environment = {"AGENT_PROVIDER": "ollama", "AGENT_LLM_BASE_URL": "http://127.0.0.1:9", "AGENT_LLM_MODEL": "tiny"}
    service = Service(tmp_path_factory.mktemp("no-ollama"), environment=environment)
    with service.process():
        edge = nginx_factory(service.url, certificate=test_ca.good)
        run = suites.run(
            host_file(edge.url, service, test_ca, "http://127.0.0.1:9"), "--host", "live", "--ops-exit-codes"
        )

    outcomes = {one["id"].rpartition("::")[2].partition("[")[0]: one for one in run.report["results"]}
    assert run.code == 20, run.output
    assert outcomes["test_it_is_ready"]["outcome"] == "FAIL"
    assert "llm" in outcomes["test_it_is_ready"]["reason"] + outcomes["test_it_is_ready"]["observed"]
    assert {one["outcome"] for name, one in outcomes.items() if "alive" in name or "live" in name} == {"PASS"}


def test_a_buffering_edge_is_found_out(
    suites: Suites,
    nginx_factory: NginxFactory,
    test_ca: CertificateAuthority,
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    """An edge that holds a stream back and delivers it all in one burst turns exactly the stream's check red."""
    service = Service(tmp_path_factory.mktemp("embedded"))
    with service.process():
        edge = nginx_factory(service.url, certificate=test_ca.good, buffered=True)
        run = suites.run(host_file(edge.url, service, test_ca, ""), "--host", "live", select="smoke")

    red = {one["check"] for one in run.report["results"] if one["outcome"] == "FAIL"}
    assert red == {"streamed-completion"}, run.output


@pytest.mark.parametrize("kind", ["expired", "wrong_name", "self_signed"])
def test_a_bad_certificate_is_one_root_cause(
    suites: Suites, ollama_service: Service, nginx_factory: NginxFactory, test_ca: CertificateAuthority, kind: str
) -> None:
    """One UNMEASURED that names the certificate, the rest BLOCKED behind it; nothing is called FAIL."""
    edge = nginx_factory(ollama_service.url, certificate=getattr(test_ca, kind))

    run = suites.run(f'[hosts.live]\nca = "{test_ca.root}"\nurl = "{edge.url}"\n', "--host", "live", "--ops-exit-codes")

    counts = run.report["summary"]["counts"]
    assert (run.code, counts["UNMEASURED"], counts.get("FAIL", 0)) == (30, 1, 0), run.output
    assert counts["BLOCKED"] == len(run.report["results"]) - 1
    assert "certificate" in run.output
