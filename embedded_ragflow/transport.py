"""Reading the head of a request: like Werkzeug's server until RAGFlow 0.22.0, and like Hypercorn from 0.22.1.

RAGFlow's Go server uses Go's net/http. Waitress is stricter than all. So a head is rewritten to one that Waitress reads
as they do.
"""

import re
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler
from posixpath import normpath
from urllib.parse import quote, unquote_to_bytes

from waitress.parser import HTTPRequestParser, ParsingError
from waitress.utilities import Error, RequestEntityTooLarge

# The values of each header, in the order of the request. The names are in lower case.
Headers = dict[bytes, list[bytes]]

# The longest line that Werkzeug's server reads, and the longest heads that Hypercorn and Go read, in bytes.
LONGEST_LINE = LONGEST_HEAD = 65_536
LONGEST_HEAD_OF_GO = 1024 * 1024 + 4096
# What Go refuses in the address: white space, control characters, a broken code, or no slash at the beginning.
INVALID_TARGET = re.compile(rb"[\x00-\x20\x7f]|^(?![a-z]+://|/)|^[^?]*%(?![0-9a-fA-F]{2})")
# The parameters that it leaves out.
INVALID_PARAMETER = re.compile(rb";|%(?![0-9a-fA-F]{2})")
# Werkzeug's server counts the empty line after the headers, too.
MOST_HEADER_LINES = 100


class Reader(HTTPRequestParser):  # type: ignore[misc]  # waitress has no types
    """Reads a request. Its method may be written in any case."""

    longest_head = LONGEST_HEAD
    error: Error | None = None

    def parse_header(self, header_plus: bytes) -> None:
        """Parse the first line and the headers. Raises ParsingError."""
        first, *lines = re.sub(rb"\r\n(?=[ \t])", b"", header_plus).split(b"\r\n")
        method, _, target = first.partition(b" ")
        headers: Headers = {}
        for line in filter(None, lines):
            name, colon, value = line.partition(b":")
            if not colon:
                raise ParsingError("Invalid header")
            headers.setdefault(name.lower(), []).append(value.strip(b" \t"))
        target = self.adapt(target, headers)
        if b"transfer-encoding" in headers and target.endswith(b" HTTP/1.0"):
            target = target[:-1] + b"1"  # Waitress reads chunks only from HTTP/1.1
            headers[b"connection"] = [b"close"]
        written = (b"%b:%b" % (name, value) for name, values in headers.items() for value in values)
        super().parse_header(b"\r\n".join([method.upper() + b" " + target, *written, b"\r\n"]))

    def adapt(self, target: bytes, headers: Headers) -> bytes:
        """Change the headers to what the server makes of them, and return the path and the version likewise."""
        raise NotImplementedError


class WerkzeugReader(Reader):
    """Joins repeated headers. Reads no body if its length is not a number or its encoding is not "chunked"."""

    longest_head = LONGEST_LINE * MOST_HEADER_LINES

    def parse_header(self, header_plus: bytes) -> None:
        self.error = too_long(header_plus.rstrip(b"\r\n").split(b"\r\n"))
        super().parse_header(b"GET / HTTP/1.0\r\n" if self.error else header_plus)

    def adapt(self, target: bytes, headers: Headers) -> bytes:
        for name, values in headers.items():
            is_replaced = name in (b"content-type", b"content-length")
            headers[name] = values[-1:] if is_replaced else [b",".join(values)]
        if headers.get(b"transfer-encoding", [b""])[0].lower() != b"chunked":
            headers.pop(b"transfer-encoding", None)
        if not headers.get(b"content-length", [b"0"])[0].isdigit():
            del headers[b"content-length"]
            headers[b"connection"] = [b"close"]  # the unread body is not the next request
        return target


class HypercornReader(Reader):
    """Uses the first of repeated headers. Refuses a request without an explanation."""

    def received(self, data: bytes) -> int:
        consumed: int = super().received(data)
        if self.error is not None and not isinstance(self.error, RequestEntityTooLarge):
            self.error = Refusal(self.error.code)
        return consumed

    def adapt(self, target: bytes, headers: Headers) -> bytes:
        for name, values in headers.items():
            if name in (b"host", b"content-length", b"transfer-encoding") and len(set(values)) > 1:
                raise ParsingError("Contradicting headers")
            del values[1:]
        if b"host" not in headers:
            if target.endswith(b" HTTP/1.1"):
                raise ParsingError("Missing Host header")
            headers[b"host"] = [b""]
        return target.replace(b"#", b"%23")


class GoReader(Reader):
    """Reads a request as Go's net/http does, and cleans its path as RAGFlow's router does. Tried with Go itself.

    It knows methods in capital letters only, and leaves out parameters of the query that are not encoded properly.
    """

    longest_head = LONGEST_HEAD_OF_GO

    def received(self, data: bytes) -> int:
        consumed: int = super().received(data)
        if self.error is not None and not isinstance(self.error, (GoRefusal, RequestEntityTooLarge)):
            self.error = GoRefusal(self.error.code)
        if self.error is not None:
            self.version = "1.1"
        return consumed

    def parse_header(self, header_plus: bytes) -> None:
        method, blank, rest = header_plus.partition(b" ")
        try:
            super().parse_header((method if method.isupper() else b"UNKNOWN") + blank + rest)
        except GoRefusal as refusal:
            super().parse_header(b"GET / HTTP/1.1\r\nHost: a\r\n")
            self.error, self.completed = refusal, True

    def adapt(self, target: bytes, headers: Headers) -> bytes:
        target, _, version = target.rpartition(b" ")
        if not (number := re.fullmatch(rb"HTTP/([0-9])\.([0-9])", version)) or INVALID_TARGET.search(target):
            raise ParsingError("Malformed first line")
        if number[1] != b"1":
            raise GoRefusal(HTTPStatus.HTTP_VERSION_NOT_SUPPORTED, "unsupported protocol version")
        is_old = number[2] == b"0"
        self._check(headers, is_old=is_old)
        path, mark, query = target.partition(b"?")
        path = re.sub(rb"%2[EF]", lambda code: unquote_to_bytes(code[0]), path, flags=re.IGNORECASE)
        query = b"&".join(each for each in query.split(b"&") if not INVALID_PARAMETER.search(each))
        written = quote(cleaned(path) + mark + query, safe=bytes(range(0x21, 0x7F)).replace(b"#", b""))
        return written.encode() + (b" HTTP/1.0" if is_old else b" HTTP/1.1")

    def _check(self, headers: Headers, *, is_old: bool) -> None:
        """Refuse contradicting headers, and remove repetitions."""
        names = (b"transfer-encoding", b"content-length", b"host")
        encodings, lengths, hosts = (headers.get(name, []) for name in names)
        if is_old:
            headers.pop(b"transfer-encoding", None)
        elif encodings and [each.lower() for each in encodings] != [b"chunked"]:
            raise GoRefusal(HTTPStatus.NOT_IMPLEMENTED, body="Unsupported transfer encoding")
        if len(set(lengths)) > 1 or len(hosts) > 1:
            raise ParsingError("Contradicting headers")
        if not hosts and not is_old:
            raise GoRefusal(HTTPStatus.BAD_REQUEST, "missing required Host header")
        if hosts and b" " in hosts[0]:
            raise GoRefusal(HTTPStatus.BAD_REQUEST, "malformed Host header")
        for values in headers.values():
            del values[1:]


def cleaned(path: bytes) -> bytes:
    """Return the path without doubled slashes and without the segments "." and ".."; a slash at its end stays."""
    if not path.startswith(b"/"):
        return path
    slash = b"/" if path.endswith((b"/", b"/.", b"/..")) else b""
    return (b"/" + normpath(path).strip(b"/") + slash) if path.strip(b"/.") else b"/"


class Refusal(Error):  # type: ignore[misc]  # waitress has no types
    """An answer to a request that cannot be read. By default, it has no body."""

    def __init__(self, code: int, reason: str = "", explanation: str = "") -> None:
        super().__init__(explanation)
        self.code, self.reason = code, reason

    def to_response(self, _: str) -> tuple[str, list[tuple[str, str]], bytes]:
        """Return the status line, the headers and the body."""
        if not self.reason:
            return f"{self.code} ", [], b""
        page = BaseHTTPRequestHandler.error_message_format % {
            "code": self.code,
            "message": self.reason,
            "explain": self.body,
        }
        return f"{self.code} {self.reason}", [("Content-Type", "text/html;charset=utf-8")], page.encode()


class GoRefusal(Error, Exception):  # type: ignore[misc]  # waitress has no types
    """An answer of Go's net/http to a request that cannot be read, with words behind the reason of its code."""

    def __init__(self, code: int, words: str = "", body: str = "") -> None:
        super().__init__(body)
        self.code, self.words = code, words

    def to_response(self, _: str) -> tuple[str, list[tuple[str, str]], bytes]:
        line = f"{self.code} {HTTPStatus(self.code).phrase}" + (f": {self.words}" if self.words else "")
        return line, [("Content-Type", "text/plain; charset=utf-8")], (self.body or line).encode()


def too_long(lines: list[bytes]) -> Refusal | None:
    """Return the refusal of a head with too long or too many lines, in the words of Python's HTTP server."""
    is_too_long = [len(line) + len(b"\r\n") > LONGEST_LINE for line in lines]
    if is_too_long[0]:
        return Refusal(HTTPStatus.REQUEST_URI_TOO_LONG, "Request-URI Too Long", "URI is too long")
    if any(is_too_long):
        words = f"got more than {LONGEST_LINE} bytes when reading header line"
        return Refusal(HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE, "Line too long", words)
    if len(lines) > MOST_HEADER_LINES:
        words = f"got more than {MOST_HEADER_LINES} headers"
        return Refusal(HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE, "Too many headers", words)
    return None
