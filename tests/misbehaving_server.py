"""An HTTP server on this machine that misbehaves as told, one manner after another."""

import socket
import ssl
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path


@dataclass(frozen=True)
class Manner:
    """How the server answers one request; without arguments, as it should."""

    status: int = 200
    body: bytes | None = None  # another one than the file
    headers: dict[str, str] = field(default_factory=dict)
    version: str = '"1"'  # the file's ETag
    ranges: bool = True  # knows Range
    blind: bool = False  # knows Range, but not If-Range
    shifted: int = 0  # the rest that it sends starts so many bytes later
    announced: int = 0  # bytes more in Content-Length than it sends; below 0: fewer
    length: bool = True  # sends Content-Length
    chunked: bool = False  # and the last chunk never comes where it is cut
    cut: int | None = None  # closes the connection after so many bytes
    reset: bool = False  # by a reset, not an orderly end
    stall: int | None = None  # sends nothing more after so many bytes
    silent: bool = False  # answers nothing at all


class Server(ThreadingHTTPServer):
    """Serves `content` under every path; the last manner holds for all further requests."""

    daemon_threads = True

    def __init__(self, content: bytes, *manners: Manner, certificate: Path | None = None) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.scheme = "https" if certificate else "http"
        if certificate:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(certificate)
            self.socket = context.wrap_socket(self.socket, server_side=True)
        self.content = content
        self.manners = list(manners) or [Manner()]
        self.asked: list[dict[str, str]] = []  # the headers of each request
        self.go_on = threading.Event()  # what stalls goes on when it is set

    @property
    def host(self) -> str:
        return f"{self.scheme}://127.0.0.1:{self.server_port}"

    def behave(self, *manners: Manner) -> None:
        """Forget the requests so far and answer the next ones in other manners."""
        self.manners, self.asked = list(manners) or [Manner()], []


@contextmanager
def serving(content: bytes, *manners: Manner, certificate: Path | None = None) -> Iterator[Server]:
    """A server while the block runs; with a certificate and its key it speaks TLS."""
    with Server(content, *manners, certificate=certificate) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield server
        finally:
            server.go_on.set()
            server.shutdown()
            thread.join()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Server

    def do_GET(self) -> None:
        self.close_connection = True
        server = self.server
        manner = server.manners[min(len(server.asked), len(server.manners) - 1)]
        server.asked.append(dict(self.headers))
        if manner.silent:
            server.go_on.wait(10)
            return
        status, body, headers = self._answer(manner)
        self.send_response(status)
        for name, value in {**headers, **manner.headers}.items():
            self.send_header(name, value)
        self.end_headers()
        with suppress(BrokenPipeError, ConnectionResetError):  # the client has left
            self._send(manner, body)

    do_CONNECT = do_GET  # as a proxy that does not let anything through

    def _answer(self, manner: Manner) -> tuple[int, bytes, dict[str, str]]:
        content = self.server.content if manner.body is None else manner.body
        status, headers = manner.status, {"Connection": "close"}
        if manner.version and status == 200:
            headers["ETag"] = manner.version
        asked, condition = self.headers.get("Range"), self.headers.get("If-Range")
        if asked and manner.ranges and status == 200:
            start, whole = int(asked.removeprefix("bytes=").removesuffix("-")), len(content)
            if start >= whole:
                status, content = 416, b""
                headers["Content-Range"] = f"bytes */{whole}"
            elif manner.blind or condition in (None, manner.version):
                start += manner.shifted
                status, content = 206, content[start:]
                headers["Content-Range"] = f"bytes {start}-{whole - 1}/{whole}"
        if manner.chunked:
            headers["Transfer-Encoding"] = "chunked"
        elif manner.length:
            headers["Content-Length"] = str(len(content) + manner.announced)
        return status, content, headers

    def _send(self, manner: Manner, body: bytes) -> None:
        sent = body[: manner.cut if manner.stall is None else manner.stall]
        if manner.chunked:
            self.wfile.write(b"%x\r\n%s\r\n" % (len(sent), sent))
            if manner.cut is None:
                self.wfile.write(b"0\r\n\r\n")
        else:
            self.wfile.write(sent)
        if manner.stall is not None:
            self.server.go_on.wait(10)
            self.wfile.write(body[manner.stall :])
        if manner.reset:
            linger = struct.pack("ii", 1, 0)
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
            self.connection.close()

    def log_message(self, *_: object) -> None:
        """Write nothing to stderr."""
