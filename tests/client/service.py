"""A server that answers as a test says: what a service under strain, or no such service at all, may send."""

from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import NamedTuple


class Sent(NamedTuple):
    """An answer."""

    status: int
    headers: dict[str, str]
    body: bytes = b""


class Seen(NamedTuple):
    """A request."""

    method: str
    target: str
    headers: dict[str, str]
    body: bytes


@contextmanager
def sending(*answers: Sent) -> Iterator[tuple[str, list[Seen]]]:
    """Its address, and the requests that it has seen. It sends the answers in turn, and the last again and again."""
    seen: list[Seen] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            length = int(self.headers.get("content-length", 0))
            headers = {name.lower(): value for name, value in self.headers.items()}
            seen.append(Seen(self.command, self.path, headers, self.rfile.read(length)))
            answer = answers[min(len(seen), len(answers)) - 1]
            self.send_response(answer.status)
            for name, value in answer.headers.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(answer.body)

        do_POST = do_GET  # noqa: N815

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}", seen
        finally:
            server.shutdown()
            thread.join()
