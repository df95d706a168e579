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
# What Go's net/http says of a request by HTTP/1.1 without a host.
NO_HOST = "missing required Host header"
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
            self.error = self.refusal(self.error)
        return consumed

    def refusal(self, error: Error) -> "Refusal":
        """Return the answer to a request with this error."""
        return Refusal(error.code)

    def adapt(self, target: bytes, headers: Headers) -> bytes:
        for name, values in headers.items():
            if name in (b"host", b"content-length", b"transfer-encoding") and len(set(values)) > 1:
                raise ParsingError("Contradicting headers")
            del values[1:]
        if b"host" not in headers:
            if target.endswith(b" HTTP/1.1"):
                raise ParsingError(NO_HOST)
            headers[b"host"] = [b""]
        return target.replace(b"#", b"%23")


class GoReader(HypercornReader):
    """Cleans the path, and knows methods in capital letters only, like Go's net/http and RAGFlow's router."""

    longest_head = LONGEST_HEAD_OF_GO

    def refusal(self, error: Error) -> "Refusal":
        reason = HTTPStatus(error.code).phrase
        detail = f": {NO_HOST}" if NO_HOST in error.body else ""
        return PlainRefusal(error.code, reason, f"{error.code} {reason}{detail}")

    def parse_header(self, header_plus: bytes) -> None:
        method, blank, rest = header_plus.partition(b" ")
        super().parse_header((method if method.isupper() else b"UNKNOWN") + blank + rest)

    def adapt(self, target: bytes, headers: Headers) -> bytes:
        target = super().adapt(target, headers)
        path, space, version = target.rpartition(b" ")
        path, mark, query = path.partition(b"?")
        if re.search(rb"%(?![0-9a-fA-F]{2})", path):
            raise ParsingError("Invalid URL escape")
        return quote(cleaned(unquote_to_bytes(path))).encode() + mark + query + space + version


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


class PlainRefusal(Refusal):
    """A refusal whose body is its explanation."""

    def to_response(self, _: str) -> tuple[str, list[tuple[str, str]], bytes]:
        return f"{self.code} {self.reason}", [("Content-Type", "text/plain; charset=utf-8")], self.body.encode()


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
