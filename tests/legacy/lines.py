"""Access logs with everything that real ones hold, made from a seed: the same seed, the same bytes."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta, timezone

Fields = Mapping[str, object]
BEGIN = datetime(2026, 3, 28, 22, 0, tzinfo=UTC)
ZONES = (timezone(timedelta(hours=1)), timezone(timedelta(hours=2)), UTC, timezone(-timedelta(hours=9, minutes=30)))
AGENTS = (
    "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36",
    "curl/8.5.0",
    "opscheck/0.1.0 (run 20260101T000000Z-abcdef)",
    "not opscheck/0.1.0",
    "Wörterbuch/1.0 (+https://www.example.org/status/)",
    'quo"ted \\ back\tslash',
    "-",
    "",
)
TARGETS = [
    "/",
    "/api/status/summary",
    "/api/status/summary?x=/status/",
    "/status",
    "/status/",
    "/status/summary",
    "/status/summary?a=1",
    "/status?x",
    "/status#x",
    "/status1",
    "/status-page",
    "/Status/",
    "/STATUS/summary",
    "/%73tatus/",
    "/st%61tus",
    "/%2573tatus/",
    "/status%2Fsummary",
    "/status%2fdeep/er",
    "%2Fstatus/",
    "/stat%75s%2",
    "/status%",
    "/status%3Fx",
    "/status/%00%ff",
    "/status/ä",
    "/sta/tus/",
    "//status/",
    "/./status/",
    "/x/../status/",
    "/?next=/status/",
    "/search?q=a%20b%2Fstatus%2F",
    "/assets/app.123.js",
    "*",
    "http://www.example.org/status/x",
    "http://www.example.org/status1",
    "HTTPS://h/%73tatus",
    "http://www.example.org",
    "http://www.example.org?/status/",
    "www.example.org:443",
    "/status;v=1",
    "/\\status/",
    '/sta"tus/',
]
TARGETS += ["/status/" + "long" * 90, "/status/a b", "/ status/", "/status/\u2028x"]
BEFORE = (
    "1.2.3.4 - -",
    "1.2.3.4 - -",
    "2001:db8::1 - alice",
    "10.0.0.1, 10.0.0.2 - -",
    "www.example.org 1.2.3.4 - [x]",
    "- - -",
)
REFERERS = ("-", "https://www.example.org/status/", 'https://x/"GET /status/ HTTP/1.1"')


class Lines:
    """Makes lines, one more odd than the other."""

    def __init__(self, seed: int, *, start: datetime = BEGIN) -> None:
        self._random = random.Random(seed)  # noqa: S311 - the same lines every time
        self._at = start

    def log(self, count: int, *, feed: bool = True) -> bytes:
        """So many lines."""
        lines = b"\n".join(self.line() for _ in range(count))
        return lines + b"\n" if feed else lines

    def line(self) -> bytes:
        """One line."""
        self._at += timedelta(seconds=self._random.random() * 40)
        makers: tuple[tuple[int, Callable[[], bytes]], ...] = (
            (60, self._combined),
            (12, self._json),
            (6, self._cut),
            (4, self._binary_request),
            (2, self._garbage),
            (3, self._other_format),
            (2, self._broken_json),
            (1, lambda: b""),
        )
        return self._random.choices([make for _, make in makers], [weight for weight, _ in makers])[0]()

    def _request(self) -> bytes:
        target = self._random.choice(TARGETS)
        if self._random.random() < 0.3:
            target = f"/assets/{self._random.randrange(9999)}.css"
        method = self._random.choice(("GET", "GET", "GET", "POST", "HEAD", "OPTIONS", "PROPFIND", "get"))
        space = "  " if self._random.random() < 0.02 else " "
        end = self._random.choice((" HTTP/1.1", " HTTP/1.1", " HTTP/2.0", " HTTP/1.0", ""))
        return f"{method}{space}{target}{end}".encode()

    def _stamp(self) -> str:
        at = self._at.astimezone(self._random.choice(ZONES))
        if self._random.random() < 0.01:
            return at.strftime("31/Feb/%Y:%H:%M:%S %z")
        if self._random.random() < 0.01:
            return at.strftime("%d/%b/%Y:25:%M:%S %z")
        return at.strftime("%d/%b/%Y:%H:%M:%S %z")

    def _combined(self) -> bytes:
        request = b"" if self._random.random() < 0.03 else self._request()
        return self._written(request)

    def _written(self, request: bytes) -> bytes:
        pick = self._random.choice
        escaped = _nginx(request) if self._random.random() < 0.8 else _apache(request)
        status, size = pick((200, 200, 200, 204, 301, 404, 410, 502)), self._random.randrange(99999)
        referer, agent = (_nginx(pick(values).encode()) for values in (REFERERS, AGENTS))
        after = pick(("", "", ' "-"', " 0.003 0.002", ' rt=0.1 "1.1.1.1"'))
        line = f'{pick(BEFORE)} [{self._stamp()}] "{escaped}" {status} {size} "{referer}" "{agent}"{after}'
        return line.encode("latin-1")

    def _other_format(self) -> bytes:
        request = _nginx(self._request())
        common = f'1.2.3.4 - - [{self._stamp()}] "{request}" 200 12'
        inserted = f'1.2.3.4 - - [{self._stamp()}] "{request}" 200 12 0.004 - "-" "curl/8.5.0"'
        shipped = f'<190>Oct 10 13:55:36 web nginx: 1.2.3.4 - - [{self._stamp()}] "{request}" 200 12 "-" "curl/8.5.0"'
        return self._random.choice((common, inserted, shipped, common + "\r")).encode("latin-1")

    def _cut(self) -> bytes:
        line = self._written(self._request())
        return line[: self._random.randrange(len(line))]

    def _binary_request(self) -> bytes:
        return self._written(self._random.randbytes(self._random.randrange(60)))

    def _garbage(self) -> bytes:
        return self._random.randbytes(self._random.randrange(300)).replace(b"\n", b"\0")

    def _json(self) -> bytes:
        at = self._at.astimezone(self._random.choice(ZONES))
        request = self._request().decode()
        target = request.split(" ")[1] or "/"
        when: list[Fields] = [
            {"time_iso8601": at.isoformat(timespec="seconds")},
            {"time_local": at.strftime("%d/%b/%Y:%H:%M:%S %z")},
            {"time": at.isoformat(timespec="milliseconds")},
            {"msec": f"{at.timestamp():.3f}"},
            {"msec": round(at.timestamp(), 3)},
        ]
        asked: list[Fields] = [
            {"request": request},
            {"uri": target},
            {"request": "", "path": "/status/"},
            {"path": target},
        ]
        rest = {"status": self._random.choice((200, "200", 404)), "bytes": 5, "user": None, "rt": 0.25, "ok": True}
        agent = {self._random.choice(("http_user_agent", "user_agent")): self._random.choice(AGENTS)}
        parts = [self._random.choice(when), {"remote_addr": "1.2.3.4"}, self._random.choice(asked), rest, agent]
        if self._random.random() < 0.1:
            self._random.shuffle(parts)
        document = {name: value for part in parts for name, value in part.items()}
        text = json.dumps(document, ensure_ascii=self._random.random() < 0.3)
        if self._random.random() < 0.2:
            text = text.replace("/", "\\/")
        if self._random.random() < 0.1:
            text = text.replace("s", "\\u0073")
        return text.encode("utf-8", "replace")

    def _broken_json(self) -> bytes:
        line = self._json()
        cut = line[: self._random.randrange(len(line))]
        return self._random.choice((cut, b"[" + line + b"]", b'{"a": 1}', b"{}", b"nginx: " + line))


def _nginx(text: bytes) -> str:
    return "".join(chr(sign) if 31 < sign < 127 and sign not in b'"\\' else f"\\x{sign:02X}" for sign in text)


def _apache(text: bytes) -> str:
    named = {0x22: '\\"', 0x5C: "\\\\", 0x0A: "\\n", 0x0D: "\\r", 0x09: "\\t"}
    return "".join(named.get(sign) or (chr(sign) if 31 < sign < 127 else f"\\x{sign:02x}") for sign in text)
