"""The text of an nginx configuration: a reverse proxy as it should be, or with one thing wrong."""

from dataclasses import dataclass
from pathlib import Path

from tests.parts.ca import Certificate

STREAMING = """
      proxy_buffering off;"""

# A backend can ask for no buffering by a header; the fault is that this is ignored as well.
BUFFERING = """
      proxy_buffering on;
      proxy_buffers 16 64k;
      proxy_ignore_headers X-Accel-Buffering;
      gzip on;
      gzip_proxied any;
      gzip_types *;
      gzip_min_length 0;"""


@dataclass(frozen=True)
class ProxySettings:
    """What a proxy does. `certificate` adds the TLS listener; `buffered` is the all-in-one-burst fault.

    `locations` is configuration text put before the catch-all location, in both listeners.
    """

    upstream: str
    port: int
    tls_port: int
    certificate: Certificate | None = None
    buffered: bool = False
    redirect_to_tls: bool = False
    locations: str = ""


def render(settings: ProxySettings, folder: Path) -> str:
    """Return what stands in http{}; the access log lies in `folder`."""
    return f"""\
  access_log {folder}/access.log;
{_plain_server(settings)}
{_tls_server(settings)}"""


def _plain_server(settings: ProxySettings) -> str:
    listen = f"    listen 127.0.0.1:{settings.port};"
    if settings.redirect_to_tls:
        target = f"https://$host:{settings.tls_port}$request_uri"
        return f"  server {{\n{listen}\n    return 301 {target};\n  }}"
    return f"  server {{\n{listen}\n{_proxy(settings)}\n  }}"


def _tls_server(settings: ProxySettings) -> str:
    if settings.certificate is None:
        return ""
    return f"""\
  server {{
    listen 127.0.0.1:{settings.tls_port} ssl http2;
    ssl_certificate {settings.certificate.chain};
    ssl_certificate_key {settings.certificate.key};
    ssl_protocols TLSv1.2 TLSv1.3;
{_proxy(settings)}
  }}"""


def _proxy(settings: ProxySettings) -> str:
    return f"""\
    {settings.locations}
    location / {{
      proxy_pass {settings.upstream};
      proxy_http_version 1.1;
      proxy_set_header Connection "";
      proxy_set_header Host $http_host;
      proxy_set_header X-Forwarded-For $remote_addr;
      proxy_set_header X-Forwarded-Proto $scheme;
      proxy_read_timeout 60s;{BUFFERING if settings.buffered else STREAMING}
    }}"""
