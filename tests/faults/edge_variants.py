"""The edge broken in one way: functions of its whole nginx text, for `Fault(..., edge=...)` and `Edge(change=...)`.

Each fails where the text no longer has what it changes, so that no variant quietly turns into the unbroken edge.
`as_shipped` changes nothing.
"""

from __future__ import annotations

import re
from typing import Final

from tests.parts.edge import Change, as_shipped
from tests.parts.nginx_config import BUFFERING

__all__ = ["EDGE_ONLY", "as_shipped"]

EDGE_ONLY: Final = "https://extra.example.org"  # the origin that `edge_only_origin` lets in
_SUMMARY: Final = "/api/status/summary"
_WARMING: Final = '{"ok":false,"ready":false,"llm":{"path":"warming"},"rag":{"ok":true}}'
_PAGE: Final = "<!doctype html><title>Not here</title><h1>Not here</h1>"
_PASS: Final = "proxy_pass $edge_upstream;"
_OWN: Final = "location = /.edge_error {"
_LISTED: Final = re.compile(r'"~\^1 (\(\?:.*\)\$)" \$http_origin;')


def several(*changes: Change) -> Change:
    """One change behind the other."""

    def change(text: str) -> str:
        for each in changes:
            text = each(text)
        return text

    return change


def _swap(text: str, old: str, new: str) -> str:
    if old not in text:
        raise ValueError(f"the edge's configuration no longer has {old!r}")
    return text.replace(old, new)


def _dropping(line: str) -> Change:
    """Without every line that holds this."""

    def change(text: str) -> str:
        kept = [each for each in text.splitlines() if line not in each]
        if len(kept) == len(text.splitlines()):
            raise ValueError(f"the edge's configuration no longer has {line!r}")
        return "\n".join(kept)

    return change


def _saying(old: str, new: str) -> Change:
    return lambda text: _swap(text, old, new)


def _beside(location: str) -> Change:
    """One more location beside the edge's own, in each server that has those."""
    return lambda text: _swap(text, _OWN, f"{location}\n{_OWN}")


def _ahead(maps: str) -> Change:
    """More for the http{} context."""
    return lambda text: f"{maps}\n{text}"


def _sending(header: str, maps: str) -> Change:
    """One more header on every answer, with what its value is made of."""
    line = f"add_header {header} always;"
    first = "add_header Access-Control-Allow-Origin $edge_allow_origin always;"
    return several(_ahead(maps), _saying(first, f"{line}\n{first}"))


def _listed(text: str) -> str:
    """The pattern of the origins that the edge lets read its own answers."""
    found = _LISTED.search(text)
    if found is None:
        raise ValueError("the edge's configuration no longer has its list of origins")
    return found.group(1)


# --- the status addresses -------------------------------------------------------------------------------------------


def backend_down_says_warming(text: str) -> str:
    """A service that is down or frozen is told as a model that is loading, with 200; all headers are as they should be.

    For a fault with `backend_stopped` or `backend_frozen`.
    """
    location = f"""
location = {_SUMMARY} {{
  error_page 502 504 =200 /.warming;
  proxy_read_timeout 2s;
  {_PASS}
}}
location = /.warming {{
  internal;
  set $edge_own 1;
  default_type application/json;
  return 200 '{_WARMING}';
}}"""
    return _beside(location)(text)


def add_header_in_if(text: str) -> str:
    """The edge sets the summary's headers itself, and an `if` for allowed origins drops them for exactly those."""
    location = f"""
location = {_SUMMARY} {{
  proxy_hide_header X-Status-Path;
  proxy_hide_header Cache-Control;
  proxy_hide_header Access-Control-Allow-Origin;
  proxy_hide_header Vary;
  add_header X-Status-Path api always;
  add_header Cache-Control no-store always;
  add_header Vary Origin always;
  if ($http_origin ~ "^{_listed(text)}") {{
    add_header Access-Control-Allow-Origin $http_origin always;
    add_header Access-Control-Expose-Headers X-Status-Path always;
    add_header Vary Origin always;
    {_PASS}
  }}
  {_PASS}
}}"""
    return _beside(location)(text)


def two_content_types(text: str) -> str:
    """The summary has two Content-Type, the service's and one of the edge."""
    maps = f'map $uri $edge_type {{ default ""; {_SUMMARY} application/json; }}'
    return _sending("Content-Type $edge_type", maps)(text)


def summary_cached(text: str) -> str:
    """The summary loses its Cache-Control: whoever stands in between may keep it."""
    return _beside(f"location = {_SUMMARY} {{ proxy_hide_header Cache-Control; {_PASS} }}")(text)


def status_path_stripped(text: str) -> str:
    """No answer of the service says any more by which address it was had."""
    line = "proxy_next_upstream error;"
    return _swap(text, line, f"proxy_hide_header X-Status-Path;\n{line}")


def legacy_gone_to_page(text: str) -> str:
    """The location of the old addresses was removed, and they fall to the page, which answers 200 for anything."""
    return _beside(f"location ^~ /status/ {{ rewrite ^ / break; {_PASS} }}")(text)


# --- other origins ---------------------------------------------------------------------------------------------------


def doubles_allow_origin(text: str) -> str:
    """The edge adds its own Access-Control-Allow-Origin beside that of the service."""
    maps = f'map "$edge_own $http_origin" $edge_also {{ default ""; "~^ {_listed(text)}" $http_origin; }}'
    return _sending("Access-Control-Allow-Origin $edge_also", maps)(text)


def edge_only_origin(text: str) -> str:
    """The edge lets one more origin read, `EDGE_ONLY`, whose preflights the service refuses."""
    origin = re.escape(EDGE_ONLY)
    maps = (
        f'map "$request_method $http_origin" $edge_also {{ default ""; "~^(?:GET|HEAD|POST) {origin}$" $http_origin; }}'
    )
    return _sending("Access-Control-Allow-Origin $edge_also", maps)(text)


def answers_preflights_for_anyone(text: str) -> str:
    """Every OPTIONS is answered 204 with permission for whoever asks, and without Vary."""
    told = f"""if ($request_method = OPTIONS) {{
    add_header Access-Control-Allow-Origin $http_origin always;
    add_header Access-Control-Allow-Methods "GET, HEAD, POST" always;
    add_header Access-Control-Allow-Headers "authorization, content-type" always;
    return 204;
  }}
  {_PASS}"""
    return _swap(text, _PASS, told)


# --- limits ----------------------------------------------------------------------------------------------------------

limit_without_retry_after: Final = _dropping("add_header Retry-After")
limit_503: Final = several(_saying("limit_req_status 429;", "limit_req_status 503;"), limit_without_retry_after)
limit_resets: Final = _saying("limit_req_status 429;", "limit_req_status 444;")
no_limit: Final = _dropping("limit_req zone=")

resets_large_bodies: Final = several(
    _saying("408 413 414", "408 414"),
    _beside("error_page 413 @reset;\nlocation @reset { return 444; }"),
)
accepts_large_bodies: Final = several(
    _dropping("client_max_body_size 0;"),
    lambda text: re.sub(r"client_max_body_size \S+;", "client_max_body_size 0;", text),
)
crashes_on_large_bodies: Final = several(
    _saying("408 413 414", "408 414"), _beside("error_page 413 =500 /.edge_error;")
)

# --- what passes -----------------------------------------------------------------------------------------------------

buffering: Final = _saying("  proxy_buffering off;\n  gzip off;", BUFFERING)
refuses_streams: Final = _saying("  proxy_buffering off;\n", "  limit_except GET { deny all; }\n")
not_compressed: Final = _saying("gzip on;", "gzip off;")
compresses_without_vary: Final = _dropping("gzip_vary on;")

# --- errors ----------------------------------------------------------------------------------------------------------


def html_errors(text: str) -> str:
    """Every error, the service's as well, is a page of the edge."""
    text = _swap(text, "\nerror_page 400", "\nproxy_intercept_errors on;\nerror_page 400")
    return html_errors_of_its_own(text)


def html_errors_of_its_own(text: str) -> str:
    """What the edge itself refuses, it refuses with a page; the service's errors pass."""
    text = _swap(text, "  default_type application/problem+json;", "  default_type text/html;")
    return re.sub(r"return 500 '.*';", f"return 500 '{_PAGE}';", text)


def crashes_on_unknown(text: str) -> str:
    """What nobody has is answered as an inner error."""
    text = _swap(text, "400 403 404 405", "400 403 405")
    return _beside("proxy_intercept_errors on;\nerror_page 404 =500 /.edge_error;")(text)


def page_for_anything(text: str) -> str:
    """What nobody has is the page of a single-page application, with 200."""
    text = _swap(text, "400 403 404 405", "400 403 405")
    page = f"location = /.page {{ internal; default_type text/html; return 200 '{_PAGE}'; }}"
    return _beside(f"proxy_intercept_errors on;\nerror_page 404 =200 /.page;\n{page}")(text)


def error_status_disagrees(text: str) -> str:
    """The document of an error says another status than the answer."""
    text = _swap(text, "\nerror_page 400", "\nproxy_intercept_errors on;\nerror_page 400")
    return _swap(text, '"status":$status', '"status":500')


# --- TLS -------------------------------------------------------------------------------------------------------------

no_hsts: Final = _dropping("add_header Strict-Transport-Security")
_LEADS: Final = "return 308 https://$host$edge_port$request_uri;"
no_redirect: Final = several(
    _saying(_LEADS, f"set $edge_upstream UPSTREAM;\n    {_PASS}"),
    lambda text: text.replace("UPSTREAM", _upstream(text)),
)
redirects_elsewhere: Final = _saying(_LEADS, "return 308 https://elsewhere.example.org$request_uri;")
redirects_to_the_front: Final = _saying(_LEADS, "return 308 https://$host$edge_port/;")
redirects_to_plain: Final = _saying(_LEADS, "return 308 http://$http_host$request_uri?;")
redirects_for_now: Final = _saying(_LEADS, "return 302 https://$host$edge_port$request_uri;")


def hsts(value: str) -> Change:
    """Another value of Strict-Transport-Security."""
    return lambda text: re.sub(r'  on "[^"]*";', f"  on '{value}';", text)


hsts_twice: Final = _sending("Strict-Transport-Security 'max-age=60'", "")


def _upstream(text: str) -> str:
    found = re.search(r"set \$edge_upstream (http://[\d.:]+);", text)
    if found is None:
        raise ValueError("the edge's configuration no longer has its upstream")
    return found.group(1)
