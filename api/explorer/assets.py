"""Files that do not change while the service runs: each is compressed once."""

from asyncio import to_thread
from collections.abc import Callable, Mapping
from functools import cached_property
from hashlib import blake2b
from zlib import compressobj

from zstandard import ZstdCompressor

from attractor.api.asgi import Scope, Send
from attractor.api.http.caching import matches
from attractor.api.http.negotiation import accepted_coding

CONTENT_SECURITY_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob: data:; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
REVALIDATE = b"no-cache"

_SENSIBLE = 512  # bytes from which compressing pays
_MEDIA_TYPES = {
    "html": b"text/html; charset=utf-8",
    "css": b"text/css; charset=utf-8",
    "js": b"text/javascript; charset=utf-8",
    "json": b"application/json",
    "svg": b"image/svg+xml",
}


def _gzip(body: bytes) -> bytes:
    compressor = compressobj(level=9, wbits=31)
    return compressor.compress(body) + compressor.flush()


_CODINGS: Mapping[str, Callable[[bytes], bytes]] = {
    "zstd": lambda body: ZstdCompressor(level=19).compress(body),
    "gzip": _gzip,
}


class Asset:
    """One file, in each content coding that was asked for so far."""

    def __init__(self, name: str, body: bytes) -> None:
        self._media_type = _MEDIA_TYPES[name.rpartition(".")[2]]
        self._body = body
        self._coded: dict[str, bytes] = {}

    @cached_property
    def digest(self) -> str:
        """A name for its content."""
        return blake2b(self._body, digest_size=12).hexdigest()

    async def send(self, scope: Scope, send: Send, cache_control: bytes, vary: bytes = b"accept-encoding") -> None:
        """Answers a GET or HEAD with it."""
        given = dict(scope["headers"])
        accepted = given.get(b"accept-encoding")
        coding = accepted_coding(accepted) if accepted and len(self._body) >= _SENSIBLE else None
        tag = b'"%s-%s"' % (self.digest.encode(), (coding or "plain").encode())
        headers = [
            (b"etag", tag),
            (b"cache-control", cache_control),
            (b"vary", vary),
            (b"content-security-policy", CONTENT_SECURITY_POLICY.encode()),
            (b"permissions-policy", b"camera=(), geolocation=(), microphone=()"),
        ]
        status, body = 304, b""
        if not matches(given.get(b"if-none-match", b""), tag):
            status, body = 200, await to_thread(self._in, coding)
            headers += [(b"content-type", self._media_type), (b"content-length", b"%d" % len(body))]
            if coding:
                headers.append((b"content-encoding", coding.encode()))
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": body, "more_body": False})

    def _in(self, coding: str | None) -> bytes:
        if coding is None:
            return self._body
        if coding not in self._coded:
            self._coded[coding] = _CODINGS[coding](self._body)
        return self._coded[coding]
