"""HTTP/1.1 answers read from bytes, without any I/O: llhttp parses, the caps and the promises are kept here."""

from __future__ import annotations

from httptools import HttpParserError, HttpParserUpgrade, HttpResponseParser

from opscheck.model import Kind
from opscheck.probes.answer import Answer
from opscheck.probes.failure import Failure


class Http1Reader:
    """Feeds one Answer from the bytes of a connection.

    Attributes:
        surplus: bytes came after the end of the answer, so the connection cannot be used again.
    """

    __slots__ = (
        "_answer",
        "_chunked",
        "_failure",
        "_head",
        "_headers",
        "_length",
        "_parser",
        "_reason",
        "_wire",
        "surplus",
    )

    def __init__(self, answer: Answer) -> None:
        self._answer = answer
        self._parser = HttpResponseParser(self)
        self._headers: list[tuple[str, str]] = []
        self._reason = b""
        self._head = 0
        self._wire = 0
        self._length: int | None = None
        self._chunked = False
        self._failure: Failure | None = None
        self.surplus = False

    def feed(self, data: bytes) -> None:
        """More bytes. Raises Failure where they are no answer that can be taken."""
        answer = self._answer
        if answer.begun:
            self._wire += len(data)
            self._parse(data)
            if not answer.done and self._wire > 8 * answer.caps.body + answer.caps.header_bytes:
                raise Failure(Kind.TOO_LARGE, "the framing of the body is far longer than the body")
            return
        room = answer.caps.header_bytes - self._head
        self._head += len(data)
        self._parse(data[:room] if len(data) > room else data)
        if len(data) > room and not answer.done:
            if not answer.begun:
                raise Failure(Kind.TOO_LARGE, f"the headers are longer than {answer.caps.header_bytes} bytes")
            self.feed(data[room:])

    def _parse(self, data: bytes) -> None:
        try:
            self._parser.feed_data(data)
        except HttpParserUpgrade:
            raise Failure(Kind.PROTOCOL, "the server switched protocols, which was not asked for") from None
        except HttpParserError as error:
            if self._failure is not None:
                raise self._failure from None
            if self._answer.done:
                self.surplus = True
                return
            raise Failure(Kind.PROTOCOL, f"the answer is not valid HTTP: {_words(error)}") from None

    def end_of_input(self) -> None:
        """The peer ended the connection. Raises Failure where the answer needed more."""
        answer = self._answer
        if not answer.begun:
            raise Failure(Kind.PROTOCOL, "the connection was closed before the headers of the answer ended")
        if self._chunked:
            told = f"{answer.raw_length} bytes had arrived"
            raise Failure(Kind.PROTOCOL, f"the connection was closed before the last chunk: {told}")
        if self._length is not None:
            told = f"{answer.raw_length} bytes of body where {self._length} were announced"
            raise Failure(Kind.PROTOCOL, f"the connection was closed after {told}")
        answer.end(reusable=False)

    def on_message_begin(self) -> None:
        """Called by the parser: an answer begins."""
        if self._answer.done:
            self.surplus = True

    def on_status(self, reason: bytes) -> None:
        """Called by the parser: the reason phrase, or a part of it."""
        if not self._answer.done:
            self._reason += reason

    def on_header(self, name: bytes, value: bytes) -> None:
        """Called by the parser: a header, or a trailer, which nobody asks for."""
        if self._answer.begun:
            return
        if len(self._headers) >= self._answer.caps.header_count:
            count = self._answer.caps.header_count
            self._stop(Failure(Kind.TOO_LARGE, f"the answer has more than {count} headers"))
        key = text(name).lower()
        if key == "content-length":
            self._length = int(value) if value.isdigit() else None
        elif key == "transfer-encoding":
            self._transfer_encoding(value)
        self._headers.append((key, text(value)))

    def _transfer_encoding(self, value: bytes) -> None:
        codings = [coding.strip().lower() for coding in value.split(b",")]
        self._chunked = b"chunked" in codings
        if any(coding not in (b"chunked", b"identity", b"") for coding in codings):
            self._stop(Failure(Kind.PROTOCOL, "the body has a transfer-encoding that was not asked for"))

    def on_headers_complete(self) -> None:
        """Called by the parser: the headers are there."""
        answer = self._answer
        if answer.done:
            return
        status = self._parser.get_status_code()
        if status == 101 or status < 100:
            what = "switched protocols, which was not asked for" if status == 101 else f"sent status {status}"
            self._stop(Failure(Kind.PROTOCOL, f"the server {what}"))
        if status < 200:
            return
        self._guard(answer.begin, status, text(self._reason), self._parser.get_http_version(), tuple(self._headers))
        if answer.method == "HEAD" and not answer.done:
            answer.end(reusable=self._parser.should_keep_alive())

    def on_body(self, piece: bytes) -> None:
        """Called by the parser: body without its framing."""
        if self._answer.done:
            self.surplus = True
        else:
            self._guard(self._answer.data, piece)

    def on_message_complete(self) -> None:
        """Called by the parser: an answer, interim or final, is whole."""
        answer = self._answer
        if answer.done:
            return
        if answer.begun:
            self._guard_end()
        else:
            self._headers.clear()
            self._reason = b""
            self._length, self._chunked = None, False

    def _guard_end(self) -> None:
        try:
            self._answer.end(reusable=self._parser.should_keep_alive())
        except Failure as failure:
            self._stop(failure)

    def _guard(self, step: object, *arguments: object) -> None:
        try:
            step(*arguments)  # type: ignore[operator]
        except Failure as failure:
            self._stop(failure)

    def _stop(self, failure: Failure) -> None:
        self._failure = failure
        raise failure


def text(value: bytes) -> str:
    """A header's bytes as text: UTF-8 where they are, else one character for each byte."""
    try:
        return value.decode()
    except UnicodeDecodeError:
        return value.decode("latin-1")


def _words(error: HttpParserError) -> str:
    return " ".join(str(error).split())[:80].rstrip(".") or "malformed"
