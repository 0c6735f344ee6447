"""Requests over a real socket, and what comes back."""

import re
import socket
import time
import zlib
from collections.abc import Iterable, Iterator
from http.client import BadStatusLine, HTTPResponse
from typing import NamedTuple
from urllib.parse import urlsplit

from attractor.api.http.compression import zstd
from tests.corpus.requests import BROWSER, Request, get

HOST = "corpus"
"""What every request calls the service, whose port changes."""
_PATIENCE = 20  # times that a busy service is asked again
_LARGEST = 4 << 20  # bytes: a greater answer is one that should have been refused
_DECODERS = {
    "gzip": lambda body: zlib.decompress(body, wbits=31),
    "zstd": lambda body: zstd.decompress(body),
}


class Answer(NamedTuple):
    status: int
    headers: list[tuple[str, str]]
    """Names in lower case, in the order in which they came."""
    body: bytes
    """Without its content coding."""

    def header(self, name: str) -> str:
        """The values of a header, joined."""
        return ", ".join(value for key, value in self.headers if key == name)


def answers(address: str, requests: Iterable[Request]) -> Iterator[tuple[Request, Answer]]:
    """Asks one after the other; where the service is busy, again."""
    page = _ask(address, get("/", BROWSER), {})
    assets = re.search(rb"/assets/([0-9a-f]+)/", page.body)
    assert assets, "the page names no assets"
    known = {"{assets}": assets[1].decode()}
    for request in requests:
        if any("{etag}" in value for _, value in request.headers):
            without = [(name, value) for name, value in request.headers if "{etag}" not in value]
            known["{etag}"] = _ask(address, get(request.target, *without), known).header("etag")
        for _ in range(_PATIENCE):
            answer = _ask(address, request, known)
            if answer.status != 503 or not answer.header("retry-after"):
                break
            time.sleep(float(answer.header("retry-after")))
        yield request, answer


def _ask(address: str, request: Request, known: dict[str, str]) -> Answer:
    at = urlsplit(address)
    with socket.create_connection((at.hostname, at.port), timeout=300) as connection:
        connection.sendall(request.raw or _written(request, known))
        response = HTTPResponse(connection, method=request.method)
        try:
            response.begin()
        except BadStatusLine:
            return Answer(0, [], b"")  # closed without an answer
        body = response.read(_LARGEST)
        response.close()
    answer = Answer(response.status, [(name.lower(), value) for name, value in response.getheaders()], body)
    decode = _DECODERS.get(answer.header("content-encoding"))
    plain = decode(body) if decode and body else body
    return answer._replace(body=plain.replace(at.netloc.encode(), HOST.encode()))  # who names no host is told the port


def _written(request: Request, known: dict[str, str]) -> bytes:
    headers = list(request.headers)
    if not any(name == "host" for name, _ in headers):
        headers.insert(0, ("host", HOST))
    if request.body:
        headers.append(("content-length", str(len(request.body))))
    lines = [f"{request.method} {request.target} HTTP/1.1", *(f"{name}: {value}" for name, value in headers)]
    text = "\r\n".join([*lines, "", request.body])
    for name, value in known.items():
        text = text.replace(name, value)
    return text.encode("utf-8" if request.body else "latin-1")
