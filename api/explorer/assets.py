"""Bodies that are there whole, with their validators and digests: a file that does not change is compressed once."""

from asyncio import to_thread
from collections.abc import Callable, Mapping
from functools import cached_property, partial
from hashlib import blake2b
from http import HTTPStatus
from typing import Any
from zlib import compressobj

from litestar import Response
from litestar.exceptions import HTTPException

from attractor.api.http.caching import precondition, repr_digest
from attractor.api.http.compression import compress, zstd
from attractor.api.http.negotiation import choose_coding
from attractor.api.problems import precondition_failed

CONTENT_SECURITY_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob: data:; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
REVALIDATE = "no-cache"

_SENSIBLE = 512  # bytes from which compressing pays
_MEDIA_TYPES = {
    "html": "text/html",
    "css": "text/css",
    "js": "text/javascript",
    "json": "application/json",
    "svg": "image/svg+xml",
    "txt": "text/plain",
}


def _gzip(body: bytes) -> bytes:
    compressor = compressobj(level=9, wbits=31)
    return compressor.compress(body) + compressor.flush()


def _join(coding: str, body: bytes) -> bytes:
    return b"".join(part for part in compress(iter([body]), coding) if part)


_CODINGS: Mapping[str, Callable[[bytes], bytes]] = {
    "zstd": lambda body: zstd.compress(body, level=19),
    "gzip": _gzip,
}
_QUICKLY = {name: partial(_join, name) for name in _CODINGS}

_OF_PAGES = {
    "content-security-policy": CONTENT_SECURITY_POLICY,
    "permissions-policy": "camera=(), geolocation=(), microphone=()",
}


class Asset:
    """A body, compressed once for each content coding that was asked for; where not `is_kept`, for one request only."""

    def __init__(self, name: str, body: bytes, media_type: str | None = None, is_kept: bool = True) -> None:
        self._media_type = media_type or _MEDIA_TYPES[name.rpartition(".")[2]]
        self._policies = {} if media_type else _OF_PAGES  # what is no part of a page has the policy of all answers
        self._body = body
        self._codings = _CODINGS if is_kept else _QUICKLY
        self._coded: dict[str | None, bytes] = {}
        self._digests: dict[str | None, str] = {}

    @cached_property
    def digest(self) -> str:
        """A name for its content."""
        return blake2b(self._body, digest_size=12).hexdigest()

    async def response(
        self, given: Mapping[bytes, bytes], cache_control: str, vary: str = "accept-encoding", link: str = ""
    ) -> Response[Any]:
        """The response to a request with the headers `given`."""
        accepted = given.get(b"accept-encoding")
        coding = None if accepted is None else choose_coding(accepted, len(self._body) >= _SENSIBLE).name
        tag = f'"{self.digest}-{coding or "plain"}"'
        headers = {
            "etag": tag,
            "cache-control": cache_control,
            "vary": vary,
        } | self._policies
        if link:
            headers["link"] = link
        match precondition(given, tag.encode()):
            case HTTPStatus.NOT_MODIFIED:
                return Response(b"", status_code=304, headers=headers)
            case HTTPStatus.PRECONDITION_FAILED:
                raise HTTPException(status_code=HTTPStatus.PRECONDITION_FAILED, detail=precondition_failed().detail)
        if coding:
            headers["content-encoding"] = coding
        body = await to_thread(self._encode_in, coding)
        headers["repr-digest"] = self._digests[coding]
        return Response(body, media_type=self._media_type, headers=headers)

    def _encode_in(self, coding: str | None) -> bytes:
        if coding not in self._digests:
            self._coded[coding] = body = self._body if coding is None else self._codings[coding](self._body)
            self._digests[coding] = repr_digest(body).decode()
        return self._coded[coding]
