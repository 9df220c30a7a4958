"""The proxy is a real one: TLS, HTTP/2, streams that pass or burst, redirects, logs."""

import socket
import ssl
import time

import httpx
import pytest

from tests.parts.ca import CertificateAuthority
from tests.parts.fixtures import NginxFactory
from tests.parts.nginx import Nginx
from tests.parts.process import accepts
from tests.parts_tests.conftest import EVENT_GAP_SECONDS, EVENTS

STREAM_SECONDS = EVENT_GAP_SECONDS * (EVENTS - 1)


@pytest.fixture(scope="module")
def tls_proxy(nginx_factory: NginxFactory, test_ca: CertificateAuthority, upstream: str) -> Nginx:
    """A proxy with a good certificate."""
    return nginx_factory(upstream, certificate=test_ca.good)


def client_for(ca: CertificateAuthority | None = None) -> httpx.Client:
    """Return a client that trusts the test authority only and ignores the machine's proxy settings."""
    verify = ssl.create_default_context(cafile=str(ca.root)) if ca else False
    return httpx.Client(verify=verify, trust_env=False, timeout=10)


def seconds_from_first_to_last(url: str) -> float:
    """Measure how far apart the first and the last piece of a streamed body arrive."""
    with client_for() as client, client.stream("GET", url) as response:
        times = [time.monotonic() for piece in response.iter_raw() if piece]
    return times[-1] - times[0]


def test_proxies_over_tls(tls_proxy: Nginx, test_ca: CertificateAuthority) -> None:
    """A request over verified TLS reaches the upstream, which learns the scheme."""
    with client_for(test_ca) as client:
        response = client.get(f"{tls_proxy.url}/some/path?q=1")

    assert response.status_code == 200
    assert response.json()["path"] == "/some/path?q=1"
    assert response.json()["headers"]["X-Forwarded-Proto"] == "https"


def test_negotiates_http2(tls_proxy: Nginx, test_ca: CertificateAuthority) -> None:
    """A client that offers h2 gets it; one that offers HTTP/1.1 alone gets that."""
    chosen = []
    for offer in (["h2", "http/1.1"], ["http/1.1"]):
        context = ssl.create_default_context(cafile=str(test_ca.root))
        context.set_alpn_protocols(offer)
        address = ("127.0.0.1", tls_proxy.settings.tls_port)
        with (
            socket.create_connection(address, timeout=5) as plain,
            context.wrap_socket(plain, server_hostname="127.0.0.1") as tls,
        ):
            chosen.append(tls.selected_alpn_protocol())

    assert chosen == ["h2", "http/1.1"]


def test_serves_plain_http_beside_tls(tls_proxy: Nginx) -> None:
    """The plain listener proxies as well unless told to redirect."""
    with client_for() as client:
        response = client.get(tls_proxy.plain_url)

    assert response.json()["headers"]["X-Forwarded-Proto"] == "http"


def test_redirects_to_tls(nginx_factory: NginxFactory, test_ca: CertificateAuthority, upstream: str) -> None:
    """With redirect_to_tls plain HTTP answers 301 to the same path over TLS, where it is served."""
    with (
        nginx_factory(upstream, certificate=test_ca.good, redirect_to_tls=True) as proxy,
        client_for(test_ca) as client,
    ):
        response = client.get(f"{proxy.plain_url}/a?b=c")
        followed = client.get(response.headers["location"])

    assert response.status_code == 301
    assert response.headers["location"] == f"{proxy.url}/a?b=c"
    assert followed.status_code == 200


def test_redirect_without_certificate_is_refused(nginx_factory: NginxFactory, upstream: str) -> None:
    """A redirect to a listener that is not there is a mistake of the test that asks for it."""
    with pytest.raises(ValueError, match="needs a certificate"):
        nginx_factory(upstream, redirect_to_tls=True)


def test_streams_pass_at_once(tls_proxy: Nginx) -> None:
    """Events arrive as far apart as the upstream sent them."""
    spread = seconds_from_first_to_last(f"{tls_proxy.url}/stream")

    assert spread > STREAM_SECONDS * 0.7


def test_buffered_stream_comes_in_one_burst(nginx_factory: NginxFactory, upstream: str) -> None:
    """The fault is real: all events arrive together although the upstream asked for no buffering."""
    with nginx_factory(upstream, buffered=True) as proxy:
        spread = seconds_from_first_to_last(f"{proxy.url}/stream")

    assert spread < EVENT_GAP_SECONDS / 2


def test_extra_locations_and_logs(nginx_factory: NginxFactory, upstream: str) -> None:
    """Location text is served before the proxy, and requests are in the access log after the stop."""
    with (
        nginx_factory(upstream, locations="location = /closed { return 503; }") as proxy,
        client_for() as client,
    ):
        closed = client.get(f"{proxy.url}/closed")
        opened = client.get(f"{proxy.url}/open")

    assert (closed.status_code, opened.status_code) == (503, 200)
    assert '"GET /closed HTTP/1.1" 503' in proxy.access_log.read_text()


def test_bad_certificates_are_refused_by_name(
    nginx_factory: NginxFactory, test_ca: CertificateAuthority, upstream: str
) -> None:
    """A verifying client refuses each bad certificate for its own reason."""
    reasons = {}
    for kind in ("expired", "wrong_name", "self_signed"):
        with (
            nginx_factory(upstream, certificate=getattr(test_ca, kind)) as proxy,
            client_for(test_ca) as client,
            pytest.raises(httpx.ConnectError) as refused,
        ):
            client.get(proxy.url)
        reasons[kind] = str(refused.value)

    assert "expired" in reasons["expired"]
    assert "not valid for '127.0.0.1'" in reasons["wrong_name"]
    assert "self-signed" in reasons["self_signed"]


def test_stop_frees_the_ports(nginx_factory: NginxFactory, test_ca: CertificateAuthority, upstream: str) -> None:
    """After stop neither listener answers, workers included, and a second stop does nothing."""
    proxy = nginx_factory(upstream, certificate=test_ca.good)
    proxy.stop()
    proxy.stop()

    assert not accepts(proxy.settings.port)
    assert not accepts(proxy.settings.tls_port)
